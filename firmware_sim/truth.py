"""What was really in the air, and what the official stations say of it: for scoring, and as a reference network."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from firmware_sim.air import field_of
from firmware_sim.draws import Floats, normal, stream, uniform
from firmware_sim.stations import SimReference, SimStation, common_seed
from firmware_sim.times import HOUR_MS, milliseconds_of

REFERENCE_PROPERTIES = ("pm2_5", "pm10")

_OUTAGE_RATE = 0.01
_POINTS_IN_HOUR = 6
_NOISE_FLOOR = 0.5  # [µg/m³], of an hourly mean of an equivalent instrument
_NOISE_SHARE = 0.03


class ReferenceHour(NamedTuple):
    """An official hourly mean; it holds for [begin, begin + 1 h)."""

    reference_id: str
    observed_property: str
    begin: datetime
    value: float  # [µg/m³]


def truth(
    stations: Sequence[SimStation | SimReference], observed_property: str, times: npt.NDArray[np.datetime64]
) -> Floats:
    """Say what was in the air at S stations at T times (UTC); shape (T, S), units as in docs/payload.md."""
    latitude = np.array([station.latitude for station in stations])
    longitude = np.array([station.longitude for station in stations])
    return field_of(common_seed(stations)).at(observed_property, latitude, longitude, times)


def truth_hours(
    stations: Sequence[SimStation | SimReference], observed_property: str, begins: npt.NDArray[np.datetime64]
) -> Floats:
    """Say the true means of the hours that begin at H times (UTC); shape (H, S)."""
    inside = (np.arange(_POINTS_IN_HOUR) + 0.5) * HOUR_MS / _POINTS_IN_HOUR
    times = np.atleast_1d(begins).astype("datetime64[ms]")[:, None] + inside.astype("timedelta64[ms]")
    values = truth(stations, observed_property, times.reshape(-1))
    return np.asarray(values.reshape(times.shape[0], _POINTS_IN_HOUR, -1).mean(axis=1), np.float64)


def reference_hours(
    references: Sequence[SimReference], begin: datetime, end: datetime, *, faults: float = 1.0
) -> Iterator[ReferenceHour]:
    """Yield the hours of all references that lie within [begin, end), oldest first; hours in an outage are missing.

    Naive times are a ValueError.
    """
    first = -(-milliseconds_of(begin) // HOUR_MS)
    hours = np.arange(first, milliseconds_of(end) // HOUR_MS, dtype=np.int64)
    if not references or not len(hours):
        return
    begins = (hours * HOUR_MS).astype("datetime64[ms]")
    values = {name: _instrument(references, name, begins) for name in REFERENCE_PROPERTIES}
    streams = np.array([stream(reference.seed, reference.reference_id, "outage") for reference in references])
    present = uniform(streams[None, :], hours[:, None]) >= _OUTAGE_RATE * faults
    for row, hour in enumerate(hours.tolist()):
        time = datetime.fromtimestamp(hour * 3600, UTC)
        for column, reference in enumerate(references):
            if present[row, column]:
                for name in REFERENCE_PROPERTIES:
                    yield ReferenceHour(reference.reference_id, name, time, float(values[name][row, column]))


def _instrument(references: Sequence[SimReference], name: str, begins: npt.NDArray[np.datetime64]) -> Floats:
    exact = truth_hours(references, name, begins)
    streams = np.array([stream(reference.seed, reference.reference_id, name) for reference in references])
    hours = begins.astype(np.int64) // HOUR_MS
    noise = normal(streams[None, :], hours[:, None]) * np.hypot(_NOISE_FLOOR, _NOISE_SHARE * exact)
    return np.asarray(np.round(exact + noise, 1), np.float64)
