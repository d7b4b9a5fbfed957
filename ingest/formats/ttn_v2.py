"""The Things Network v2, switched off in 2021, which forwarders and archives still speak: `<app>/devices/<id>/up`.

`metadata.time` is the server's; a gateway's own may be empty. Source: thethingsnetwork.org, MQTT data API v2.
"""

import re

from ingest.clocks import utc
from ingest.decoded import Decoded, empty, silent
from ingest.errors import NoPayloadFormatterError, WrongShapeError
from ingest.lorawan import read_codec
from ingest.opened import Opened

NAME = "ttn_v2"

_TOPIC = re.compile(r"(?:^|/)[^/@]+/devices/[^/]+/(?:up|events/.+|activations)$")


def matches_topic(topic: str) -> bool:
    """Match what the server published of a device; v3 has a tenant in the level before."""
    return _TOPIC.search(topic) is not None


def matches_body(opened: Opened) -> bool:
    """Match `app_id`, `dev_id` and `metadata`."""
    return {"app_id", "dev_id", "metadata"} <= opened.object.keys()


def decode(opened: Opened) -> Decoded:
    """Read what the payload function returned; raise NoPayloadFormatterError where there is none."""
    if not opened.topic.endswith("/up") and "/devices/" in opened.topic:
        return silent("no_uplink")
    body = opened.json_object()
    if "dev_id" not in body:
        raise WrongShapeError("no `dev_id`")
    content = body.get("payload_fields")
    if content is None:
        raise NoPayloadFormatterError("no `payload_fields`: no payload function is set")
    metadata = body.get("metadata")
    time = utc(metadata.get("time")) if isinstance(metadata, dict) else None
    device = str(body["dev_id"])
    decoded = empty(device)
    read_codec(content, device, time, decoded)
    return decoded if decoded.records or decoded.refused else silent("no_readings_in_uplink")
