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
from ingest.values import Meaning, meaning, take

NAME = "tasmota"

_KEYS = {
    "Temperature": "temperature", "Humidity": "relative_humidity",
    "Pressure": "air_pressure", "SeaPressure": "air_pressure_sea_level",
    "CarbonDioxide": "co2", "PM1": "pm1", "PM2.5": "pm2_5", "PM4": "pm4", "PM10": "pm10",
    "PM1_0": "pm1", "PM2_5": "pm2_5", "PM4_0": "pm4", "TVOC": "voc",
}  # fmt: skip
_SEN5X = {"VOC": "voc_index", "NOx": "nox_index"}
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
    opened.json()
    body = opened.object
    time = moment(body.get("Time"))
    decoded = empty(clock="utc" if time is None or not time.local else "local")
    units = {"temperature": body.get("TempUnit"), "air_pressure": body.get("PressureUnit")}
    units["air_pressure_sea_level"] = units["air_pressure"]
    _read_sensors(body, "", units, None if time is None else time.seconds, decoded)
    return decoded


def _read_sensors(
    body: dict[str, Any], outer: str, units: dict[str, Any], time: float | None, into: Decoded, depth: int = 0
) -> None:
    for name, values in body.items():
        if type(values) is not dict or name in _NOT_AIR:
            continue
        full = f"{outer}.{name}" if outer else name
        _read_values(name, full, values, units, time, into)
        if depth < _DEPTH:
            _read_sensors(values, full, units, time, into, depth + 1)


def _read_values(
    name: str, full: str, values: dict[str, Any], units: dict[str, Any], time: float | None, into: Decoded
) -> None:
    known = _KEYS | _SEN5X if name.startswith("SEN5") else _KEYS
    for key, value in values.items():
        observed_property = known.get(key)
        if observed_property is None or isinstance(value, dict | list):
            continue
        unit = units.get(observed_property)
        found = _meaning(full, observed_property, unit if type(unit) is str else None)
        if found is not None:
            take(value, found, time, into)


@lru_cache(maxsize=8192)
def _meaning(full: str, observed_property: str, unit: str | None) -> Meaning | None:
    """Say what a value means; None where its unit is not known."""
    told = "ppb" if observed_property == "voc" else unit
    try:
        return meaning(sensor(full), observed_property, told)
    except KeyError:
        return None
