"""How large a machine for how many stations: the table of docs/sizing.md, from the unit costs of docs/scale.toml.

`python -m benchmarks.sizing` fails where the page disagrees; `--write` writes the table anew.
"""

from collections.abc import Mapping
from typing import Any

from benchmarks.scale_plan import computed, hold, shown, with_table


def main() -> None:
    """Compare, or write."""
    hold("sizing", ("scale", "sizing"), with_sizes, __doc__)


def with_sizes(text: str, plan: Mapping[str, Any], sizing: Mapping[str, Any]) -> str:
    """Put the table into a page, between its marks; all else stays."""
    return with_table(text, "sizes", table(plan, sizing))


def table(plan: Mapping[str, Any], sizing: Mapping[str, Any]) -> list[str]:
    """Make the table: a row a number of stations, a column a sum of docs/sizing.toml."""
    names = [f"{one['text']} [{one['unit']}]" if one["unit"] else one["text"] for one in sizing["sum"]]
    rows = [f"| stations | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for stations in sizing["sizes"]:
        values = _values(plan, stations)
        for one in sizing["sum"]:
            values[one["name"]] = computed(one["formula"], values)
        cells = " | ".join(shown(values[one["name"]]) for one in sizing["sum"])
        rows.append(f"| {shown(stations)} | {cells} |")
    return rows


def _values(plan: Mapping[str, Any], stations: int) -> dict[str, float]:
    """Compute all sums of the plan for another number of stations."""
    values = {name: float(one["value"]) for kind in ("measured", "assumed") for name, one in plan[kind].items()}
    values["stations"] = float(stations)
    for one in plan["sum"]:
        values[one["name"]] = computed(one["formula"], values)
    return values


if __name__ == "__main__":
    main()
