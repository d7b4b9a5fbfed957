"""Meshtastic: JSON of an MQTT gateway, `msh/<region>/2/json/<channel>/!<gateway>`; the sender is `from`, not `sender`.

Zero is protobuf's "not there" for wind, humidity and pressure; `pm10` and `pm10_*` are PM1.0, and `pm100` PM10, in
Plantower's tenths; `air_util_tx` is the radio's airtime.
Source: meshtastic/protobufs `telemetry.proto`, firmware `MeshPacketSerializer`.
"""

from typing import Any

from ingest.clocks import utc
from ingest.decoded import Decoded, empty, silent
from ingest.errors import WrongShapeError
from ingest.naming import sensor
from ingest.opened import Opened
from ingest.values import meaning, plans, read_object

NAME = "meshtastic"

_KEYS = {
    "temperature": "temperature", "relative_humidity": "relative_humidity", "barometric_pressure": "air_pressure",
    "wind_speed": "wind_speed", "wind_gust": "wind_gust", "wind_direction": "wind_direction", "co2": "co2",
    "pm10_environmental": "pm1", "pm25_environmental": "pm2_5", "pm100_environmental": "pm10",
}  # fmt: skip
_STANDARD = {f"{size}{kind}": found for kind in ("", "_standard") for size, found in
             (("pm10", "pm1"), ("pm25", "pm2_5"), ("pm100", "pm10"))}  # fmt: skip
_MEASURED = plans({key: meaning("", found) for key, found in _KEYS.items()})
_ALL = plans({key: meaning("", found) for key, found in (_KEYS | _STANDARD).items()})
_ABSENT_AT_ZERO = ("relative_humidity", "barometric_pressure", "wind_speed", "wind_gust", "co2")


def matches_topic(topic: str) -> bool:
    """Match a JSON topic below `msh/`; a root that ends in a slash leaves an empty level."""
    levels = topic.split("/")
    return ("msh" in levels and "json" in levels) or levels[-1] == "meshtastic"


def matches_body(opened: Opened) -> bool:
    """Match `from`, `type` and an object `payload`."""
    body = opened.object
    return "from" in body and "type" in body and isinstance(body.get("payload"), dict)


def decode(opened: Opened) -> Decoded:
    """Read telemetry of the air; of positions, texts and the device's own telemetry nothing."""
    body = opened.json_object()
    if not body:
        raise WrongShapeError("not an object with `payload`")
    payload = body.get("payload")
    if body.get("type") != "telemetry" or not isinstance(payload, dict):
        return silent("not_telemetry")
    decoded = empty()
    plan = _MEASURED if "pm25_environmental" in payload else _ALL
    read_object(_present(payload), plan, utc(body.get("timestamp")), decoded, _sensor_name(body.get("from")))
    return decoded if decoded.records or decoded.refused else silent("device_telemetry")


def _sensor_name(node: Any) -> str:
    return sensor("meshtastic", f"{node:x}" if isinstance(node, int) else "0")


def _present(payload: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is zero because no sensor is there."""
    present = {key: value for key, value in payload.items() if key not in _ABSENT_AT_ZERO or value != 0}
    if "wind_speed" not in present:
        present.pop("wind_direction", None)
    return present
