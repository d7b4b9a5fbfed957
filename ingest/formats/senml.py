"""SenML (RFC 8428), JSON and CBOR: records whose base fields hold on until changed; also our second native form.

Times below 2^28 count from now. Records without `v`, and units that are none of ours, are passed over.
"""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import cbor2

from ingest.decoded import Decoded, Record, empty
from ingest.errors import NotCborError, WrongShapeError
from ingest.naming import property_of, sensor
from ingest.opened import Opened
from ingest.units import conversion, plain
from ingest.values import as_number, meaning, take

NAME = "senml"

_LABELS = {-2: "bn", -3: "bt", -4: "bu", -5: "bv", 0: "n", 1: "u", 2: "v", 6: "t"}
"""CBOR label -> JSON label (RFC 8428, table 6)."""

_KEYS = frozenset({"bn", "bt", "bu", "bv", "bver", "n", "v", "vs", "vb", "vd", "s"})
_BY_UNIT = {"%rh": "relative_humidity", "cel": "temperature"}
_ABSOLUTE = 2.0**28
_ARRAY = range(0x80, 0xA0)
_MOST = 2000  # records


class _Entry(NamedTuple):
    name: str
    unit: str | None
    value: Any
    time: float


def matches_topic(topic: str) -> bool:
    """Match the last level `senml`."""
    return topic.rpartition("/")[2] == "senml"


def matches_body(opened: Opened) -> bool:
    """Match an array of objects with SenML's labels, a CBOR array of maps, or the content type."""
    if any(value.startswith("application/senml") for value in opened.message.headers.values()):
        return True
    body = opened.array
    if body:
        return isinstance(body[0], dict) and not _KEYS.isdisjoint(body[0]) and "value_type" not in body[0]
    payload = opened.message.payload
    return len(payload) > 1 and payload[0] in _ARRAY and (payload[1] & 0xE0) == 0xA0


def decode(opened: Opened) -> Decoded:
    """Read a pack; raise NotCborError or WrongShapeError where it is none."""
    pack = _pack(opened)
    decoded = empty()
    for entry in _resolved(pack):
        _read_entry(entry, decoded)
    return _with_clock(decoded)


def _pack(opened: Opened) -> list[dict[str, Any]]:
    payload = opened.message.payload
    pack = _of_cbor(payload) if payload and payload[0] in _ARRAY else opened.json()
    if not isinstance(pack, list) or len(pack) > _MOST or not all(isinstance(each, dict) for each in pack):
        raise WrongShapeError(f"no array of at most {_MOST} records")
    return pack


def _of_cbor(payload: bytes) -> Any:
    try:
        pack = cbor2.loads(payload)
    except (
        cbor2.CBORDecodeError,
        ValueError,
        TypeError,
        ArithmeticError,
        LookupError,
        RecursionError,
        MemoryError,
    ) as error:
        raise NotCborError(f"{type(error).__name__}: {error}"[:200]) from error
    if not isinstance(pack, list):
        return pack
    return [
        {_LABELS.get(key, key): value for key, value in each.items()} if isinstance(each, dict) else each
        for each in pack
    ]


def _resolved(pack: list[dict[str, Any]]) -> Iterator[_Entry]:
    """Carry the base fields forward, and give the records that have a value."""
    base_name, base_unit, base_time, base_value = "", None, 0.0, 0.0
    for record in pack:
        base_name = str(record.get("bn", base_name))
        base_unit = record.get("bu", base_unit)
        base_time = _finite(record.get("bt"), base_time)
        base_value = _finite(record.get("bv"), base_value)
        if "v" not in record:
            continue
        raw = record["v"]
        value = as_number(raw) + base_value if base_value and type(raw) is not str else raw
        unit = record.get("u", base_unit)
        name = base_name + str(record.get("n", ""))
        yield _Entry(
            name[:200], unit if isinstance(unit, str) else None, value, base_time + _finite(record.get("t"), 0.0)
        )


def _finite(written: Any, otherwise: float) -> float:
    number = as_number(written)
    return number if math.isfinite(number) else otherwise


def _read_entry(entry: _Entry, into: Decoded) -> None:
    prefix, _, last = entry.name.replace("/", ":").rstrip(":").rpartition(":")
    by_name = property_of(last)
    found = by_name or _BY_UNIT.get(plain(entry.unit or ""))
    if found is None or conversion(found, entry.unit) is None:
        return
    name = sensor((prefix if by_name else entry.name).replace(":", "_")[-40:].strip("_") or "senml")
    take(entry.value, meaning(name, found, entry.unit), entry.time, into)


def _with_clock(decoded: Decoded) -> Decoded:
    """Say which clock is meant: that of receipt where all times are small; of a mixture the absolute ones are kept."""
    times = [record.time or 0.0 for record in decoded.records]
    if times and all(abs(time) < _ABSOLUTE for time in times):
        return decoded._replace(clock="received")
    records = [record if (record.time or 0.0) >= _ABSOLUTE else _without_time(record) for record in decoded.records]
    return decoded._replace(records=records)


def _without_time(record: Record) -> Record:
    return record._replace(time=None)
