"""Temperature, relative humidity and air pressure around Hilversum: what the sensors suffer from, not a forecast."""

from dataclasses import dataclass

import numpy as np

from firmware_sim.draws import Floats
from firmware_sim.waves import Part, Sampling, Waves, evaluate, make_waves

DAY_H = 24.0
YEAR_H = 365.2425 * DAY_H
LOCAL_OFFSET_H = 1.0
"""Central European Time: the sun and the stoves know no summer time."""

_WARMEST_H = 200 * DAY_H
_AFTERNOON_H = 15.0


@dataclass(frozen=True, slots=True)
class Weather:
    """Weather at the samples, each of shape (T, S)."""

    temperature: Floats  # [Cel]
    relative_humidity: Floats  # [%]
    air_pressure: Floats  # [hPa]


class WeatherField:
    """The weather as a function of the seed, the place and the time."""

    def __init__(self, seed: int) -> None:
        self._warmth = make_waves([Part(2.8, None, 50.0), Part(0.5, 10.0, 6.0)], seed, "warmth")
        self._dryness = make_waves([Part(1.3, None, 20.0), Part(0.3, 8.0, 4.0)], seed, "dryness")
        self._clear: Waves = make_waves([Part(0.45, None, 24.0)], seed, "clear sky")
        self._pressure = make_waves([Part(9.0, None, 45.0)], seed, "pressure")

    def at(self, sampling: Sampling) -> Weather:
        """Ask the weather at the samples."""
        clock = sampling.clock
        warm = summer(clock)
        sun = np.cos(2 * np.pi * (clock + LOCAL_OFFSET_H - _AFTERNOON_H) / DAY_H) * np.exp(
            evaluate(self._clear, sampling)
        )
        spell = evaluate(self._warmth, sampling)
        temperature = 10.4 + 7.3 * warm + (2.6 + 1.4 * warm) * sun + spell
        # a distance to the dew point that grows with warmth and sun ties humidity to temperature, as in nature
        distance = 4.2 + 1.6 * warm + (1.8 + 1.2 * warm) * sun + 0.25 * spell + evaluate(self._dryness, sampling)
        humidity = 100 * np.exp(_magnus(temperature - _at_least(distance)) - _magnus(temperature))
        return Weather(temperature, humidity, 1014.5 + evaluate(self._pressure, sampling))


def summer(clock: Floats) -> Floats:
    """The season: 1 at the warmest day of the year, -1 at the coldest."""
    return np.asarray(np.cos(2 * np.pi * (clock - _WARMEST_H) / YEAR_H), np.float64)


def _magnus(celsius: Floats) -> Floats:
    # Alduchov and Eskridge 1996, doi:10.1175/1520-0450(1996)035<0601:IMFAOS>2.0.CO;2
    return np.asarray(17.625 * celsius / (243.04 + celsius), np.float64)


def _at_least(distance: Floats, floor: float = 0.25) -> Floats:
    """Bend a distance [K] smoothly so that the air is never wetter than saturated."""
    return np.asarray(floor + 0.5 * np.logaddexp(0.0, (distance - floor) / 0.5), np.float64)
