"""Netatmo: the answer of its cloud, which an owner's program fetches and sends here; each device and module has a time.

`Pressure` is reduced to sea level, `AbsolutePressure` is the station's; wind is km/h; `Rain` is the depth of the last
minutes, and `sum_rain_*` sums that overlap. Devices out of reach have no `dashboard_data`. Source: dev.netatmo.com.
"""

from typing import Any

from ingest.clocks import utc
from ingest.decoded import Decoded, empty
from ingest.errors import WrongShapeError
from ingest.naming import sensor
from ingest.opened import Opened
from ingest.values import meaning, plans, read_object

NAME = "netatmo"

_KEYS = {
    "Temperature": ("temperature", None), "Humidity": ("relative_humidity", None), "CO2": ("co2", None),
    "Noise": ("noise", None), "Pressure": ("air_pressure_sea_level", None), "AbsolutePressure": ("air_pressure", None),
    "WindStrength": ("wind_speed", "km/h"), "GustStrength": ("wind_gust", "km/h"),
    "WindAngle": ("wind_direction", None), "Rain": ("rain", None),
}  # fmt: skip
_PLANS = plans({key: meaning("", *found) for key, found in _KEYS.items()})


def matches_topic(topic: str) -> bool:
    """Match the path of the setup text."""
    return topic.rpartition("/")[2] == "netatmo"


def matches_body(opened: Opened) -> bool:
    """Match a list `devices` in an object `body`."""
    body = opened.object.get("body")
    return isinstance(body, dict) and isinstance(body.get("devices"), list)


def decode(opened: Opened) -> Decoded:
    """Read every device and module that is within reach."""
    body = opened.json_object().get("body")
    devices = body.get("devices") if isinstance(body, dict) else None
    if not isinstance(devices, list):
        raise WrongShapeError("no list `devices` in `body`")
    decoded = empty()
    for device in devices:
        if isinstance(device, dict):
            _read_module(device, decoded)
            modules = device.get("modules")
            for module in modules if isinstance(modules, list) else []:
                if isinstance(module, dict):
                    _read_module(module, decoded)
    return decoded


def _read_module(module: dict[str, Any], into: Decoded) -> None:
    values = module.get("dashboard_data")
    if not isinstance(values, dict):
        return
    identity = str(module.get("_id", "")).replace(":", "")[-6:]  # enough to tell modules apart, not the whole MAC
    name = sensor(str(module.get("type", "netatmo")), identity or "0")
    read_object(values, _PLANS, utc(values.get("time_utc")), into, name)
