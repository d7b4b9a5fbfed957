"""Reads the times that devices write: many spellings, and whether the text says which clock is meant."""

import re
from datetime import datetime
from typing import Any

import msgspec

SET = 1e9
"""A clock before this [s since 1970, September 2001] was never set: it counts from 1970, 2000 or its own start."""

_MILLISECONDS = 1e11
"""A count above this is in milliseconds; in seconds it would be the year 5138."""

_DAY = len("2026-11-23")

_BEGIN = datetime(1970, 1, 1)  # noqa: DTZ001 as a wall clock shows it

_LOOSE = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[T +]+"
    r"(\d{1,2}):\s*(\d{1,2})(?::\s*(\d{1,2})(\.\d+)?)?\s*([Zz]|[+-]\d\d:?\d\d)?"
)
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})[T ]+(.*)")


class Moment(msgspec.Struct, frozen=True, gc=False):
    """Seconds since 1970; `local` where the text names no offset: then they are those of the device's wall clock."""

    seconds: float
    local: bool


def moment(written: Any) -> Moment | None:
    """Read a time: text or a count of (milli)seconds; None where it is none, or of a clock that was never set."""
    found = _written(written)
    return found if found is not None and SET <= found.seconds < _MILLISECONDS else None


def _written(written: Any) -> Moment | None:
    if isinstance(written, str):
        return _of_text(written)
    if type(written) not in (int, float) or not abs(written) <= _MILLISECONDS * 1000:  # NaN, and what no double holds
        return None
    return Moment(written / 1000 if written > _MILLISECONDS else float(written), local=False)


def utc(written: Any) -> float | None:
    """Read a time of a format whose times are UTC, named or not [s since 1970]."""
    found = moment(written)
    return None if found is None else found.seconds


def counted(written: Any) -> float | None:
    """Read a time, also of a clock never set [s since 1970]: it tells how far records of a backlog are apart."""
    found = _written(written)
    return None if found is None else found.seconds


def _of_text(text: str) -> Moment | None:
    text = text.strip()
    if len(text) > 60 or not text[:1].isdigit():  # as "now"
        return None
    if text.isdecimal():  # before all else: some counts of milliseconds look like a year, month, day, hour and minute
        return _of_count(text)
    if len(text) <= _DAY:  # a day is no time: all that is measured on it would be taken for one reading of midnight
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return _of_loose_text(text)
    return _moment(time)


def _of_loose_text(text: str) -> Moment | None:
    found = _LOOSE.fullmatch(text)
    if found is None:
        turned = _DAY_FIRST.fullmatch(text)
        found = _LOOSE.fullmatch("{2}-{1}-{0} {3}".format(*turned.groups())) if turned else None
    if found is None:
        return _of_count(text)
    year, month, day, hour, minute, second, fraction, zone = found.groups(default="")
    padded = f"{year}-{month:0>2}-{day:0>2}T{hour:0>2}:{minute:0>2}:{second:0>2}{fraction[:7]}{zone.upper()}"
    try:
        return _moment(datetime.fromisoformat(padded))
    except ValueError:
        return None


def _of_count(text: str) -> Moment | None:
    """Read seconds or milliseconds since 1970 written as text."""
    if not re.fullmatch(r"\d{9,14}(\.\d{1,9})?", text, re.ASCII):
        return None
    count = float(text)
    return Moment(count / 1000 if count > _MILLISECONDS else count, local=False)


def _moment(time: datetime) -> Moment | None:
    local = time.tzinfo is None
    try:
        return Moment((time - _BEGIN).total_seconds() if local else time.timestamp(), local)
    except (OverflowError, ValueError):
        return None
