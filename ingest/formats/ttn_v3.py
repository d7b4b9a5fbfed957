"""The Things Stack v3: `v3/<app>@<tenant>/devices/<id>/up`, also as a webhook; `received_at` is the server's time.

Several gateways hear one uplink: one reading. Without `decoded_payload` no payload formatter is set, which the owner
must be told. Source: thethingsindustries.com, data formats.
"""

import re
from typing import Any

import msgspec

from ingest.clocks import utc
from ingest.decoded import Decoded, empty, silent
from ingest.errors import NoPayloadFormatterError
from ingest.lorawan import read_codec
from ingest.opened import Opened

NAME = "ttn_v3"


class _Uplink(msgspec.Struct, gc=False):
    decoded_payload: Any = None
    received_at: Any = None


class _Ids(msgspec.Struct, frozen=True, gc=False):
    device_id: str | None = None


class _Event(msgspec.Struct, gc=False):
    uplink_message: _Uplink | None = None
    end_device_ids: _Ids = _Ids()
    received_at: Any = None


_json = msgspec.json.Decoder(_Event)
_TOPIC = re.compile(r"v3/[^/]+/devices/[^/]+/(.+)$")


def matches_topic(topic: str) -> bool:
    """Match what the server publishes of a device, and the path of the setup text."""
    return _TOPIC.search(topic) is not None or topic.rpartition("/")[2] == "ttn"


def matches_body(opened: Opened) -> bool:
    """Match `end_device_ids` or `uplink_message`."""
    return not {"end_device_ids", "uplink_message"}.isdisjoint(opened.object)


def decode(opened: Opened) -> Decoded:
    """Read what the payload formatter returned; raise NoPayloadFormatterError where there is none."""
    body = opened.typed(_json)
    uplink = body.uplink_message
    if uplink is None:
        return silent("no_uplink")
    content = uplink.decoded_payload
    if content is None:
        raise NoPayloadFormatterError("no `decoded_payload`: set a payload formatter at The Things Network")
    device = body.end_device_ids.device_id or "lora"
    decoded = empty(device)
    read_codec(content, device, utc(body.received_at or uplink.received_at), decoded)
    return decoded if decoded.records or decoded.refused else silent("no_readings_in_uplink")
