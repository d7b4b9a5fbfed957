"""One official hourly value: its interval, its unit and what it is worth; the same rules for every network.

Validity follows the EEA's vocabulary (dd.eionet.europa.eu/vocabulary/aq/observationvalidity): 1 valid, 2 valid and
below the detection limit, -1 not valid. Near-real-time data are always verification 3, not verified.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from ingest.reference.errors import OffHourError, ReferenceShapeError
from ingest.reference.units import WEATHER_UNITS, factor
from storage.rows import ReferenceHours

HOUR = timedelta(hours=1)
VALID, BELOW_DETECTION, NOT_VALID = 1, 2, -1
NOT_VERIFIED = 3

LARGEST_SENTINEL = -90.0
"""[as sent] -99, -999, -9999 say "no value" in every logger format; no instrument reports so low."""
HIGH_SENTINELS = frozenset({9999.0, 99999.0, 999999.0})
LOWEST_VALID = -10.0
"""[µg/m³] Hourly noise of a mass monitor near zero reaches about -10; below it, the instrument fails. Our policy."""


@dataclass(frozen=True, slots=True)
class ReferenceValue:
    """The mean over [begin, begin + 1 h), UTC, in µg/m³; NaN where the network has none."""

    reference_station_id: str
    observed_property: str
    begin: datetime
    value: float
    validity: int
    verification: int = NOT_VERIFIED


def reference_value(
    reference_station_id: str,
    observed_property: str,
    begin: datetime,
    *,
    sent: float | None,
    unit: str,
    trusted: bool = True,
) -> ReferenceValue:
    """Judge a value as sent and convert it to µg/m³, weather to °C, % or hPa, where nothing is below a detection limit.

    None and sentinels become NaN, not valid. A negative value is kept, for cutting it off would lift every mean: valid,
    below detection, down to :data:`LOWEST_VALID`, not valid below. `trusted` False (the network itself doubts it):
    kept, not valid. A begin that is no full hour is a ReferenceShapeError.
    """
    begin = full_hour(begin)
    if sent is None or not np.isfinite(sent) or sent <= LARGEST_SENTINEL or sent in HIGH_SENTINELS:
        return ReferenceValue(reference_station_id, observed_property, begin, float("nan"), NOT_VALID)
    value = sent * factor(observed_property, unit)
    weather = observed_property in WEATHER_UNITS
    validity = VALID if value >= 0 or weather else BELOW_DETECTION
    if (value < LOWEST_VALID and not weather) or not trusted:
        validity = NOT_VALID
    return ReferenceValue(reference_station_id, observed_property, begin, value, validity)


def full_hour(time: datetime) -> datetime:
    """Give an aware time in UTC; one without offset is a ReferenceShapeError, one not on the hour an OffHourError.

    A time without offset is refused and not guessed: in the night the clock goes back it names two hours.
    """
    if time.utcoffset() is None:
        raise ReferenceShapeError(f"expected a time with its offset from UTC, found {time.isoformat()}")
    utc = time.astimezone(UTC)
    if utc.minute or utc.second or utc.microsecond:
        raise OffHourError(f"expected a full hour, found {time.isoformat()}")
    return utc


def columns(values: Iterable[ReferenceValue]) -> ReferenceHours:
    """Turn values into columns; where an hour comes twice, as at the seam of two pages, the later one stands."""
    unique = {(value.reference_station_id, value.observed_property, value.begin): value for value in values}
    rows = list(unique.values())
    return ReferenceHours(
        reference_station_id=tuple(row.reference_station_id for row in rows),
        observed_property=tuple(row.observed_property for row in rows),
        begin=np.array([row.begin.replace(tzinfo=None) for row in rows], "datetime64[us]"),
        value=np.array([row.value for row in rows], np.float64),
        validity=np.array([row.validity for row in rows], np.int64),
        verification=np.array([row.verification for row in rows], np.int64),
    )


def windows(begin: datetime, end: datetime, longest: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """Cut [begin, end) into pieces no longer than a network answers at once, oldest first."""
    begin, end = utc(begin), utc(end)
    while begin < end:
        piece_end = min(begin + longest, end)
        yield begin, piece_end
        begin = piece_end


def utc(time: datetime) -> datetime:
    """Give an aware time of a caller in UTC, where arithmetic knows no clock change; ValueError without an offset."""
    if time.utcoffset() is None:
        raise ValueError(f"expected a time with its offset from UTC, found {time.isoformat()}")
    return time.astimezone(UTC)


def rfc3339(time: datetime) -> str:
    """Write an aware time as RFC 3339 in UTC with Z."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
