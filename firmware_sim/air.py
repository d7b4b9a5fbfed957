"""The true air around Hilversum: a function of the seed, the place and the time, known to the simulator alone.

Log-normal PM2.5 from independent parts: days of regional air, kilometres of town, streets, and increments that never
change. Their sizes follow the spread between Dutch background stations; see docs/simulator.md for what comes out.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from firmware_sim.draws import Floats, Ints
from firmware_sim.episodes import Episodes
from firmware_sim.times import HOUR_MS
from firmware_sim.waves import EPOCH_MS, Part, Sampling, evaluate, make_waves
from firmware_sim.weather import DAY_H, LOCAL_OFFSET_H, WeatherField, summer

CENTRE = (52.224, 5.176)
"""Hilversum [degrees, WGS 84]."""

KM_PER_DEGREE = 111.195
OBSERVED_PROPERTIES = ("pm2_5", "pm10", "temperature", "relative_humidity", "air_pressure")

_PM2_5_LOG_MEAN = np.log(9.4)
_PM2_5_PARTS = (
    Part(0.50, 80.0, 26.0, waves=160),  # the weather of days
    Part(0.20, 15.0, 8.0, rough=True, waves=128),  # parts of the region
    Part(0.10, 3.5, 4.0, rough=True),  # quarters
    Part(0.08, 1.5, 2.5, rough=True),  # streets
    Part(0.10, 5.0, None),  # what a quarter always has more, or less
    Part(0.06, 0.3, None),  # what a corner always has more, or less
)
_COARSE_LOG_MEAN = np.log(6.0)
_COARSE_PARTS = (Part(0.40, 60.0, 18.0), Part(0.20, 4.0, 5.0, rough=True), Part(0.15, 1.0, None))


@dataclass(frozen=True, slots=True)
class Air:
    """The truth at the samples, each of shape (T, S)."""

    pm2_5: Floats  # [µg/m³]
    pm10: Floats  # [µg/m³]
    temperature: Floats  # [Cel]
    relative_humidity: Floats  # [%]
    air_pressure: Floats  # [hPa]


class Field:
    """The air as a function of the seed, the place and the time."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._pm2_5 = make_waves(_PM2_5_PARTS, seed, "pm2_5")
        self._coarse = make_waves(_COARSE_PARTS, seed, "coarse")
        self._weather = WeatherField(seed)
        self._episodes = Episodes(seed)

    def at(
        self,
        observed_property: str,
        latitude: npt.ArrayLike,
        longitude: npt.ArrayLike,
        times: npt.NDArray[np.datetime64],
    ) -> Floats:
        """Ask one property at S places [degrees] and T times (UTC); shape (T, S), units as in docs/payload.md.

        An unknown property is a ValueError.
        """
        if observed_property not in OBSERVED_PROPERTIES:
            raise ValueError(f"no truth of {observed_property!r}: there is {', '.join(OBSERVED_PROPERTIES)}")
        sampling = sample(np.asarray(latitude, float), np.asarray(longitude, float), milliseconds(times))
        return np.asarray(getattr(self.air(sampling), observed_property), np.float64)

    def air(self, sampling: Sampling) -> Air:
        """Ask everything at the samples."""
        weather = self._weather.at(sampling)
        clock = sampling.clock
        log_fine = _PM2_5_LOG_MEAN + evaluate(self._pm2_5, sampling) + _rhythm(clock)
        fine = np.exp(log_fine) + self._episodes.at(sampling)
        coarse = np.exp(_COARSE_LOG_MEAN + evaluate(self._coarse, sampling) - 0.01 * (weather.relative_humidity - 80))
        return Air(fine, fine + coarse, weather.temperature, weather.relative_humidity, weather.air_pressure)


@lru_cache(maxsize=4)
def field_of(seed: int) -> Field:
    """Return the field of a seed, drawn once."""
    return Field(seed)


def sample(latitude: Floats, longitude: Floats, times_ms: Ints, lag_ms: Ints | None = None) -> Sampling:
    """Say where [degrees] and when [ms since 1970] to ask; each place later by its lag."""
    east = (np.atleast_1d(longitude) - CENTRE[1]) * KM_PER_DEGREE * np.cos(np.deg2rad(CENTRE[0]))
    north = (np.atleast_1d(latitude) - CENTRE[0]) * KM_PER_DEGREE
    lag = np.zeros(len(east)) if lag_ms is None else lag_ms / HOUR_MS
    return Sampling(east, north, (np.atleast_1d(times_ms) - EPOCH_MS) / HOUR_MS, lag)


def milliseconds(times: npt.NDArray[np.datetime64]) -> Ints:
    """Count the milliseconds since 1970 of UTC times."""
    return np.atleast_1d(times).astype("datetime64[ms]").astype(np.int64)


def _rhythm(clock: Floats) -> Floats:
    """The day and the year in the logarithm: rush hours, a mixed afternoon, a worse winter."""
    local = clock + LOCAL_OFFSET_H
    morning = 0.10 * np.cos(2 * np.pi * (local - 8.0) / (DAY_H / 2))
    night = 0.12 * np.cos(2 * np.pi * (local - 23.0) / DAY_H)
    return np.asarray(morning + night - 0.15 * summer(clock), np.float64)
