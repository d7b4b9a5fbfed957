"""zigbee2mqtt: `zigbee2mqtt/<friendly name>`, a flat object with the whole state at each change.

`voc` and `formaldehyd` are in a unit that depends on the device, which the message does not tell: they are left out.
`last_seen` is absent, ISO 8601 or milliseconds, as its owner has set.
Source: zigbee2mqtt.io, Koenkk/zigbee2mqtt issues.
"""

from ingest.clocks import moment
from ingest.decoded import Decoded, empty, silent
from ingest.errors import WrongShapeError
from ingest.naming import sensor
from ingest.opened import Opened
from ingest.values import meaning, plans, read_object

NAME = "zigbee2mqtt"

_KEYS = {
    "pm1": "pm1", "pm25": "pm2_5", "pm2_5": "pm2_5", "pm4": "pm4", "pm10": "pm10", "co2": "co2",
    "temperature": "temperature", "humidity": "relative_humidity", "pressure": "air_pressure",
    "voc_index": "voc_index", "nox_index": "nox_index",
}  # fmt: skip
_PLANS = plans({key: meaning("", found) for key, found in _KEYS.items()})
_SILENT = frozenset({"availability", "set", "get"})


def matches_topic(topic: str) -> bool:
    """Match what is below `zigbee2mqtt/`, wherever that is."""
    return topic.startswith("zigbee2mqtt/") or "/zigbee2mqtt/" in topic or topic == "zigbee2mqtt"


def matches_body(opened: Opened) -> bool:
    """Match the key `linkquality`."""
    return "linkquality" in opened.object


def decode(opened: Opened) -> Decoded:
    """Read the state of a device; of the bridge, of availability and of commands nothing."""
    name = opened.topic.rpartition("zigbee2mqtt/")[2]
    if name.startswith("bridge/") or name.rpartition("/")[2] in _SILENT:
        return silent("status")
    body = opened.json_object()
    if not body:
        raise WrongShapeError("the state of a device is an object")
    seen = moment(body.get("last_seen"))
    decoded = empty(clock="local" if seen is not None and seen.local else "utc")
    read_object(body, _PLANS, None if seen is None else seen.seconds, decoded, sensor(name or "zigbee"))
    return decoded
