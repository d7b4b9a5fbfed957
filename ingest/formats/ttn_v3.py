"""The Things Stack v3: `v3/<app>@<tenant>/devices/<id>/up`, also as a webhook; `received_at` is the server's time.

Several gateways hear one uplink: one reading. Without `decoded_payload` no payload formatter is set, which the owner
must be told; `normalized_payload` says the same in the names of the network, and is read where the codec's mean
nothing. Source: thethingsindustries.com, data formats.
"""

import re
from typing import Any

import msgspec

from ingest.clocks import utc
from ingest.decoded import Decoded, empty, silent
from ingest.errors import NoPayloadFormatterError, WrongShapeError
from ingest.lorawan import read_codec
from ingest.opened import Opened

NAME = "ttn_v3"


class _Uplink(msgspec.Struct, gc=False):
    decoded_payload: Any = None
    normalized_payload: Any = None
    received_at: Any = None


class _Ids(msgspec.Struct, frozen=True, gc=False):
    device_id: str | None = None


class _Event(msgspec.Struct, gc=False):
    uplink_message: _Uplink | None = None
    end_device_ids: _Ids = _Ids()
    received_at: Any = None
    data: Any = None


_json = msgspec.json.Decoder(_Event)
_MOST = 100  # measurements of a normalized payload
_TOPIC = re.compile(r"v3/[^/]+/devices/[^/]+/(.+)$")


def matches_topic(topic: str) -> bool:
    """Match what the server publishes of a device, and the path of the setup text."""
    return _TOPIC.search(topic) is not None or topic.rpartition("/")[2] == "ttn"


def matches_body(opened: Opened) -> bool:
    """Match `end_device_ids` or `uplink_message`, also within the `data` of an event as the console shows it."""
    body = opened.object
    data = body.get("data")
    inner = data if type(data) is dict and "identifiers" in body else body
    return not {"end_device_ids", "uplink_message"}.isdisjoint(inner)


def decode(opened: Opened) -> Decoded:
    """Read what the payload formatter returned; raise NoPayloadFormatterError where there is none."""
    body = opened.typed(_json)
    if body.uplink_message is None and type(body.data) is dict:
        body = _inner(body.data)
    uplink = body.uplink_message
    if uplink is None:
        return silent("no_uplink")
    content = uplink.decoded_payload
    if content is None:
        raise NoPayloadFormatterError("no `decoded_payload`: set a payload formatter at The Things Network")
    device = body.end_device_ids.device_id or "lora"
    decoded = empty(device)
    time = utc(body.received_at or uplink.received_at)
    read_codec(content, device, time, decoded)
    if not decoded.records and isinstance(uplink.normalized_payload, list):
        for each in uplink.normalized_payload[:_MOST]:
            read_codec(each, device, time, decoded)
    return decoded if decoded.records or decoded.refused else silent("no_readings_in_uplink")


def _inner(data: dict[str, Any]) -> _Event:
    """Read an event as the console shows it: around the message stand its name and identifiers."""
    try:
        return msgspec.convert(data, _Event)
    except (msgspec.ValidationError, RecursionError) as error:
        raise WrongShapeError(str(error)[:200]) from error
