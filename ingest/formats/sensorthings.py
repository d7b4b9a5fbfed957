"""SensorThings observations: `v1.1/Datastreams(n)/Observations`; property and unit are kept elsewhere.

Until its owner has said what a Datastream measures, an observation is put aside and can be read again later.
Source: OGC 18-088.
"""

import re
from typing import NoReturn

from ingest.decoded import Decoded
from ingest.errors import NoSensorMapError, WrongShapeError
from ingest.opened import Opened

NAME = "sensorthings"

_TOPIC = re.compile(r"v1\.\d/(?:Datastreams\(|Observations$)")


def matches_topic(topic: str) -> bool:
    """Match the resource path of an observation."""
    return _TOPIC.search(topic) is not None


def matches_body(opened: Opened) -> bool:
    """Match `result` with `phenomenonTime` or `Datastream`."""
    body = opened.object
    return "result" in body and not {"phenomenonTime", "Datastream"}.isdisjoint(body)


def decode(opened: Opened) -> Decoded:
    """Raise NoSensorMapError: the message alone does not say what was measured."""
    if "result" not in opened.json_object():
        raise WrongShapeError("no `result`")
    _refuse(opened)


def _refuse(opened: Opened) -> NoReturn:
    datastream = opened.object.get("Datastream")
    named = datastream.get("@iot.id") if isinstance(datastream, dict) else None
    raise NoSensorMapError(f"nothing is known of Datastream {named!r:.40}")
