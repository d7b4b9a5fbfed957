"""Reads single values: what a key means, whether its value is a number at all, and in which unit it comes out."""

import math
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, NamedTuple

from ingest.decoded import Decoded, Record, Refusal
from ingest.units import LIMITS, WARMEST, conversion
from ingest.vocabulary import SENTINELS

_DEVICE_SENTINELS = frozenset({-1.0, -2.0, -127.0, -128.0, 327.67, 999.9})
"""What single firmwares send for "no value"; elsewhere they may be readings: only the impossible is called so."""

_MOST_PLANS = 1000
_LONGEST_KEYS = 4000  # characters of all keys of an object whose plan is remembered: a bound on memory


class Meaning(NamedTuple):
    """What a key is: value = number x factor + offset, impossible outside of low to high."""

    sensor_name: str
    observed_property: str
    factor: float
    offset: float
    low: float
    high: float


Meanings = Mapping[str, Meaning]

Step = tuple[str, str, str, float, float, float, float]
"""A key that is read, and what it means."""


class Plans:
    """Which keys of an object are read, and as what, worked out once for each combination of keys that comes.

    A device sends the same keys for ever, most of which mean nothing here: its plan has only the others.
    """

    __slots__ = ("_meaning_of", "known")

    def __init__(self, meaning_of: Callable[[str], Meaning | None]) -> None:
        self._meaning_of = meaning_of
        self.known: dict[tuple[str, ...], list[Step]] = {}

    def learn(self, keys: tuple[str, ...]) -> list[Step]:
        """Work out the plan of an object with these keys, in their order, and remember it among those known."""
        plan = [(key, *known) for key in keys if (known := self._meaning_of(key)) is not None]
        if sum(len(str(key)) for key in keys) < _LONGEST_KEYS:
            if len(self.known) >= _MOST_PLANS:
                self.known.clear()
            self.known[keys] = plan
        return plan


@lru_cache(maxsize=4096)
def meaning(sensor_name: str, observed_property: str, unit: str | None = None) -> Meaning:
    """Say what a key means; a unit of None is the canonical one. Raises ValueError for a word that is not known."""
    if observed_property not in LIMITS:
        near = ", ".join(get_close_matches(observed_property, LIMITS, cutoff=0.3)) or "none"
        raise ValueError(f"{observed_property!r} is not in ingest/vocabulary.py; near it: {near}")
    found = conversion(observed_property, unit)
    if unit is not None and found is None:
        raise ValueError(f"{unit!r} is no unit of {observed_property} in ingest/units.py")
    factor, offset = found or (1.0, 0.0)
    return Meaning(sensor_name, observed_property, factor, offset, *LIMITS[observed_property])


def plans(meanings: Meanings) -> Plans:
    """Make the plans of keys whose meanings are listed."""
    return Plans(meanings.get)


def read_object(values: Mapping[str, Any], plans: Plans, time: float | None, into: Decoded, device: str = "") -> None:
    """Read the values whose keys mean something into the records, or the refused, of `into`.

    `device` names the sensor where the meanings leave it open. This runs for every value of every message: no function
    of ours is called for a number that is possible, and it is `as_number` spelt out.
    """
    records, keys = into.records, tuple(values)
    plan = plans.known.get(keys)
    for key, sensor_name, observed_property, factor, offset, low, high in plans.learn(keys) if plan is None else plan:
        raw = values[key]
        kind = type(raw)
        try:
            number = float(raw) if kind is float or kind is int or (kind is str and "_" not in raw) else math.nan
        except (ValueError, OverflowError):
            number = math.nan
        value = number * factor + offset
        if low <= value <= high and (factor == 1.0 or number not in SENTINELS):  # false for NaN
            records.append(Record(time, sensor_name or device, observed_property, value))
        else:
            into.refused.append(Refusal(sensor_name or device, observed_property, _fault(raw), repr(raw)[:60]))


def take(raw: Any, meaning: Meaning, time: float | None, into: Decoded) -> None:
    """Read one value into the records of `into`, or into its refused."""
    sensor_name, observed_property, factor, offset, low, high = meaning
    number = raw if type(raw) is float else as_number(raw)
    value = number * factor + offset
    if low <= value <= high and (factor == 1.0 or number not in SENTINELS):
        into.records.append(Record(time, sensor_name, observed_property, value))
    else:
        into.refused.append(Refusal(sensor_name, observed_property, _fault(raw), repr(raw)[:60]))


def take_told(raw: Any, meaning: Meaning, unit: str | None, time: float | None, into: Decoded) -> None:
    """Read one value in the unit that was told; without one, refuse a temperature that no air has: it may be in °F."""
    if unit is None and meaning.observed_property == "temperature" and as_number(raw) > WARMEST:
        into.refused.append(Refusal(meaning.sensor_name, "temperature", "unit_not_told", repr(raw)[:60]))
    else:
        take(raw, meaning, time, into)


def as_number(raw: Any) -> float:
    """Read a number, also out of text; NaN where there is none, infinity where no double holds it."""
    kind = type(raw)
    try:
        return float(raw) if kind is float or kind is int or (kind is str and "_" not in raw) else math.nan
    except ValueError:
        return math.nan
    except OverflowError:
        return math.inf


def _fault(raw: Any) -> str:
    """Name in a word why a value is no reading."""
    if raw is None or raw == "":
        return "null"
    number = as_number(raw)
    if math.isnan(number):
        spelt = isinstance(raw, float) or (isinstance(raw, str) and raw.strip().lower().lstrip("+-") == "nan")
        return "not_finite" if spelt else "not_a_number"
    if math.isinf(number):
        return "not_finite"
    return "sentinel" if number in SENTINELS or number in _DEVICE_SENTINELS else "impossible"
