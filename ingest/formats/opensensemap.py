"""openSenseMap and senseBox: values under sensor numbers whose meaning is kept in openSenseMap's registry.

JSON, CSV, and two binary forms (12 bytes of number, a float32, with or without a uint32 time) are recognised and put
aside until their owner has said what the numbers are. Source: sensebox/openSenseMap-API `measurementsController.js`.
"""

import re

from ingest.decoded import Decoded
from ingest.errors import NoSensorMapError
from ingest.opened import Opened

NAME = "opensensemap"

_NUMBER = re.compile(r"[0-9a-f]{24}")
_BINARY = ("application/sbx-bytes", "application/sbx-bytes-ts")


def matches_topic(topic: str) -> bool:
    """Match the path of the setup text."""
    return topic.rpartition("/")[2] == "opensensemap"


def matches_body(opened: Opened) -> bool:
    """Match the binary content types, or sensor numbers where names would stand."""
    if any(value in _BINARY for value in opened.message.headers.values()):
        return True
    body = opened.object
    if body:
        return _NUMBER.fullmatch(next(iter(body))) is not None
    records = opened.array
    if records:
        first = records[0]
        return isinstance(first, dict) and _NUMBER.fullmatch(str(first.get("sensor"))) is not None
    return _NUMBER.match(opened.text[:24]) is not None


def decode(opened: Opened) -> Decoded:
    """Raise NoSensorMapError: the message alone does not say what was measured."""
    raise NoSensorMapError(f"{len(opened.message.payload)} bytes of openSenseMap sensor numbers")
