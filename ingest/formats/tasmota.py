"""Tasmota: `tele/<topic>/SENSOR`, an object of sensors, each an object of values; the time is the device's local one.

`PM*` are the atmospheric masses and `CF*` the factory ones; `eCO2` is filtered or estimated; `Noise` and `AirQuality`
of the Sonoff SC are 0-100 scales; `Gas` is a resistance; `ESP32` is the chip's own temperature.
Source: arendst/Tasmota `tasmota_xsns_sensor/`, `include/i18n.h`.
"""

from functools import lru_cache
from typing import Any

from ingest.clocks import moment
from ingest.decoded import Decoded, empty, silent
from ingest.naming import sensor
from ingest.opened import Opened
from ingest.units import conversion
from ingest.values import Plans, meaning, plans, read_object

NAME = "tasmota"

_KEYS = {
    "Temperature": "temperature", "Humidity": "relative_humidity",
    "Pressure": "air_pressure", "SeaPressure": "air_pressure_sea_level",
    "CarbonDioxide": "co2", "PM1": "pm1", "PM2.5": "pm2_5", "PM4": "pm4", "PM10": "pm10",
    "PM1_0": "pm1", "PM2_5": "pm2_5", "PM4_0": "pm4", "TVOC": "voc",
}  # fmt: skip
_INDICES = {"VOC": "voc_index", "NOx": "nox_index", "HCHO": "formaldehyde"}
_OF_KIND = {
    "": _KEYS,
    "SEN5": _KEYS | _INDICES,
    "SEN6": _KEYS | _INDICES,
    "SGP4": {"TVOC": "voc_index", "NOx": "nox_index"},
}
"""First letters of a sensor's name -> its keys: `VOC` is a level elsewhere, and the SGP4x's `TVOC` an index."""

_NOT_AIR = frozenset({"ESP32", "ENERGY", "ANALOG", "COUNTER"})
_SILENT = frozenset({"STATE", "LWT", "INFO1", "INFO2", "INFO3", "UPTIME", "RESULT", "MARGINS", "WAKEUP"})
_DEPTH = 3


def matches_topic(topic: str) -> bool:
    """Match telemetry below `tele`, wherever FullTopic puts that, and the path of the setup text."""
    levels = topic.split("/")
    tele = "tele" in levels and (levels[-1] == "SENSOR" or levels[-1] in _SILENT)
    return tele or levels[-1] == "tasmota"


def matches_body(opened: Opened) -> bool:
    """Match the key `Time` beside nested objects."""
    body = opened.object
    return "Time" in body and any(type(value) is dict for value in body.values())


def decode(opened: Opened) -> Decoded:
    """Read every sensor of the message; of state, last will and the like nothing."""
    if opened.topic.rpartition("/")[2] in _SILENT:
        return silent("status")
    body = opened.json_object()
    time = moment(body.get("Time"))
    decoded = empty(clock="utc" if time is None or not time.local else "local")
    by_kind = _plans(_unit(body.get("TempUnit")), _unit(body.get("PressureUnit")))
    _read_sensors(body, "", by_kind, None if time is None else time.seconds, decoded)
    return decoded


def _read_sensors(
    body: dict[str, Any], outer: str, by_kind: dict[str, Plans], time: float | None, into: Decoded, depth: int = 0
) -> None:
    for name, values in body.items():
        if type(values) is not dict or name in _NOT_AIR:
            continue
        full = f"{outer}.{name}" if outer else name
        read_object(values, by_kind.get(name[:4], by_kind[""]), time, into, sensor(full))
        if depth < _DEPTH and dict in map(type, values.values()):
            _read_sensors(values, full, by_kind, time, into, depth + 1)


def _unit(said: Any) -> str | None:
    return said[:20] if type(said) is str else None


@lru_cache(maxsize=256)
def _plans(temperature: str | None, pressure: str | None) -> dict[str, Plans]:
    """Say what the keys of a sensor mean, where the device is set to these units; without those of unknown unit."""
    units = {"temperature": temperature, "air_pressure": pressure, "air_pressure_sea_level": pressure} | dict.fromkeys(
        ("voc", "formaldehyde"), "ppb"
    )
    return {
        kind: plans({
            key: meaning("", found, units.get(found))
            for key, found in keys.items() if conversion(found, units.get(found)) is not None
        })
        for kind, keys in _OF_KIND.items()
    }  # fmt: skip
