"""luftdatenpumpe: the sensor.community feed over MQTT, one sensor a message, with names of the feed and a UTC time.

`P1` and `P2` are masses only of a sensor that measures mass (the PPD42NS counts); pressures are Pa.
Source: earthobservations/luftdatenpumpe `doc/mqtt.rst`.
"""

from ingest.clocks import utc
from ingest.decoded import Decoded, empty
from ingest.errors import WrongShapeError
from ingest.naming import sensor
from ingest.opened import Opened
from ingest.values import meaning, plans, read_object

NAME = "luftdatenpumpe"

_MASS = {"P0": "pm1", "P1": "pm10", "P2": "pm2_5", "P4": "pm4"}
_COUNTERS = frozenset({"PPD42NS"})
_CLIMATE = {
    "temperature": meaning("", "temperature"),
    "humidity": meaning("", "relative_humidity"),
    "pressure": meaning("", "air_pressure", "pa"),
    "pressure_at_sealevel": meaning("", "air_pressure_sea_level", "pa"),
    "noise_LAeq": meaning("", "noise"),
    "co2_ppm": meaning("", "co2"),
}
_COUNTER = plans(_CLIMATE)
_MASSES = plans(_CLIMATE | {key: meaning("", found) for key, found in _MASS.items()})


def matches_topic(topic: str) -> bool:
    """Match the one topic of the feed."""
    return topic.rpartition("/")[2] in ("luftdaten.info", "luftdatenpumpe")


def matches_body(opened: Opened) -> bool:
    """Match `sensor_id` with `sensor_type` and `location_id`."""
    body = opened.object
    return "sensor_id" in body and "sensor_type" in body and "location_id" in body


def decode(opened: Opened) -> Decoded:
    """Read one record of the feed."""
    body = opened.json_object()
    kind = body.get("sensor_type")
    if not isinstance(kind, str):
        raise WrongShapeError("no text `sensor_type`")
    decoded = empty(f"sensor.community:{body.get('sensor_id')}")
    time = utc(body.get("time", body.get("timestamp")))
    name = sensor(kind, str(body.get("sensor_id", 0)))
    read_object(body, _COUNTER if kind.upper() in _COUNTERS else _MASSES, time, decoded, name)
    return decoded
