"""What a SensorThings question may cost, and that it ends with an error of ours."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
import pytest

from storage.connection import connect
from storage.rows import NewStation, SeriesName
from storage.sensorthings import fetch
from storage.sensorthings.errors import TooExpensiveError, UnknownNameError, WrongTypeError
from storage.sensorthings.tree import Call, Comparison, Context, Expression, Literal, Order, Path, Query, Step
from storage.series import claim_series
from storage.stations import add_station

CONTEXT = Context("http://127.0.0.1/sta/v1.1", datetime(2026, 5, 17, tzinfo=UTC), ("missing", "range"), 2, 4)
OBSERVATIONS = (Step("Observations"),)
MANY = 1000


@dataclass(frozen=True, slots=True)
class Archive:
    """A database with one series of one hour more than MANY."""

    url: str
    series_key: int


@pytest.fixture(scope="module")
def archive(fresh_database: Callable[[str], AbstractContextManager[str]]) -> Iterator[Archive]:
    """Fill it once: no test of this file leaves anything in it."""
    with fresh_database("many_hours") as url:
        with connect(url) as conn:
            add_station(conn, NewStation("s-one", 52.2, 5.2, 52.2, 5.2, "hash", "hash"))
            (series,) = claim_series(conn, [SeriesName("s-one", "sps30-0", "SPS30", "pm2_5", "ug/m3")])
            conn.execute(
                """INSERT INTO hour
                       (begin, series_key, raw, raw_min, raw_max, observed_count, data_capture, raw_flags, computed_at)
                   SELECT '2000-01-01Z'::timestamptz + n * interval '1 hour', %s, 1, 1, 1, 12, 1, 3, now()
                   FROM generate_series(0, %s) AS n""",
                (series.series_key, MANY),
            )
        yield Archive(url, series.series_key)


@pytest.fixture
def connection(archive: Archive) -> Iterator[psycopg.Connection]:
    """Connect to it, and take back what the test did."""
    with connect(archive.url) as conn:
        yield conn
        conn.rollback()


@pytest.fixture
def many_hours(archive: Archive) -> int:
    """Give the key of the series."""
    return archive.series_key


def test_what_is_too_much_to_count_is_refused(connection: psycopg.Connection, many_hours: int) -> None:
    """One above the bound is not counted, and the message says the bound; a filter that leaves fewer is answered."""
    with pytest.raises(TooExpensiveError, match=r"more than 1000, .* leave \$count out"):
        fetch.count(connection, OBSERVATIONS, Query(), CONTEXT, most=MANY)
    assert fetch.count(connection, OBSERVATIONS, Query(), CONTEXT) == MANY + 1
    one = (Step("Datastreams", many_hours * 2), Step("Observations", (262_968 << 32) + many_hours * 2))
    assert fetch.count(connection, one, Query(), CONTEXT) == 1  # 2000-01-01 00:00 is hour 262,968 since 1970


def test_counting_ends_before_a_second(connection: psycopg.Connection, archive: Archive) -> None:
    """A count that would take longer is refused, with the way out."""
    with connect(archive.url) as other:
        other.execute("LOCK TABLE station")
        with pytest.raises(TooExpensiveError, match=r"over 800 ms: leave \$count out"):
            fetch.count(connection, (Step("Things"),), Query(), CONTEXT)


def test_the_flags_of_an_hour_are_named_by_their_bits(connection: psycopg.Connection, many_hours: int) -> None:
    """Bits 0 and 1 are the first and the second name, and a bit of the failing mask makes quality 4."""
    found = fetch.page(connection, (Step("Datastreams", many_hours * 2), Step("Observations")), Query(top=1), CONTEXT)
    assert '"quality":4,"flags":["missing","range"],"flagMask":3' in found.documents
    assert found.more


def test_a_question_that_takes_too_long_ends_with_an_error_of_ours(
    connection: psycopg.Connection, archive: Archive
) -> None:
    """A statement that the server cancels is TooExpensiveError, not a lost database."""
    with connect(archive.url) as other:
        other.execute("LOCK TABLE station")
        connection.execute("SET LOCAL statement_timeout = '100ms'")
        with pytest.raises(TooExpensiveError, match="too long"):
            fetch.page(connection, (Step("Things"),), Query(), CONTEXT)


def test_a_path_to_nowhere_is_unknown() -> None:
    """Sets and navigations that there are not are named."""
    with pytest.raises(UnknownNameError, match="'Nothing'"):
        fetch.walk((Step("Nothing"),))
    with pytest.raises(UnknownNameError, match="Locations"):
        fetch.walk((Step("Things", 1), Step("Nothing")))


def compared(left: Expression, operator: str, right: Expression) -> Query:
    """Ask for what fulfils one comparison."""
    return Query(filter=Comparison(operator, left, right))


TIME = Path(("phenomenonTime",))
MIDNIGHT = Literal("2000-01-01T00:00:00Z")
LAST = Literal(datetime(2000, 2, 11, 16, tzinfo=UTC))  # MANY hours later


@pytest.mark.parametrize(
    ("operator", "moment", "found"),
    [
        ("ge", MIDNIGHT, 1), ("gt", MIDNIGHT, 0), ("gt", Literal("1999-12-31T23:59:59Z"), 1),
        ("le", LAST, 1), ("lt", LAST, 0), ("lt", Call("now", ()), 1), ("gt", Call("now", ()), 0),
        ("eq", MIDNIGHT, 0), ("ne", MIDNIGHT, 1), ("eq", Literal(None), 0), ("ne", Literal(None), 1),
    ],
)  # fmt: skip
def test_a_period_is_after_its_begin_and_before_its_end(
    connection: psycopg.Connection, many_hours: int, operator: str, moment: Expression, found: int
) -> None:
    """As a whole: it is later than what its first hour is later than, and earlier than what its last hour is."""
    steps = (Step("Datastreams", many_hours * 2),)
    assert fetch.count(connection, steps, compared(TIME, operator, moment), CONTEXT) == found


def test_a_period_that_is_an_instant_equals_it(connection: psycopg.Connection, many_hours: int) -> None:
    """A series of one hour has a period of one moment."""
    connection.execute("DELETE FROM hour WHERE begin > '2000-01-01Z'")
    steps = (Step("Datastreams", many_hours * 2),)
    assert fetch.count(connection, steps, compared(TIME, "eq", MIDNIGHT), CONTEXT) == 1
    assert fetch.count(connection, steps, compared(TIME, "ne", MIDNIGHT), CONTEXT) == 0


@pytest.mark.parametrize(
    ("entity", "query", "says"),
    [
        ("Datastreams", compared(MIDNIGHT, "lt", TIME), "a period left"),
        ("Datastreams", compared(TIME, "eq", TIME), "a period left"),
        ("Datastreams", compared(TIME, "lt", Path(("name",))), "a period cannot be compared with a text"),
        ("Datastreams", compared(Path(("observedArea",)), "eq", Path(("observedArea",))), "a point cannot be compared"),
        ("Datastreams", compared(Path(("unitOfMeasurement", "nothing")), "eq", Literal(1)), "name, symbol, definition"),
        ("Datastreams", compared(Path(("name", "first")), "eq", Literal(1)), "has no parts, not 'first'"),
        ("Things", compared(Path(("name",)), "eq", Path(("id",))), "a text cannot be compared with a number"),
        ("Observations", compared(Path(("resultQuality", "flags")), "eq", Literal("range")), "json"),
        ("Datastreams", Query(orderby=(Order(Path(("observedArea",)), False),)), "a number, a text or a time"),
    ],
)
def test_what_cannot_be_compared_is_said(connection: psycopg.Connection, entity: str, query: Query, says: str) -> None:
    """Each refusal names the kinds, or the parts that there are."""
    with pytest.raises((WrongTypeError, UnknownNameError), match=says):
        fetch.page(connection, (Step(entity),), query, CONTEXT)


@pytest.mark.parametrize(
    ("left", "operator", "right", "found"),
    [
        (Literal("1"), "le", Path(("result",)), MANY + 1),  # a constant on the left becomes of the right's kind
        (Path(("result",)), "lt", Literal(1e300), MANY + 1),  # beyond a 4-byte float
        (TIME, "ge", Literal(20_000_102), MANY + 1 - 24),  # a day without quotes
        (Call("date", (TIME,)), "le", Call("now", ()), MANY + 1),  # a day with a moment
        (Call("substring", (Path(("parameters", "calibrationId")), Literal(1))), "eq", Literal(None), MANY + 1),
        (Path(("Datastream", "id")), "eq", Literal(-1), 0),
    ],
)
def test_what_can_be_made_alike_is_compared(
    connection: psycopg.Connection, many_hours: int, left: Expression, operator: str, right: Expression, found: int
) -> None:
    """Texts, numbers, days and moments meet where one of them can become of the other's kind."""
    steps = (Step("Datastreams", many_hours * 2), Step("Observations"))
    assert fetch.count(connection, steps, compared(left, operator, right), CONTEXT) == found


def test_a_condition_can_be_sorted_by_and_compared(connection: psycopg.Connection, many_hours: int) -> None:
    """Whether something is so is a value as well: hours of whether they are before noon, then as always."""
    noon = Comparison("lt", Call("hour", (TIME,)), Literal(12))
    steps = (Step("Datastreams", many_hours * 2), Step("Observations"))
    query = Query(orderby=(Order(noon, descending=True),), select=("phenomenonTime",), top=1)
    assert fetch.page(connection, steps, query, CONTEXT).documents == '{"phenomenonTime":"2000-02-11T11:00:00.000Z"}'
    assert fetch.count(connection, steps, compared(noon, "eq", Literal(True)), CONTEXT) == 41 * 12 + 12
