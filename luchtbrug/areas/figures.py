"""Figures of areas from a CSV of others: a column with codes, columns with numbers, as CBS StatLine gives them out."""

import csv
import re
from collections.abc import Sequence
from contextlib import suppress
from io import StringIO
from math import isfinite
from pathlib import Path

from luchtbrug.areas.errors import AreaFileError
from luchtbrug.sheet import separator_of, text_of

CODES = ("codering", "wijkenenbuurten", "buurtcode", "wijkcode", "gemeentecode", "regiocode", "code")
"""How columns with codes begin; StatLine puts a number behind its names (Codering_3)."""

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_DUTCH_THOUSANDS = re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?")


def read_figures(path: Path, code: str | None, columns: Sequence[str]) -> dict[str, list[tuple[str, float]]]:
    """Read columns by area: name → (code, value); rows without a number in a column are left out of it.

    Separator, byte order mark and decimal comma are recognised. Raises AreaFileError, which says what there is.
    """
    text = text_of(path.read_bytes())
    rows = list(csv.DictReader(StringIO(text), delimiter=separator_of(text)))
    if not rows:
        raise AreaFileError(f"{path} has no rows below its header.")
    names = [name for name in rows[0] if name is not None]
    key = code if code is not None else _code_column(path, names)
    missing = [name for name in (key, *columns) if name not in names]
    if missing:
        raise AreaFileError(f"{path} has no column {', '.join(missing)}; there is {', '.join(names)}.")
    return {name: _figures(path, rows, key, name) for name in columns}


def _code_column(path: Path, names: Sequence[str]) -> str:
    for begin in CODES:
        for name in names:
            if name.strip().lower().startswith(begin):
                return name
    raise AreaFileError(f"{path} has no known column of codes: name it with --code, of {', '.join(names)}.")


def _figures(path: Path, rows: Sequence[dict[str, str | None]], key: str, column: str) -> list[tuple[str, float]]:
    found: dict[str, float] = {}
    for row in rows:
        code, value = (row[key] or "").strip(), _number(row[column] or "")
        if value is None or not CODE.fullmatch(code):
            continue
        if found.setdefault(code, value) != value:
            raise AreaFileError(f"{path} has two values of {column} for {code}: {found[code]:g} and {value:g}.")
    if not found:
        raise AreaFileError(f"{path} has no number in {column} beside a code in {key}.")
    return sorted(found.items())


def _number(text: str) -> float | None:
    """Read a number with a point or a comma; what stands for a missing one (a dot, `NULL`, nothing) is None."""
    text = text.strip()
    if "," in text:
        text = (text.replace(".", "") if _DUTCH_THOUSANDS.fullmatch(text) else text).replace(",", ".")
    with suppress(ValueError):
        value = float(text)
        return value if isfinite(value) else None
    return None
