"""IKEA Vindriktning with Hypfer's firmware: `{"pm25": 12, "wifi": {...}}`, retained, without a time.

Source: Hypfer/esp8266-vindriktning-particle-sensor `publishState()`.
"""

from ingest.decoded import Decoded, empty, silent
from ingest.errors import WrongShapeError
from ingest.opened import Opened
from ingest.values import meaning, plans, read_object

NAME = "vindriktning"

_PLANS = plans({"pm25": meaning("vindriktning-0", "pm2_5")})
_ROOT = "esp8266-vindriktning-particle-sensor"


def matches_topic(topic: str) -> bool:
    """Match everything below the firmware's own root, and the path of the setup text."""
    return _ROOT in topic.split("/") or topic.rpartition("/")[2] == "vindriktning"


def matches_body(opened: Opened) -> bool:
    """Match `pm25` beside an object `wifi`."""
    body = opened.object
    return "pm25" in body and isinstance(body.get("wifi"), dict) and len(body) <= len(("pm25", "wifi"))


def decode(opened: Opened) -> Decoded:
    """Read the mass; of status and command topics nothing."""
    if _ROOT in opened.topic and not opened.topic.endswith("/state"):
        return silent("status")
    body = opened.json_object()
    if not body:
        raise WrongShapeError("not an object with `pm25`")
    decoded = empty()
    read_object(body, _PLANS, None, decoded)
    return decoded
