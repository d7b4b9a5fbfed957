"""Home Assistant's statestream: six topics for one reading, the state before its time and its unit, all retained.

A state waits until unit and, where it is published, time have come; from the second round on the unit is known.
Source: home-assistant/core `components/mqtt_statestream/__init__.py`.
"""

import re

import msgspec

from ingest.clocks import utc
from ingest.decoded import Decoded, empty, silent
from ingest.memory import Entity, Memory
from ingest.naming import property_of, sensor
from ingest.opened import Opened
from ingest.units import UNIT_NEEDED, conversion
from ingest.values import meaning, take_told

NAME = "ha_statestream"

_ATTRIBUTES = (
    "last_updated|last_changed|unit_of_measurement|device_class|state_class|friendly_name|icon|attribution|options|"
    "entity_picture|supported_features|assumed_state|restored"
)
_ATTRIBUTE = re.compile(rf"^(.*(?:^|/)sensor/[^/]+)/({_ATTRIBUTES})$")
_STATE = re.compile(r"^(.*(?:^|/)sensor/[^/]+)/state$")
_BASE = re.compile(r"(?:^|/)(?:homeassistant|hass|statestream|ha_statestream)/")


def matches_topic(topic: str) -> bool:
    """Match states below a base topic that Home Assistant's own pages use, and attributes below any."""
    if topic.endswith("/config"):
        return False
    return _ATTRIBUTE.match(topic) is not None or _BASE.search(topic) is not None


def matches_body(opened: Opened) -> bool:
    """Match nothing: a bare number says nothing without its topic."""
    return False


def decode(opened: Opened) -> Decoded:
    """Take in one topic; a reading comes out with the last one that it needs."""
    state = _STATE.match(opened.topic)
    if state is not None:
        return _take_state(opened.memory.entity(state[1]), opened, state[1])
    attribute = _ATTRIBUTE.match(opened.topic)
    if attribute is None:
        return silent("other_entity")
    entity = opened.memory.entity(attribute[1])
    opened.memory.learn_stream(attribute[1])
    _learn(entity, attribute[2], opened.text)
    return _release(entity, attribute[1])


def finish(memory: Memory) -> Decoded:
    """Give out what still waits when nothing more is to come: by its name, in canonical units, with the time it has."""
    decoded = empty()
    for topic, entity in memory.entities.items():
        if entity.waiting is not None:
            decoded.records.extend(_reading(entity, topic).records)
    return decoded


def _take_state(entity: Entity, opened: Opened, topic: str) -> Decoded:
    entity.complete = entity.complete or entity.waiting is not None  # a second state: the first round is over
    entity.waiting, entity.time, entity.replayed = opened.text, None, opened.message.retain
    return _release(entity, topic)


def _learn(entity: Entity, key: str, text: str) -> None:
    if key == "last_updated":
        entity.time, entity.timed = text[:60], True
    elif key == "unit_of_measurement":
        entity.unit = _unquoted(text)
    elif key == "device_class":
        entity.device_class = _unquoted(text)


def _unquoted(text: str) -> str | None:
    """Read an attribute, which is JSON where the state is bare text."""
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return None
    return found[:60] if isinstance(found, str) else None


def _release(entity: Entity, topic: str) -> Decoded:
    """Give the reading out once all that it needs is there."""
    if entity.waiting is None:
        return silent("config")
    if entity.timed and entity.time is None:
        return silent("held")
    if not entity.complete and (entity.unit is None or _property(entity, topic) is None):
        return silent("held")
    return _reading(entity, topic)


def _reading(entity: Entity, topic: str) -> Decoded:
    text, entity.waiting = entity.waiting or "", None
    entity.complete = True
    if entity.replayed and entity.time is None:
        return silent("retained")  # measured at some time before, whatever released it now
    found = _property(entity, topic)
    if found is None or conversion(found, entity.unit) is None or text in ("unavailable", "unknown", ""):
        return silent("other_entity")
    decoded = empty()
    name = sensor(topic.rpartition("/")[2])
    take_told(text, meaning(name, found, entity.unit), entity.unit, utc(entity.time), decoded)
    return decoded


def _property(entity: Entity, topic: str) -> str | None:
    by_name = property_of(topic.rpartition("/")[2], entity.device_class)
    return None if by_name in UNIT_NEEDED and entity.unit is None else by_name
