"""WeeWX with its MQTT extension: `<topic>/loop`, values as text, keys that end in their unit.

Keys without a unit follow `usUnits`, where only the plain names of the database do so reliably: `lowOutTemp` and the
like stay in °F, and are not read. The topics of single values repeat the loop's.
Source: matthewwall/weewx-mqtt `mqtt.py`.
"""

from typing import Any

from ingest.clocks import utc
from ingest.decoded import Decoded, empty, silent
from ingest.errors import WrongShapeError
from ingest.opened import Opened
from ingest.values import Meaning, Plans, as_number, meaning, plans, read_object

NAME = "weewx"

_SUFFIXES = {
    "temperature": {"F": "f", "C": "c", "K": "k"},
    "speed": {"mph": "mph", "kph": "km/h", "mps": "m/s", "knot": "kn"},
    "pressure": {"inHg": "inhg", "mbar": "mbar", "hPa": "hpa", "mmHg": "mmhg", "kPa": "kpa"},
    "rate": {"inch_per_hour": "in/h", "cm_per_hour": "cm/h", "mm_per_hour": "mm/h"},
    "depth": {"in": "in", "cm": "cm", "mm": "mm"},
}
_SYSTEMS = {
    1.0: {"temperature": "f", "speed": "mph", "pressure": "inhg", "rate": "in/h", "depth": "in"},
    16.0: {"temperature": "c", "speed": "km/h", "pressure": "mbar", "rate": "cm/h", "depth": "cm"},
    17.0: {"temperature": "c", "speed": "m/s", "pressure": "mbar", "rate": "mm/h", "depth": "mm"},
}
"""`usUnits`: US, METRIC and METRICWX (weewx.com, units)."""

_QUANTITIES = {
    "outTemp": ("outdoor-0", "temperature", "temperature"), "inTemp": ("indoor-0", "temperature", "temperature"),
    "windSpeed": ("outdoor-0", "wind_speed", "speed"), "windGust": ("outdoor-0", "wind_gust", "speed"),
    "pressure": ("indoor-0", "air_pressure", "pressure"),
    "barometer": ("indoor-0", "air_pressure_sea_level", "pressure"),
    "rainRate": ("outdoor-0", "rain_rate", "rate"), "dayRain": ("outdoor-0", "rain_day", "depth"),
    "rain": ("outdoor-0", "rain", "depth"),
} | {f"extraTemp{number}": (f"extra-{number}", "temperature", "temperature") for number in range(1, 9)}  # fmt: skip


_GASES = ("no2", "o3", "co")
"""Parts per million in all three systems; without `usUnits` their unit is unknown."""


def _plain() -> dict[str, Meaning]:
    found = {
        "outHumidity": meaning("outdoor-0", "relative_humidity"),
        "inHumidity": meaning("indoor-0", "relative_humidity"),
        "windDir": meaning("outdoor-0", "wind_direction"), "co2": meaning("co2-0", "co2"),
        "noise": meaning("noise-0", "noise"), "noise_dB": meaning("noise-0", "noise"),
        "co2_ppm": meaning("co2-0", "co2"), **{f"{key}_ppm": meaning("gas-0", key, "ppm") for key in _GASES},
    }  # fmt: skip
    found |= {f"extraHumid{number}": meaning(f"extra-{number}", "relative_humidity") for number in range(1, 9)}
    for key, name in (("pm1_0", "pm1"), ("pm2_5", "pm2_5"), ("pm10_0", "pm10")):
        found[key] = found[f"{key}_microgram_per_meter_cubed"] = meaning("pm-0", name)
    return found


def _suffixed() -> dict[str, Meaning]:
    return _plain() | {
        f"{key}_{suffix}": meaning(name, observed_property, unit)
        for key, (name, observed_property, kind) in _QUANTITIES.items()
        for suffix, unit in _SUFFIXES[kind].items()
    }


_PLAIN = frozenset(_plain()) | {"pressure", "barometer", "rain", "interval"}
"""Names so plain that other devices use them as well."""

_MEANINGS = _suffixed()
_BY_SYSTEM = {
    system: plans(
        _MEANINGS
        | {key: meaning("gas-0", key, "ppm") for key in _GASES}
        | {key: meaning(name, found, units[kind]) for key, (name, found, kind) in _QUANTITIES.items()}
    )
    for system, units in _SYSTEMS.items()
}
_NO_SYSTEM = plans(_MEANINGS)
_SINGLE = frozenset(_MEANINGS) | frozenset(_QUANTITIES) | {"dateTime", "usUnits", "UV", "interval"}


def matches_topic(topic: str) -> bool:
    """Match `<topic>/loop`, and the topics of single values."""
    root, _, last = topic.rpartition("/")
    if last in ("loop", "weewx"):
        return root != "" or last == "weewx"
    return last in _SINGLE and (root.endswith(("weather", "weewx")) or last not in _PLAIN)


def matches_body(opened: Opened) -> bool:
    """Match `dateTime` with `usUnits`, or with a key that only WeeWX has."""
    body = opened.object
    return "dateTime" in body and ("usUnits" in body or not _MEANINGS.keys().isdisjoint(body))


def decode(opened: Opened) -> Decoded:
    """Read a loop or archive packet; of the topics of single values nothing."""
    last = opened.topic.rpartition("/")[2]
    if last not in ("loop", "weewx") and (last in _SINGLE or not opened.object):
        return silent("repeats_loop")
    body = opened.json_object()
    if not body:
        raise WrongShapeError("not an object with values")
    decoded = empty()
    read_object(body, _of_system(body.get("usUnits")), utc(_count(body.get("dateTime"))), decoded)
    return decoded


def _of_system(said: Any) -> Plans:
    return _BY_SYSTEM.get(as_number(said), _NO_SYSTEM)


def _count(written: Any) -> Any:
    """Make a count of seconds out of text; a loop packet writes 1716739200 as '1716739200' or '1716739200.0'."""
    number = as_number(written)
    return number if number == number else None
