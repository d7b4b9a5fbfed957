"""Flat JSON of a device that no other format knows: keys are read by their names, once their owner has confirmed it.

Live it is used only where it is the station's setting; until then a message is put aside with what would be read of
it. Numbers may have a comma for a point; a pressure's unit is told by its size, another may end its key (`temp_f`).
"""

from collections.abc import Iterator
from typing import Any

from ingest.clocks import moment
from ingest.decoded import Decoded, empty
from ingest.errors import WrongShapeError
from ingest.naming import apart, property_of, sensor, unit_of
from ingest.opened import Opened
from ingest.units import UNIT_NEEDED, pressure_by_size
from ingest.values import as_number, meaning, take

NAME = "generic_json"

_TIMES = ("time", "timestamp", "ts", "datetime", "dateTime", "date", "last_seen", "Time", "t")
_SPECIAL = {"dust": "pm2_5", "P2": "pm2_5", "P1": "pm10", "pm02": "pm2_5"}
_DEPTH = 3


def matches_topic(topic: str) -> bool:
    """Match the path of the setup text."""
    return topic.rpartition("/")[2] == "json"


def matches_body(opened: Opened) -> bool:
    """Match an object with at least one key that names an observed property."""
    return next(_known(opened.object, "", 0), None) is not None


def decode(opened: Opened) -> Decoded:
    """Read what has a name that is known."""
    body = opened.json_object()
    if not body:
        raise WrongShapeError("not an object with values")
    time = next((found for key in _TIMES if (found := moment(body.get(key))) is not None), None)
    decoded = empty(clock="local" if time is not None and time.local else "utc")
    seconds = None if time is None else time.seconds
    for path, key, observed_property, raw in _known(body, "", 0):
        value = _with_point(raw)
        if observed_property.startswith("air_pressure") and as_number(value) > 0:
            value = pressure_by_size(as_number(value))
        named = _sensor_name(path, apart(key, observed_property))
        take(value, meaning(named, observed_property, unit_of(key, observed_property)), seconds, decoded)
    return decoded


def _known(body: dict[str, Any], path: str, depth: int) -> Iterator[tuple[str, str, str, Any]]:
    """Give the path, key, property and value of every key that is known, also of objects within."""
    for key, raw in body.items():
        if isinstance(raw, dict):
            if depth < _DEPTH:
                yield from _known(raw, f"{path}.{key}" if path else key, depth + 1)
        elif isinstance(raw, str | int | float) and not isinstance(raw, bool):
            found = _SPECIAL.get(key) or property_of(key)
            if found is not None and found not in UNIT_NEEDED:
                yield path, key, found, raw


def _sensor_name(path: str, rest: str) -> str:
    """Name a sensor by the object that it is in and by what its key says beside the property, so that none clash."""
    if path or rest.isdecimal():
        return sensor(path or "json", rest)
    return sensor(rest or "json")


def _with_point(raw: Any) -> Any:
    return raw.replace(",", ".") if isinstance(raw, str) and raw.count(",") == 1 and "." not in raw else raw
