"""Compute the figures of docs/scale.md from docs/scale.toml, and hold the page against them.

    python -m benchmarks.scale_plan           # fails where the page says anything else
    python -m benchmarks.scale_plan --write   # writes the tables anew

A sum is a formula of the names above it; it is shown with the numbers in it. No figure of the tables is typed by hand.
"""

import argparse
import ast
import math
import operator
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[1] / "docs"
BEGIN, END = "<!-- figures: {} -->", "<!-- end -->"

_OPERATORS: Mapping[type[ast.operator], tuple[str, Callable[[float, float], float]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("−", operator.sub),
    ast.Mult: ("×", operator.mul),
    ast.Div: ("÷", operator.truediv),
}


def main() -> None:
    """Compare, or write."""
    hold("scale", ("scale",), with_figures, __doc__)


def hold(page: str, sources: Sequence[str], made: Callable[..., str], said: str) -> None:
    """Hold docs/`page`.md against what `made` makes of it with the tables of its sources; `--write` writes that."""
    parser = argparse.ArgumentParser(description=said, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the page anew instead of comparing it")
    options = parser.parse_args()
    path, named = DOCS / f"{page}.md", " and ".join(f"docs/{name}.toml" for name in sources)
    text = path.read_text(encoding="utf-8")
    wanted = made(text, *(tomllib.loads((DOCS / f"{name}.toml").read_text(encoding="utf-8")) for name in sources))
    if options.write:
        path.write_text(wanted, encoding="utf-8")
    elif text != wanted:
        pairs = zip(text.splitlines(), wanted.splitlines(), strict=False)
        wrong = next((f"{old}\n  should be\n{new}" for old, new in pairs if old != new), "lines are missing")
        raise SystemExit(f"docs/{page}.md disagrees with {named} (--write mends it):\n{wrong}")
    print(f"docs/{page}.md agrees with {named}")


def with_figures(text: str, plan: Mapping[str, Any]) -> str:
    """Put the tables into a page, each between its marks; all else stays."""
    for name, lines in tables(plan).items():
        text = with_table(text, name, lines)
    return text


def with_table(text: str, name: str, lines: Sequence[str]) -> str:
    """Put a table into a page, between the marks of its name."""
    mark = BEGIN.format(name)
    before, found, rest = text.partition(mark)
    if not found:
        raise SystemExit(f"the page has no {mark}")
    return f"{before}{mark}\n" + "\n".join(lines) + f"\n{END}" + rest.partition(END)[2]


def tables(plan: Mapping[str, Any]) -> dict[str, list[str]]:
    """Make the tables: what was measured, what is assumed, and the sums of each group."""
    values = {name: float(one["value"]) for kind in ("measured", "assumed") for name, one in plan[kind].items()}
    made = {
        "measured": ["| measured | figure | printed by |", "|---|---|---|"]
        + [f"| {one['text']} | {shown(one['value'])} | `{one['command']}` |" for one in plan["measured"].values()],
        "assumed": ["| assumed | figure |", "|---|---|"]
        + [f"| {one['text']} | {shown(one['value'])} |" for one in plan["assumed"].values()],
    }
    for one in plan["sum"]:
        rows = made.setdefault(one["group"], ["| what | sum | comes to |", "|---|---|---|"])
        values[one["name"]] = computed(one["formula"], values)
        result = f"{shown(values[one['name']])} {one['unit']}".strip()
        rows.append(f"| {one['text']} | {worded(one['formula'], values)} | {result} |")
    return made


def computed(formula: str, values: Mapping[str, float]) -> float:
    """Compute a formula of names, numbers, + - * / and ceil(…)."""
    return _value(ast.parse(formula, mode="eval").body, values)


def worded(formula: str, values: Mapping[str, float]) -> str:
    """Write a formula with the numbers in the place of the names."""
    return "".join(_words(ast.parse(formula, mode="eval").body, values))


def shown(value: float) -> str:
    """Write a number with three digits that count, all those before the point, and commas."""
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _value(node: ast.expr, values: Mapping[str, float]) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            return values[name]
        case ast.BinOp(left=left, op=kind, right=right):
            return _OPERATORS[type(kind)][1](_value(left, values), _value(right, values))
        case ast.Call(func=ast.Name(id="ceil"), args=[inner]):
            return float(math.ceil(_value(inner, values)))
    raise SystemExit(f"a sum may not have {ast.dump(node)}")


def _words(node: ast.expr, values: Mapping[str, float]) -> Iterator[str]:
    match node:
        case ast.BinOp(left=left, op=kind, right=right):
            weak = isinstance(kind, ast.Mult | ast.Div)
            yield from _bracketed(left, values, needed=weak and _is_sum(left))
            yield f" {_OPERATORS[type(kind)][0]} "
            of_all = isinstance(right, ast.BinOp) and isinstance(kind, ast.Div | ast.Sub)
            yield from _bracketed(right, values, needed=of_all or (weak and _is_sum(right)))
        case ast.Call(args=[inner]):
            yield from ("⌈", *_words(inner, values), "⌉")
        case _:
            yield shown(_value(node, values))


def _is_sum(node: ast.expr) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)


def _bracketed(node: ast.expr, values: Mapping[str, float], *, needed: bool) -> Iterator[str]:
    yield from ("(", *_words(node, values), ")") if needed else _words(node, values)


if __name__ == "__main__":
    main()
