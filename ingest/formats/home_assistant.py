"""Home Assistant discovery: retained config messages that tell name, unit and class of a value's topic.

Nothing in them is a reading; they are the map by which the bare numbers of ESPHome are read.
Source: home-assistant.io, MQTT discovery; its abbreviations are those of `abbreviations.py` in Home Assistant.
"""

import re
from typing import Any

from ingest.decoded import Decoded, silent
from ingest.opened import Opened

NAME = "home_assistant"

_TOPIC = re.compile(
    r"(?:^|/)(?:sensor|binary_sensor|switch|light|fan|button|number|select|text|update|event|climate|device)/(?:[^/]+/){1,2}config$"
)
_OWN = re.compile(r"^in/[^/]+/")


def matches_topic(topic: str) -> bool:
    """Match `<discovery prefix>/<component>/[<node>/]<object>/config`."""
    return _TOPIC.search(topic) is not None


def matches_body(opened: Opened) -> bool:
    """Match a state topic with a unique id."""
    body = opened.object
    return not {"stat_t", "state_topic"}.isdisjoint(body) and not {"uniq_id", "unique_id"}.isdisjoint(body)


def decode(opened: Opened) -> Decoded:
    """Learn what the message tells of a topic; an empty one withdraws an entity."""
    if not opened.message.payload:
        return silent("config")
    body = opened.json_object()
    topic = _text(body, "stat_t", "state_topic")
    template = _text(body, "val_tpl", "value_template")
    if topic is not None and (template is None or "value_json" not in template):
        entity = opened.memory.entity(_device_topic(topic, _text(body, "~", "~")))
        entity.name = _text(body, "name", "name") or _text(body, "obj_id", "object_id")
        entity.unit = _text(body, "unit_of_meas", "unit_of_measurement")
        entity.device_class = _text(body, "dev_cla", "device_class")
    return silent("config")


def _text(body: dict[str, Any], short: str, long: str) -> str | None:
    found = body.get(short, body.get(long))
    return found[:200] if isinstance(found, str) else None


def _device_topic(topic: str, base: str | None) -> str:
    """Give a topic as formats see it: with its base put in, without `in/<station>/`."""
    return _OWN.sub("", topic.replace("~", base or "", 1) if topic.startswith("~") or topic.endswith("~") else topic)
