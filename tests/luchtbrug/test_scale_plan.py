"""docs/scale.md and docs/sizing.md: every figure of their tables is computed from docs/scale.toml."""

import tomllib

import pytest

from benchmarks.scale_plan import DOCS, computed, shown, with_figures, worded
from benchmarks.sizing import with_sizes


def test_the_page_says_what_the_figures_come_to() -> None:
    """Computed anew the tables are those of the page; with another measured figure they are not."""
    page = (DOCS / "scale.md").read_text(encoding="utf-8")
    plan = tomllib.loads((DOCS / "scale.toml").read_text(encoding="utf-8"))
    assert with_figures(page, plan) == page
    plan["measured"]["bytes_packed"]["value"] += 1
    assert with_figures(page, plan) != page


def test_the_sizes_are_those_that_the_measured_costs_come_to() -> None:
    """docs/sizing.md has the table that docs/scale.toml gives; a dearer reading would change it."""
    page = (DOCS / "sizing.md").read_text(encoding="utf-8")
    plan, sizing = (tomllib.loads((DOCS / f"{name}.toml").read_text(encoding="utf-8")) for name in ("scale", "sizing"))
    assert with_sizes(page, plan, sizing) == page
    plan["measured"]["bytes_plain"]["value"] *= 2
    assert with_sizes(page, plan, sizing) != page


def test_every_measured_figure_names_a_command_that_is_here() -> None:
    """A module of benchmarks/ printed it."""
    plan = tomllib.loads((DOCS / "scale.toml").read_text(encoding="utf-8"))
    for one in plan["measured"].values():
        module = one["command"].split()[2]
        assert (DOCS.parent / f"{module.replace('.', '/')}.py").exists()


@pytest.mark.parametrize(
    ("formula", "words", "value"),
    [
        ("a * (b + 1)", "6 × (4 + 1)", 30.0),
        ("a / (b * 2)", "6 ÷ (4 × 2)", 0.75),
        ("ceil(a / b)", "⌈6 ÷ 4⌉", 2.0),
        ("a - (b - 1)", "6 − (4 − 1)", 3.0),
    ],
)
def test_a_sum_is_shown_as_it_is_computed(formula: str, words: str, value: float) -> None:
    """Brackets stand where leaving them out would say something else."""
    values = {"a": 6.0, "b": 4.0}
    assert (worded(formula, values), computed(formula, values)) == (words, value)


@pytest.mark.parametrize(
    ("value", "text"), [(1_000_000, "1,000,000"), (0.0123456, "0.0123"), (15.41, "15.4"), (90, "90")]
)
def test_numbers_have_three_digits_that_count(value: float, text: str) -> None:
    """And all those before the point."""
    assert shown(value) == text
