"""Qingping monitors: `qingping/<mac>/up`, records of `{"value", "status"}`; a record's own time counts.

Type 13 is a status; newer models send binary on the same topic, which is refused as no JSON.
Source: developer.qingping.co, mash2k3/qingping_cgs1 issues.
"""

from typing import Any

from ingest.clocks import counted, utc
from ingest.decoded import Decoded, Refusal, empty, silent
from ingest.errors import WrongShapeError
from ingest.opened import Opened
from ingest.values import meaning, take

NAME = "qingping"

_MEANINGS = {
    "temperature": meaning("qingping-0", "temperature"),
    "humidity": meaning("qingping-0", "relative_humidity"),
    "co2": meaning("qingping-0", "co2"),
    "pm1": meaning("qingping-0", "pm1"),
    "pm25": meaning("qingping-0", "pm2_5"),
    "pm10": meaning("qingping-0", "pm10"),
    "noise": meaning("qingping-0", "noise"),
    "tvoc": meaning("qingping-0", "voc", "ppb"),
    "tvoc_index": meaning("qingping-0", "voc_index"),
}
_FAHRENHEIT = meaning("qingping-0", "temperature", "f")
_STATUS = "13"


def matches_topic(topic: str) -> bool:
    """Match `qingping/<mac>/up`, which the device cannot change."""
    levels = topic.rsplit("/", 2)
    return levels[0].endswith("qingping") and levels[1:][-1:] == ["up"]


def matches_body(opened: Opened) -> bool:
    """Match a list `sensorData`."""
    return isinstance(opened.object.get("sensorData"), list)


def decode(opened: Opened) -> Decoded:
    """Read all records of a message; several are a backlog."""
    body = opened.json_object()
    records = body.get("sensorData")
    if str(body.get("type")) == _STATUS:
        return silent("status")
    if not isinstance(records, list):
        if body:
            return silent("status")
        raise WrongShapeError("no list `sensorData`")
    decoded = empty()
    for record in records:
        if isinstance(record, dict):
            told = _value(record.get("timestamp"))
            _read_record(record, utc(told) if len(records) == 1 else counted(told), decoded)
    return decoded


def _read_record(record: dict[str, Any], time: float | None, into: Decoded) -> None:
    for key, found in _MEANINGS.items():
        said = record.get(key)
        if said is None:
            continue
        if isinstance(said, dict) and said.get("status", 0) != 0:
            into.refused.append(Refusal("qingping-0", found.observed_property, "sensor_fault", repr(said)[:60]))
        else:
            fahrenheit = key == "temperature" and isinstance(said, dict) and said.get("unit") == "F"
            take(_value(said), _FAHRENHEIT if fahrenheit else found, time, into)


def _value(said: Any) -> Any:
    return said.get("value") if isinstance(said, dict) else said
