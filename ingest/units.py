"""Converts what devices measure in to the one unit that each observed property has here, and says what is impossible.

Factors are exact by definition where a definition exists (inch, mile, knot: NIST SP 811, appendix B.8).
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from ingest.vocabulary import SENTINELS


class Conversion(NamedTuple):
    """value = number x factor + offset."""

    factor: float = 1.0
    offset: float = 0.0


class Limits(NamedTuple):
    """What no working sensor in air can report lies outside of `low` to `high` (both possible)."""

    low: float
    high: float


WARMEST = 50.0
"""No air in Europe was ever warmer [degC]: a number above it whose unit nobody told may be in °F."""

_SAME = Conversion()

_MASS = {"ug/m3": _SAME, "mg/m3": Conversion(1000.0)}
_FORMALDEHYDE = _MASS | {"ppb": Conversion(30.026 / 24.465), "ppm": Conversion(30_026 / 24.465)}  # 25 °C, 1013 hPa
_TEMPERATURE = {"c": _SAME, "cel": _SAME, "f": Conversion(5 / 9, -160 / 9), "k": Conversion(1.0, -273.15)}
_PRESSURE = {
    "hpa": _SAME, "mbar": _SAME, "mb": _SAME, "pa": Conversion(0.01), "kpa": Conversion(10.0),
    "inhg": Conversion(33.8638866667), "mmhg": Conversion(1.33322387415), "psi": Conversion(68.9475729318),
}  # fmt: skip
_SPEED = {
    "m/s": _SAME, "mps": _SAME, "km/h": Conversion(1 / 3.6), "kmh": Conversion(1 / 3.6), "kph": Conversion(1 / 3.6),
    "mph": Conversion(0.44704), "mi/h": Conversion(0.44704), "kn": Conversion(1852 / 3600),
    "kt": Conversion(1852 / 3600), "knot": Conversion(1852 / 3600), "ft/s": Conversion(0.3048),
}  # fmt: skip
_RATE = {"mm/h": _SAME, "mm/hr": _SAME, "in/h": Conversion(25.4), "in/hr": Conversion(25.4), "cm/h": Conversion(10.0)}
_DEPTH = {"mm": _SAME, "in": Conversion(25.4), "inch": Conversion(25.4), "cm": Conversion(10.0), "l/m2": _SAME}
_PARTS = {"ppb": _SAME, "ppm": Conversion(1000.0)}
_PARTS_MILLION = {"ppm": _SAME, "ppb": Conversion(0.001)}
_SHARE = {"%": _SAME, "%rh": _SAME, "percent": _SAME, "/": Conversion(100.0)}
_INDEX = {"": _SAME, "1": _SAME, "index": _SAME, "vocindex": _SAME, "noxindex": _SAME}
_SOUND = {"db": _SAME, "dba": _SAME, "db(a)": _SAME, "db[a]": _SAME, "dbspl": _SAME}
_ANGLE = {"deg": _SAME, "": _SAME, "rad": Conversion(57.29577951308232)}

_UNITS: Mapping[str, Mapping[str, Conversion]] = MappingProxyType({
    "pm1": _MASS, "pm2_5": _MASS, "pm4": _MASS, "pm10": _MASS, "formaldehyde": _FORMALDEHYDE,
    "no2": _PARTS, "o3": _PARTS, "voc": _PARTS, "co2": _PARTS_MILLION, "co": _PARTS_MILLION,
    "voc_index": _INDEX, "nox_index": _INDEX, "noise": _SOUND,
    "temperature": _TEMPERATURE, "relative_humidity": _SHARE,
    "air_pressure": _PRESSURE, "air_pressure_sea_level": _PRESSURE,
    "wind_speed": _SPEED, "wind_gust": _SPEED, "wind_direction": _ANGLE,
    "rain_rate": _RATE, "rain_day": _DEPTH, "rain": _DEPTH,
})  # fmt: skip

UNIT_NEEDED = frozenset({"voc", "formaldehyde", "no2", "o3", "co", "noise"})
"""Properties that devices report in so many units that a number without one says nothing."""

_PM = Limits(0.0, 50_000.0)
_TRACE = Limits(0.0, 60_000.0)

LIMITS: Mapping[str, Limits] = MappingProxyType({
    "pm1": _PM, "pm2_5": _PM, "pm4": _PM, "pm10": _PM, "formaldehyde": _TRACE,
    "no2": Limits(-500.0, 60_000.0), "o3": Limits(-500.0, 60_000.0),  # electrochemical cells go below zero in clean air
    "co": Limits(-100.0, 1e4), "co2": Limits(200.0, 60_000.0), "voc": _TRACE,
    "voc_index": Limits(0.0, 500.0), "nox_index": Limits(0.0, 500.0), "noise": Limits(0.0, 200.0),
    "temperature": Limits(-90.0, 100.0), "relative_humidity": Limits(0.0, 105.0),  # some read above 100
    "air_pressure": Limits(300.0, 1085.0), "air_pressure_sea_level": Limits(860.0, 1085.0),  # records: WMO archive
    "wind_speed": Limits(0.0, 120.0), "wind_gust": Limits(0.0, 150.0), "wind_direction": Limits(0.0, 360.0),
    "rain_rate": Limits(0.0, 2500.0), "rain_day": Limits(0.0, 3000.0), "rain": Limits(0.0, 3000.0),
})  # fmt: skip
"""Observed property -> what is possible at all, in the canonical unit. Unlikely values pass: checks flag those.

No sentinel of `ingest.vocabulary` is possible for any property, so that none needs to be looked up in the canonical
unit; in another one it may be: 65535 Pa is a pressure, on a mountain.
"""


@cache
def conversion(observed_property: str, unit: str | None) -> Conversion | None:
    """Find the conversion from a unit as devices spell it; None where it is unknown, or not given and needed."""
    if unit is None:
        return None if observed_property in UNIT_NEEDED else _SAME
    return _UNITS[observed_property].get(plain(unit))


def plain(unit: str) -> str:
    """Spell a unit as the tables here do: '°F' -> 'f', 'µg/m³' -> 'ug/m3', '% RH' -> '%rh'."""
    text = unit.strip().lower().replace("µ", "u").replace("μ", "u").replace("³", "3").replace("²", "2")
    text = (
        text.replace("°", "deg" if text.strip() == "°" else "")
        .replace(" ", "")
        .replace("m^3", "m3")
        .replace("⋅m⁻3", "/m3")
    )
    return {"degc": "c", "degf": "f", "celsius": "c", "fahrenheit": "f"}.get(text, text)


def pressure_by_size(number: float) -> float:
    """Read a pressure whose unit is not told [hPa]: the ranges of Pa, hPa, mmHg, kPa and inHg in air do not meet."""
    if number in SENTINELS:
        return number
    if number > 30_000:
        return number / 100
    if 80 <= number <= 110:
        return number * 10
    return number * 33.8638866667 if 20 <= number < 33 else number
