"""Our own format, as docs/payload.md defines it: strict and fast first, value by value only where that fails."""

import math
from datetime import datetime
from typing import Annotated, Any

import msgspec

from ingest.decoded import Decoded, Record, Refusal
from ingest.errors import WrongShapeError
from ingest.opened import Opened
from ingest.vocabulary import SENTINELS, UNITS, ObservedProperty

NAME = "native"

MAX_ENTRIES = 500
"""Entries of `obs` in one message (docs/payload.md)."""


LARGEST = 1e12
"""Beyond this nothing is a reading, in any unit; its square still has a place in a double, so sums and means do too."""


class _Entry(msgspec.Struct):
    s: str
    v: dict[ObservedProperty, Annotated[float, msgspec.Meta(ge=-LARGEST, le=LARGEST)]]
    t: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class _Body(msgspec.Struct):
    obs: Annotated[list[_Entry], msgspec.Meta(min_length=1, max_length=MAX_ENTRIES)]


_Records = dict[tuple[int, str, str], Record]

_strict = msgspec.json.Decoder(_Body)


def matches_topic(topic: str) -> bool:
    """Match `aq/1/<station>/obs`."""
    return topic.startswith("aq/1/") and topic.endswith("/obs")


def matches_body(opened: Opened) -> bool:
    """Match a body with a list `obs` whose first entry has `s` and `v`."""
    entries = opened.object.get("obs")
    return (
        isinstance(entries, list) and bool(entries) and isinstance(entries[0], dict) and {"s", "v"} <= entries[0].keys()
    )


def decode(opened: Opened) -> Decoded:
    """Read the readings; single bad values are refused, a body of another shape raises WrongShapeError."""
    try:
        entries = _strict.decode(opened.message.payload).obs
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _decode_value_by_value(opened.json())
    if not all(SENTINELS.isdisjoint(entry.v.values()) for entry in entries) or _loses_entries(entries):
        return _decode_value_by_value(opened.json())
    records: list[Record] = []
    for entry in entries:
        time = None if entry.t is None else entry.t.timestamp()
        sensor = entry.s
        records += [Record(time, sensor, name, value) for name, value in entry.v.items()]
    return Decoded(None, records, [])


def _loses_entries(entries: list[_Entry]) -> bool:
    """Say whether several entries without a time would fall on the one time of receipt."""
    return len(entries) > 1 and sum(entry.t is None for entry in entries) > 1


def _decode_value_by_value(body: Any) -> Decoded:
    entries = body.get("obs") if isinstance(body, dict) else None
    if not isinstance(entries, list) or not 1 <= len(entries) <= MAX_ENTRIES:
        raise WrongShapeError(f"no list `obs` of 1 to {MAX_ENTRIES} entries")
    records: _Records = {}
    refused: list[Refusal] = []
    for entry in entries:
        if not (isinstance(entry, dict) and isinstance(entry.get("s"), str) and isinstance(entry.get("v"), dict)):
            refused.append(Refusal("", "", "wrong_shape", repr(entry)[:60]))
            continue
        time = _time(entry.get("t"))
        for name, value in entry["v"].items():
            _sort_in(Refusal(entry["s"], name, _fault(name, value), repr(value)[:60]), time, value, records, refused)
    return Decoded(None, list(records.values()), refused)


def _sort_in(found: Refusal, time: float | None, value: Any, records: _Records, refused: list[Refusal]) -> None:
    """Put a value among the records or the refused; of values without a time the newest one of a series stays."""
    if found.reason:
        refused.append(found)
        return
    serial = 0 if time is None else len(records) + 1
    key = (serial, found.sensor_name, found.observed_property)
    if time is None and key in records:
        refused.append(found._replace(reason="no_time", value=repr(records[key].value)))
    records[key] = Record(time, found.sensor_name, found.observed_property, float(value))


def _fault(name: str, value: Any) -> str:
    """Name what is wrong with a value in a word; empty where nothing is."""
    if name not in UNITS:
        return "unknown_property"
    if value is None:
        return "null"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "not_a_number"
    if isinstance(value, float) and not math.isfinite(value):  # an int may be too large for isfinite
        return "not_finite"
    if abs(value) > LARGEST:
        return "impossible"
    return "sentinel" if value in SENTINELS else ""


def _time(text: Any) -> float | None:
    """Read RFC 3339 with an offset [s since 1970]; None where it is anything else: then the time of receipt serves."""
    if not isinstance(text, str):
        return None
    try:
        time: datetime = msgspec.convert(text, Annotated[datetime, msgspec.Meta(tz=True)])
    except (msgspec.ValidationError, UnicodeEncodeError):  # the latter for half of a surrogate pair
        return None
    return time.timestamp()
