"""ESPHome: one topic an entity, `<prefix>/sensor/<object_id>/state`, a bare number; `nan` where the sensor failed.

Name and unit come from Home Assistant discovery where that was seen. Where it was not, the name is the object id, and
the unit that of ESPHome's own components if it is always the same (µg/m³, ppm, %, hPa). A temperature is then taken for
°C, as all components send it, and the owner is told once: who has converted it to °F has told discovery alone. Once it
is too high for °C, it is refused until the unit is told, and so is wind or rain always: each project has its own unit,
unless the object id ends in it (`temperature_f`, `wind_speed_kmh`).
Source: esphome/esphome `mqtt_component.cpp`, `mqtt_sensor.cpp`.
"""

import re
from functools import lru_cache

from ingest.decoded import Decoded, Refusal, empty, silent
from ingest.naming import property_of, sensor, unit_of, words
from ingest.opened import Opened
from ingest.units import WARMEST, conversion
from ingest.values import Meaning, as_number, meaning, take

NAME = "esphome"

_STATE = re.compile(r"(?:^|/)sensor/([^/]+)/state$")
_STATESTREAM = re.compile(r"(?:^|/)(?:homeassistant|hass|statestream|ha_statestream)/")
_OTHER = re.compile(
    r"/(?:binary_sensor|text_sensor|switch|light|fan|button|number|select|update)/[^/]+/(?:state|command)$|/debug$"
)
_MANY_UNITS = frozenset({"temperature", "wind_speed", "wind_gust", "rain", "rain_rate", "rain_day"})
_STATUS = re.compile(r"[^/]/status$")
_PROPERTY_WORDS = re.compile(
    r"_(?:pm_?\d+(?:_\d)?|particulate_matter|\d+m|concentration|temperature|temp|relative|humidity|pressure|co_?2|carbon_dioxide)(?=_)"
)


def matches_topic(topic: str) -> bool:
    """Match states of any component, the log and the last will, but nothing below a base topic of Home Assistant."""
    if _STATESTREAM.search(topic) is not None:
        return False
    return _STATE.search(topic) is not None or _OTHER.search(topic) is not None or _STATUS.search(topic) is not None


def matches_body(opened: Opened) -> bool:
    """Match nothing: a bare number says nothing without its topic."""
    return False


def decode(opened: Opened) -> Decoded:
    """Read the state of a sensor; of entities that measure no air, and of status and log, nothing."""
    state = _STATE.search(opened.topic)
    if state is None:
        return silent("status")
    known = opened.memory.entities.get(opened.topic)
    name, unit, device_class = (known.name, known.unit, known.device_class) if known else (None, None, None)
    found = property_of(state[1], device_class) or (property_of(name) if name and device_class is None else None)
    if found is not None and unit is None:
        unit = unit_of(state[1], found)
    if found is None or conversion(found, unit) is None:
        return silent("other_entity")
    decoded, told = empty(), meaning(_sensor_name(state[1]), found, unit)
    if unit is not None or found not in _MANY_UNITS or _unit_is_believed(opened, told, decoded):
        take(opened.text, told, None, decoded)
    return decoded


def _unit_is_believed(opened: Opened, told: Meaning, into: Decoded) -> bool:
    """Say whether a value without a unit is read as canonical; put it among the refused if not, or if never said."""
    entity, before = opened.memory.entity(opened.topic), opened.memory.entity(opened.topic).doubt
    too_high = as_number(opened.text) > WARMEST or told.observed_property != "temperature"
    entity.doubt = "refused" if too_high or before == "refused" else "told"
    if entity.doubt == "refused" or before is None:
        into.refused.append(Refusal(told.sensor_name, told.observed_property, "unit_not_told", opened.text[:60]))
    return entity.doubt == "told"


@lru_cache(maxsize=8192)
def _sensor_name(object_id: str) -> str:
    """Name the sensor by what the object id says beside the property: 'sht30_temperature' -> 'sht30-0'."""
    rest = _PROPERTY_WORDS.sub("", words(object_id[:100])).strip("_")
    return sensor(rest or "esphome")
