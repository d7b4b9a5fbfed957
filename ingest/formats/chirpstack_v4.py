"""ChirpStack v4: `application/<id>/device/<devEui>/event/up`, or HTTP with `?event=up`; `time` is the server's.

Without `object` no codec is set, which the owner must be told; other events hold no reading. Two uplinks may share a
`deduplicationId`, which is therefore not used. Source: chirpstack.io, integrations: events.
"""

import re

from ingest.clocks import utc
from ingest.decoded import Decoded, empty, silent
from ingest.errors import NoPayloadFormatterError, WrongShapeError
from ingest.lorawan import read_codec
from ingest.opened import Opened

NAME = "chirpstack_v4"

_TOPIC = re.compile(r"application/[^/]+/device/[0-9A-Fa-f]{16}/(event|command)/(\w+)$")
_EVENT = re.compile(r"[?&]event=(\w+)")


def matches_topic(topic: str) -> bool:
    """Match what the server publishes of a device, and the path of the setup text."""
    return _TOPIC.search(topic) is not None or topic.rpartition("/")[2] == "chirpstack"


def matches_body(opened: Opened) -> bool:
    """Match `deduplicationId` with `deviceInfo`."""
    body = opened.object
    return "deviceInfo" in body and ("deduplicationId" in body or "devAddr" in body)


def decode(opened: Opened) -> Decoded:
    """Read what the codec returned; raise NoPayloadFormatterError where an uplink has none."""
    if _event(opened) != "up":
        return silent("no_uplink")
    opened.json()
    body = opened.object
    if "deviceInfo" not in body:
        raise WrongShapeError("no `deviceInfo`")
    content = body.get("object")
    if content is None and "data" in body:
        raise NoPayloadFormatterError("no `object`: set a codec in the device profile of ChirpStack")
    info = body["deviceInfo"]
    device = info.get("devEui") if isinstance(info, dict) else None
    decoded = empty(device if isinstance(device, str) else None)
    read_codec(content, str(device or "lora"), utc(body.get("time")), decoded)
    return decoded if decoded.records or decoded.refused else silent("no_readings_in_uplink")


def _event(opened: Opened) -> str:
    named = _TOPIC.search(opened.topic)
    if named is not None:
        return named[2] if named[1] == "event" else ""
    asked = _EVENT.search(opened.message.path)
    if asked is not None:
        return asked[1]
    return "up" if not {"data", "object"}.isdisjoint(opened.object) else ""
