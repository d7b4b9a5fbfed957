"""The grammar by itself: which tree an expression is, and that no text makes it stumble."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.sta.errors import SyntaxOfQueryError
from api.sta.expressions import parse_filter, parse_orderby
from storage.sensorthings.tree import Arithmetic, Call, Comparison, Geometry, Literal, Logic, Not, Order, Path

A = Comparison("eq", Path(("a",)), Literal(1))
B = Comparison("eq", Path(("b",)), Literal(2))
C = Comparison("eq", Path(("c",)), Literal(3))


def constant(text: str) -> object:
    """Return the constant that `a` is compared with."""
    tree = parse_filter(f"a eq {text}")
    assert isinstance(tree, Comparison)
    assert isinstance(tree.right, Literal)
    return tree.right.value


def test_and_binds_more_than_or_and_not_most() -> None:
    """`a or b and not c` is a or (b and (not c))."""
    assert parse_filter("a eq 1 or b eq 2 and not c eq 3") == Logic("or", (A, Logic("and", (B, Not(C)))))


def test_parentheses_change_what_binds() -> None:
    """`(a or b) and c` is as written."""
    assert parse_filter("(a eq 1 or b eq 2) and c eq 3") == Logic("and", (Logic("or", (A, B)), C))


def test_products_bind_more_than_sums_and_both_go_left() -> None:
    """`a sub 1 sub 2 mul 3` is (a - 1) - (2 * 3)."""
    tree = parse_filter("a sub 1 sub 2 mul 3 eq 0")
    left = Arithmetic("sub", Path(("a",)), Literal(1))
    assert tree == Comparison("eq", Arithmetic("sub", left, Arithmetic("mul", Literal(2), Literal(3))), Literal(0))


def test_calls_nest_and_paths_go_into_objects() -> None:
    """Functions take functions, and slashes join names."""
    assert parse_filter("contains(tolower(Thing/properties/x),'y')") == Call(
        "contains", (Call("tolower", (Path(("Thing", "properties", "x")),)), Literal("y"))
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'402'", "402"),
        ("'it''s'", "it's"),
        ("-1.5e3", -1500.0),
        ("7", 7),
        ("true", True),
        ("null", None),
        ("2026-01-31", date(2026, 1, 31)),
        ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31T12:00:00.250+01:00", datetime(2026, 1, 31, 11, 0, 0, 250000, tzinfo=UTC)),
        ("2026-01-31T12:00:00 01:00", datetime(2026, 1, 31, 11, tzinfo=UTC)),
        ("geography'POINT(6.1 51.4)'", Geometry("POINT", ((6.1, 51.4),))),
        ("geography'SRID=4326;POINT(6.1 51.4)'", Geometry("POINT", ((6.1, 51.4),))),
        ("geometry'POLYGON ((5 52, 6 52, 6 53, 5 52))'", Geometry("POLYGON", ((5, 52), (6, 52), (6, 53), (5, 52)))),
    ],
)
def test_constants_in_every_spelling(text: str, value: object) -> None:
    """Texts, numbers, words, times and places are read as what they are."""
    assert constant(text) == value


def test_no_space_is_needed_before_a_quote() -> None:
    """`eq'402'` is what RIVM's users write."""
    assert parse_filter("a eq'402'") == Comparison("eq", Path(("a",)), Literal("402"))


def test_sort_keys_have_a_direction_in_any_case() -> None:
    """`DESC` and `desc` are one, ascending is what is not said."""
    assert parse_orderby("a DESC,b asc, c") == (
        Order(Path(("a",)), descending=True),
        Order(Path(("b",)), descending=False),
        Order(Path(("c",)), descending=False),
    )


WORDS = st.sampled_from(
    [
        "a",
        "b/c",
        "eq",
        "and",
        "or",
        "not",
        "(",
        ")",
        ",",
        "'x'",
        "1",
        "-2.5",
        "contains(",
        "2026-01-01",
        "null",
        "div",
        "/",
    ]
)


@given(st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=60).map(" ".join)))
def test_any_text_is_a_tree_or_an_error_of_ours(text: str) -> None:
    """No text ends in anything but a tree or SyntaxOfQueryError."""
    try:
        parse_filter(text)
    except SyntaxOfQueryError as error:
        assert str(error)  # noqa: PT017  # either way is right
