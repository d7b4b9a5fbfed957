"""SenML (RFC 8428), JSON and CBOR: records whose base fields hold on until changed; also our second native form.

Times below 2^28 count from now. Records without `v`, and units that are none of ours, are passed over.
"""

import math
from functools import lru_cache
from typing import Any

import cbor2
import msgspec
from msgspec.structs import replace

from ingest.decoded import Decoded, empty
from ingest.errors import NotCborError, WrongShapeError
from ingest.naming import apart, property_of, sensor
from ingest.opened import Opened
from ingest.units import conversion, plain
from ingest.values import Meaning, as_number, meaning, take

NAME = "senml"

_LABELS: dict[Any, str] = {-2: "bn", -3: "bt", -4: "bu", -5: "bv", 0: "n", 1: "u", 2: "v", 6: "t"}
"""CBOR label -> JSON label (RFC 8428, table 6)."""

_KEYS = frozenset({"bn", "bt", "bu", "bv", "bver", "n", "v", "vs", "vb", "vd", "s"})
_BY_UNIT = {"%rh": "relative_humidity", "cel": "temperature"}
_ABSOLUTE = 2.0**28
_ARRAY = range(0x80, 0xA0)
_MOST = 2000  # records


class _Record(msgspec.Struct, gc=False):
    """A record as it stands in a pack; what a field holds is judged when it is read."""

    bn: Any = None
    bt: Any = None
    bu: Any = None
    bv: Any = None
    n: Any = ""
    u: Any = None
    v: Any = msgspec.UNSET
    t: Any = None


_json = msgspec.json.Decoder(list[_Record])


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
    decoded = empty()
    _read_pack(_pack(opened), decoded)
    return _with_clock(decoded)


def _pack(opened: Opened) -> list[_Record]:
    payload = opened.message.payload
    pack = _of_cbor(payload) if payload and payload[0] in _ARRAY else opened.typed(_json)
    if len(pack) > _MOST:
        raise WrongShapeError(f"{len(pack)} records, at most {_MOST} are read")
    return pack


def _of_cbor(payload: bytes) -> list[_Record]:
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
    if not isinstance(pack, list) or not all(isinstance(each, dict) for each in pack):
        raise WrongShapeError("no array of records")
    return [_Record(**_labelled(each)) for each in pack]


def _labelled(record: dict[Any, Any]) -> dict[str, Any]:
    """Give the fields that are read their names, for which CBOR has numbers."""
    named = {_LABELS.get(key, key): value for key, value in record.items()}
    return {key: named[key] for key in _Record.__struct_fields__ if key in named}


def _read_pack(pack: list[_Record], into: Decoded) -> None:
    """Carry the base fields forward, and read the records that have a value."""
    base_name, base_unit, base_time, base_value = "", None, 0.0, 0.0
    for record in pack:
        if record.bn is not None:
            base_name = str(record.bn)
        if record.bu is not None:
            base_unit = record.bu
        base_time = base_time if record.bt is None else _finite(record.bt, base_time)
        base_value = base_value if record.bv is None else _finite(record.bv, base_value)
        if record.v is msgspec.UNSET:
            continue
        unit = record.u or base_unit
        found = _meaning(f"{base_name}{record.n}"[:200], unit[:20] if isinstance(unit, str) else None)
        if found is not None:
            value = as_number(record.v) + base_value if base_value and type(record.v) is not str else record.v
            take(value, found, base_time if record.t is None else base_time + _finite(record.t, 0.0), into)


def _finite(written: Any, otherwise: float) -> float:
    number = as_number(written)
    return number if math.isfinite(number) else otherwise


@lru_cache(maxsize=65_536)
def _meaning(name: str, unit: str | None) -> Meaning | None:
    """Say what a record of this name is; None where it is nothing of ours."""
    prefix, _, last = name.replace("/", ":").rstrip(":").rpartition(":")
    by_name = property_of(last)
    found = by_name or _BY_UNIT.get(plain(unit or ""))
    if found is None or conversion(found, unit) is None:
        return None
    rest = apart(last, found) if by_name else ""
    told = sensor((prefix if by_name else name).replace(":", "_")[-40:].strip("_") or "senml", rest)
    return meaning(told, found, unit)


def _with_clock(decoded: Decoded) -> Decoded:
    """Say which clock is meant: that of receipt where all times are small; of a mixture the absolute ones are kept."""
    times = [record.time or 0.0 for record in decoded.records]
    if not times or min(times) >= _ABSOLUTE:
        return decoded
    if all(abs(time) < _ABSOLUTE for time in times):
        decoded.clock = "received"
    else:
        decoded.records = [
            record if (record.time or 0.0) >= _ABSOLUTE else replace(record, time=None) for record in decoded.records
        ]
    return decoded
