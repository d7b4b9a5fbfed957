"""The canonical observed properties and their fixed units (UCUM), as docs/payload.md lists them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

ObservedProperty = Literal[
    "pm1", "pm2_5", "pm4", "pm10",
    "no2", "o3", "co2", "co", "formaldehyde", "voc", "voc_index", "nox_index", "noise",
    "temperature", "relative_humidity", "air_pressure", "air_pressure_sea_level",
    "wind_speed", "wind_gust", "wind_direction", "rain_rate", "rain_day", "rain",
]  # fmt: skip

UNITS: Mapping[str, str] = MappingProxyType({
    "pm1": "ug/m3", "pm2_5": "ug/m3", "pm4": "ug/m3", "pm10": "ug/m3",
    "no2": "[ppb]", "o3": "[ppb]", "co2": "[ppm]", "co": "[ppm]",
    "formaldehyde": "ug/m3", "voc": "[ppb]", "voc_index": "1", "nox_index": "1", "noise": "dB[A]",
    "temperature": "Cel", "relative_humidity": "%", "air_pressure": "hPa", "air_pressure_sea_level": "hPa",
    "wind_speed": "m/s", "wind_gust": "m/s", "wind_direction": "deg",
    "rain_rate": "mm/h", "rain_day": "mm", "rain": "mm",
})  # fmt: skip
"""Observed property -> unit. No unit travels on the wire: a new unit is a new version of the topic."""

PROPERTIES: tuple[str, ...] = get_args(ObservedProperty)

SENTINELS = frozenset({-9999.0, -999.0, 65535.0})
"""Numbers that firmware in general sends for "no value" (65535: sixteen bits full); each format adds its own."""


def sensor_model(sensor_name: str) -> str:
    """Name the model of a sensor from its name on the wire: 'sps30-0' -> 'SPS30'."""
    return (sensor_name.rpartition("-")[0] or sensor_name).upper()
