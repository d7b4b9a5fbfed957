"""Homie 3, 4 and 5: a tree of single values, `<device>/<node>/<property>`, whose `$` topics tell names and units.

The root need not be `homie`: a device is known by its `$homie`, `$state` or `$description`. `pm01` is PM1.
Source: homieiot/convention.
"""

import re
from typing import Any

import msgspec

from ingest.decoded import Decoded, empty, silent
from ingest.memory import Memory
from ingest.naming import apart, property_of, sensor, unit_of
from ingest.opened import Opened
from ingest.units import conversion
from ingest.values import meaning, take_told

NAME = "homie"

_ROOTED = re.compile(r"(?:^|/)homie/(?:5/)?[^/]+/.+")
_MARKS = ("$homie", "$description", "$nodes", "$state", "$online")


def matches_topic(topic: str) -> bool:
    """Match topics below `homie/`, and those with a level that begins with `$`."""
    return _ROOTED.search(topic) is not None or "/$" in topic


def matches_body(opened: Opened) -> bool:
    """Match nothing: a bare value says nothing without its topic."""
    return False


def decode(opened: Opened) -> Decoded:
    """Read a property's value, or learn from a `$` topic."""
    topic = opened.topic
    if "/$" in topic:
        _learn(opened.memory, topic, opened.text)
        return silent("config")
    device = opened.memory.homie_device(topic)
    if device is None or topic.endswith("/set"):
        device = topic.rsplit("/", 2)[0]
    known = opened.memory.entities.get(topic)
    name, unit = (known.name, known.unit) if known else (None, None)
    last = topic.rpartition("/")[2]
    found = property_of(last) or (property_of(name) if name else None)
    if found is not None and unit is None:
        unit = unit_of(last, found)
    if found is None or conversion(found, unit) is None:
        return silent("other_property")
    decoded = empty(device)
    node = topic.removeprefix(device).strip("/").partition("/")[0]
    told = meaning(sensor(device.rpartition("/")[2], node, apart(last, found)), found, unit)
    take_told(opened.text, told, unit, None, decoded)
    return decoded


def _learn(memory: Memory, topic: str, text: str) -> None:
    owner, _, attribute = topic.partition("/$")
    if f"${attribute}" in _MARKS:
        memory.learn_homie(owner)
    if attribute == "description":
        _learn_description(memory, owner, text)
    elif attribute == "unit":
        memory.entity(owner).unit = text[:60] or None
    elif attribute == "name" and owner.count("/") > 1:
        memory.entity(owner).name = text[:200]


def _learn_description(memory: Memory, device: str, text: str) -> None:
    """Learn names and units from version 5's one document."""
    try:
        document = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return
    for node, about in _objects(_within(document, "nodes")):
        for name, told in _objects(_within(about, "properties")):
            entity = memory.entity(f"{device}/{node}/{name}"[:300])
            unit, title = told.get("unit"), told.get("name")
            entity.unit = unit[:60] if isinstance(unit, str) and unit else None
            entity.name = title[:200] if isinstance(title, str) else None


def _within(document: Any, key: str) -> dict[str, Any]:
    found = document.get(key) if isinstance(document, dict) else None
    return found if isinstance(found, dict) else {}


def _objects(found: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(key, value) for key, value in found.items() if isinstance(value, dict)]
