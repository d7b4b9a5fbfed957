"""How large a machine for how many stations: the table of docs/sizing.md, from the unit costs of docs/scale.toml.

`python -m benchmarks.sizing` fails where the page disagrees; `--write` writes the table anew.
"""

import argparse
import tomllib
from collections.abc import Mapping
from typing import Any

from benchmarks.scale_plan import BEGIN, DOCS, END, computed, shown

MARK = BEGIN.format("sizes")


def main() -> None:
    """Compare, or write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    page = DOCS / "sizing.md"
    text = page.read_text(encoding="utf-8")
    wanted = with_sizes(text, *(tomllib.loads((DOCS / f"{name}.toml").read_text()) for name in ("scale", "sizing")))
    if options.write:
        page.write_text(wanted, encoding="utf-8")
    elif text != wanted:
        raise SystemExit("docs/sizing.md disagrees with docs/scale.toml and docs/sizing.toml: --write mends it")
    print("docs/sizing.md agrees with docs/scale.toml and docs/sizing.toml")


def with_sizes(text: str, plan: Mapping[str, Any], sizing: Mapping[str, Any]) -> str:
    """Put the table into a page, between its marks; all else stays."""
    before, _, rest = text.partition(MARK)
    return f"{before}{MARK}\n" + "\n".join(table(plan, sizing)) + f"\n{END}" + rest.partition(END)[2]


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
