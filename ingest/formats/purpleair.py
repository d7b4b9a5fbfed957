"""PurpleAir: the JSON that a sensor shows on its LAN, brought here by a script of its owner.

`*_atm` are read, not `*_cf_1`; the suffix `_b` is the second laser; temperature and humidity are those inside the case.
Source: jpettitt/purpleair-local.
"""

from ingest.clocks import utc
from ingest.decoded import Decoded, empty
from ingest.errors import WrongShapeError
from ingest.opened import Opened
from ingest.values import Meaning, meaning, plans, read_object

NAME = "purpleair"


def _laser(suffix: str, sensor_name: str) -> dict[str, Meaning]:
    names = {"pm1_0": "pm1", "pm2_5": "pm2_5", "pm10_0": "pm10"}
    return {f"{key}_atm{suffix}": meaning(sensor_name, name) for key, name in names.items()}


def _climate(suffix: str) -> dict[str, Meaning]:
    return {
        f"current_temp_f{suffix}": meaning("case-0", "temperature", "f"),
        f"current_humidity{suffix}": meaning("case-0", "relative_humidity"),
        f"pressure{suffix}": meaning("case-0", "air_pressure"),
    }


_LASERS = _laser("", "pms-a") | _laser("_b", "pms-b")
_BME280 = plans(_LASERS | _climate(""))
_BME680 = plans(_LASERS | _climate("_680"))


def matches_topic(topic: str) -> bool:
    """Match the path of the setup text."""
    return topic.rpartition("/")[2] == "purpleair"


def matches_body(opened: Opened) -> bool:
    """Match the keys `SensorId` and `Geo`."""
    body = opened.object
    return "SensorId" in body and "Geo" in body


def decode(opened: Opened) -> Decoded:
    """Read both lasers and the climate sensor in the case; of two of those the BME280."""
    body = opened.json_object()
    if not body:
        raise WrongShapeError("not an object with values")
    decoded = empty()
    plan = _BME280 if "current_temp_f" in body or "current_temp_f_680" not in body else _BME680
    read_object(body, plan, utc(body.get("DateTime")), decoded)
    return decoded
