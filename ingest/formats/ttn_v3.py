"""The Things Stack v3: `v3/<app>@<tenant>/devices/<id>/up`, also as a webhook; `received_at` is the server's time.

Several gateways hear one uplink: one reading. Without `decoded_payload` no payload formatter is set, which the owner
must be told. Source: thethingsindustries.com, data formats.
"""

import re

from ingest.clocks import utc
from ingest.decoded import Decoded, empty, silent
from ingest.errors import NoPayloadFormatterError
from ingest.lorawan import read_codec
from ingest.opened import Opened

NAME = "ttn_v3"

_TOPIC = re.compile(r"v3/[^/]+/devices/[^/]+/(.+)$")


def matches_topic(topic: str) -> bool:
    """Match what the server publishes of a device, and the path of the setup text."""
    return _TOPIC.search(topic) is not None or topic.rpartition("/")[2] == "ttn"


def matches_body(opened: Opened) -> bool:
    """Match `end_device_ids` or `uplink_message`."""
    return not {"end_device_ids", "uplink_message"}.isdisjoint(opened.object)


def decode(opened: Opened) -> Decoded:
    """Read what the payload formatter returned; raise NoPayloadFormatterError where there is none."""
    opened.json()
    body = opened.object
    uplink = body.get("uplink_message")
    if not isinstance(uplink, dict):
        return silent("no_uplink")
    content = uplink.get("decoded_payload")
    if content is None:
        raise NoPayloadFormatterError("no `decoded_payload`: set a payload formatter at The Things Network")
    ids = body.get("end_device_ids")
    device = ids.get("device_id") if isinstance(ids, dict) else None
    decoded = empty(device if isinstance(device, str) else None)
    time = utc(body.get("received_at") or uplink.get("received_at"))
    read_codec(content, str(device or "lora"), time, decoded)
    return decoded if decoded.records or decoded.refused else silent("no_readings_in_uplink")
