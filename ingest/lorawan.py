"""Reads what the codecs of LoRaWAN devices return: SenseCAP's numbers, Cayenne's channels, and names chosen by vendors.

`analog_in_*` and `digital_in_*` mean what the owner has wired to them, and are not read.
Source: Seeed's SenseCAP measurement list, thethingsindustries.com (Cayenne LPP), Dragino and Milesight manuals.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from ingest.decoded import Decoded
from ingest.naming import apart, property_of, sensor, unit_of, words
from ingest.units import UNIT_NEEDED, conversion, pressure_by_size
from ingest.values import Meaning, as_number, meaning, take

_SENSECAP = {
    "4097": ("temperature", None), "4098": ("relative_humidity", None), "4100": ("co2", None),
    "4101": ("air_pressure", "pa"), "4104": ("wind_direction", None), "4105": ("wind_speed", None),
    "4113": ("rain_rate", None), "4191": ("wind_gust", None),
}  # fmt: skip
_SHORT_NAMES = {"T": "temperature", "RH": "relative_humidity", "P": "air_pressure"}
_CAYENNE = re.compile(r"(temperature|relative_humidity|barometric_pressure)_(\d{1,3})")
_NO_PROBE = (327.67, 3276.7, -327.68)
"""Sixteen bits at their end, over a hundred or ten: Dragino's "no probe"."""

_PRESSURES = frozenset({"air_pressure", "air_pressure_sea_level"})
_WITH_UNIT = re.compile(r"\s*([-+]?\d+(?:\.\d+)?)\s*([^\d\s.,+-]\S{0,9})\s*")
_LONGEST_KEY = 100  # characters
_DEPTH = 4


def read_codec(content: Any, device: str, time: float | None, into: Decoded) -> None:
    """Read what a codec returned for a device into `into`."""
    if not isinstance(content, dict):
        return
    messages = content.get("messages")
    if isinstance(messages, list):
        _read_sensecap(messages, device, time, into)
    _read_names(content, "", device, time, into)


def _read_names(content: dict[str, Any], outer: str, device: str, time: float | None, into: Decoded) -> None:
    """Read the keys that name a property; an object holds more of them, or one value beside its unit (Decentlab)."""
    for key, said in content.items():
        if len(key) > _LONGEST_KEY:
            continue
        kind = type(said)
        if kind is dict and "value" not in said:
            if outer.count(".") < _DEPTH:
                _read_names(said, f"{outer}{key}.", device, time, into)
        elif kind is not list and kind is not bool:
            raw, unit = (said, None) if kind is float or kind is int else _apart(said)
            found = _meaning(outer, key, device, unit)
            if found is not None:
                _take(raw, found, time, into, sized=unit is None)


def _apart(said: Any) -> tuple[Any, str | None]:
    """Take a unit from its number: from beside it in an object, or off a text as '23.5 °C' of RAK's codec."""
    if type(said) is dict:
        raw, unit = said["value"], said.get("unit")
        return raw, unit[:20] if type(unit) is str else None
    found = _WITH_UNIT.fullmatch(said) if type(said) is str and len(said) < _LONGEST_KEY else None
    return (found[1], found[2]) if found is not None else (said, None)


def _read_sensecap(messages: list[Any], device: str, time: float | None, into: Decoded) -> None:
    for number, each in enumerate(_flat(messages, 0)):
        known = _SENSECAP.get(str(each.get("measurementId")))
        if known is not None and number < 100:  # far more than a frame can hold
            take(each.get("measurementValue"), meaning(sensor(device, "0"), *known), time, into)


def _flat(messages: list[Any], depth: int) -> Iterator[dict[str, Any]]:
    """Give the objects out of lists, which some codecs put into lists."""
    for each in messages:
        if isinstance(each, dict):
            yield each
        elif isinstance(each, list) and depth < _DEPTH:
            yield from _flat(each, depth + 1)


@lru_cache(maxsize=65_536)
def _meaning(outer: str, key: str, device: str, unit: str | None) -> Meaning | None:
    """Say what a key of a codec means; two probes of one device keep apart by their keys."""
    cayenne = _CAYENNE.fullmatch(key)
    if cayenne is not None:
        name = "air_pressure" if cayenne[1] == "barometric_pressure" else cayenne[1]
        return meaning(sensor(device, cayenne[2]), name)
    short = _SHORT_NAMES.get(key)
    by_key = short or property_of(key) or (outer.lower().endswith("wind.") or None)
    found = short or property_of(f"{outer} {key}") if by_key else None
    if found is None or (found in UNIT_NEEDED and unit is None):
        return None
    spelt = words(key)
    if unit is None:
        unit = unit_of(key, found)
    if conversion(found, unit) is None:
        return None
    plain = found.split("_")[-1] in spelt or short is not None
    probe = "0" if plain and not apart(key, found) else spelt.strip("_")
    return meaning(sensor(device, outer.replace(".", "_"), probe), found, unit)


def _take(raw: Any, found: Meaning, time: float | None, into: Decoded, *, sized: bool) -> None:
    """Read a value; a pressure without a unit is told by its size."""
    if sized and found.observed_property in _PRESSURES:
        number = as_number(raw)
        raw = pressure_by_size(number) if number > 0 else raw
    take(-9999.0 if raw in _NO_PROBE else raw, found, time, into)
