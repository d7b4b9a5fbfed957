"""ChirpStack v4: `application/<id>/device/<devEui>/event/up`, or HTTP with `?event=up`; `time` is the server's.

Without `object` no codec is set, which the owner must be told; other events hold no reading. Two uplinks may share a
`deduplicationId`, which is therefore not used. Source: chirpstack.io, integrations: events.
"""

import re
from typing import Any

import msgspec

from ingest.clocks import utc
from ingest.decoded import Decoded, empty, silent
from ingest.errors import NoPayloadFormatterError, WrongShapeError
from ingest.lorawan import read_codec
from ingest.opened import Opened

NAME = "chirpstack_v4"


class _Device(msgspec.Struct, gc=False):
    eui: str | None = msgspec.field(name="devEui", default=None)


class _Uplink(msgspec.Struct, gc=False):
    device: _Device | None = msgspec.field(name="deviceInfo", default=None)
    object: Any = None
    data: Any = None
    time: Any = None


_json = msgspec.json.Decoder(_Uplink)
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
    body = opened.typed(_json)
    if body.device is None:
        raise WrongShapeError("no `deviceInfo`")
    content = body.object
    if content is None and body.data is not None:
        raise NoPayloadFormatterError("no `object`: set a codec in the device profile of ChirpStack")
    device = body.device.eui or "lora"
    decoded = empty(device)
    read_codec(content, device, utc(body.time), decoded)
    return decoded if decoded.records or decoded.refused else silent("no_readings_in_uplink")


def _event(opened: Opened) -> str:
    named = _TOPIC.search(opened.topic)
    if named is not None:
        return named[2] if named[1] == "event" else ""
    asked = _EVENT.search(opened.message.path)
    if asked is not None:
        return asked[1]
    return "up" if not {"data", "object"}.isdisjoint(opened.object) else ""
