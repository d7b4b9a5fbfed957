"""Reads one cell of a table of samples: numbers, times, places, codes as people in two languages write them."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from storage.samples import Kind

ZONE = ZoneInfo("Europe/Amsterdam")
NOON = time(12)
"""What a date without a time stands for: tubes are hung and taken by day."""

SAMPLE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,29}")
PLACE = re.compile(r"[A-Za-z]{0,6}[- ]?[0-9]{1,6}[A-Za-z]?")
REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9:_.-]{0,39}")
KINDS: Mapping[str, Kind] = {
    "": "sample", "sample": "sample", "monster": "sample", "meting": "sample", "duplicate": "sample",
    "duplo": "sample", "triplo": "sample", "blank": "blank", "blanco": "blank", "reference": "reference",
    "referentie": "reference",
}  # fmt: skip
TRUE, FALSE = ("1", "ja", "j", "yes", "y", "true", "waar"), ("", "0", "nee", "n", "no", "false", "onwaar")

_NUMBER = re.compile(r"[+-]?\d{1,9}([.,]\d{1,12})?")
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DUTCH_DATE = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_TIME = re.compile(r"[T ]+(\d{1,2})[:.](\d{2})(:00)?")


class CellError(Exception):
    """A cell cannot be read; `key` is the message that says what to do."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def number(text: str) -> float:
    """Read a number with a point or a comma; thousands are not divided, as nobody could tell which of them is meant."""
    if not _NUMBER.fullmatch(text):
        raise CellError("number")
    return float(text.replace(",", "."))


def measured(text: str) -> tuple[float, bool]:
    """Read what a laboratory wrote, and whether it was `< number`: below what it can tell from nothing."""
    below = text.startswith("<")
    value = number(text.removeprefix("<").strip())
    if below and value <= 0:
        raise CellError("limit")
    return value, below


def moment(text: str) -> datetime:
    """Read a local date, with a time or as noon: 2026-10-05 or 5-10-2026, day before month."""
    found = _DATE.match(text) or _DUTCH_DATE.match(text)
    if found is None:
        raise CellError("date")
    parts = [int(part) for part in found.groups()]
    year, month, day = parts if found.re is _DATE else parts[::-1]
    rest = text[found.end() :].strip("\u00a0 ")
    try:
        local = datetime.combine(date(year, month, day), _clock(text[found.end() :]) if rest else NOON, ZONE)
    except ValueError as error:
        raise CellError("date") from error
    if not 1990 <= year <= 2100:
        raise CellError("date")
    return local.astimezone(UTC)


def _clock(text: str) -> time:
    found = _TIME.fullmatch(text.rstrip())
    if found is None:
        raise CellError("date")
    return time(int(found[1]), int(found[2]))


def kind(text: str) -> Kind:
    """Read what a line is: a sample, a blank, or a sample beside a reference station."""
    if text.lower() not in KINDS:
        raise CellError("kind")
    return KINDS[text.lower()]


def yes(text: str) -> bool:
    """Read yes or no; nothing is no."""
    if text.lower() not in TRUE + FALSE:
        raise CellError("yes")
    return text.lower() in TRUE


def latitude(text: str) -> float:
    """Read a latitude [degrees]."""
    return _within(number(text), 90.0, "latitude")


def longitude(text: str) -> float:
    """Read a longitude [degrees]."""
    return _within(number(text), 180.0, "longitude")


def sample_id(text: str) -> str:
    """Read the laboratory's number of a sample."""
    return _code(text, SAMPLE_ID, "sample")


def place(text: str) -> str:
    """Read the code of a place: letters and a number; an address does not fit."""
    return _code(text, PLACE, "place")


def reference_station(text: str) -> str:
    """Read the code of an official station."""
    return _code(text, REFERENCE, "reference")


def positive(text: str) -> float:
    """Read a number above 0."""
    value = number(text)
    if value <= 0:
        raise CellError("positive")
    return value


def _code(text: str, pattern: re.Pattern[str], key: str) -> str:
    if not pattern.fullmatch(text):
        raise CellError(key)
    return text


def _within(value: float, bound: float, key: str) -> float:
    if not -bound <= value <= bound:
        raise CellError(key)
    return value
