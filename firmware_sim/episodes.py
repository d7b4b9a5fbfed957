"""What comes on top of the ordinary air for some hours: New Year's fireworks, stove evenings, a fire somewhere."""

import numpy as np

from firmware_sim.draws import Floats, Ints, normal, stream, uniform
from firmware_sim.waves import Part, Sampling, evaluate, make_waves
from firmware_sim.weather import DAY_H, LOCAL_OFFSET_H, YEAR_H, summer

REACH_KM = 10.0
"""Stations and fires lie within this distance east and north of the centre."""

_FIREWORKS = 130.0  # [µg/m³] in the first hour of the year, as at Dutch city stations in a year with little wind
_FIREWORKS_DECAY_H = 2.2
_FIRE_EVERY_H = 36.0


class Episodes:
    """Added PM2.5 [µg/m³] as a function of the seed, the place and the time."""

    def __init__(self, seed: int) -> None:
        self._streets = make_waves([Part(0.5, 2.0, None)], seed, "stove streets")
        self._evenings = stream(seed, "stove evenings")
        self._fires = [stream(seed, "fire", part) for part in ("begin", "duration", "east", "north", "size", "height")]

    def at(self, sampling: Sampling) -> Floats:
        """Ask all episodes at the samples; shape (T, S)."""
        streets = np.exp(evaluate(self._streets, sampling))
        return streets * (self._stoves(sampling.clock) + fireworks(sampling.clock)) + self._fire(sampling)

    def _stoves(self, clock: Floats) -> Floats:
        local = clock + LOCAL_OFFSET_H - 8.0  # the evening of 20:30 lies in the middle of its day then
        day = np.floor(local / DAY_H)
        from_peak = local - day * DAY_H - 12.5
        cold = np.clip(0.35 - summer(clock), 0.0, None)
        height = 1.6 * np.exp(0.8 * normal(self._evenings, day.astype(np.int64)))
        return np.asarray(cold * height * np.exp(-0.5 * (from_peak / 2.0) ** 2), np.float64)

    def _fire(self, sampling: Sampling) -> Floats:
        clock = sampling.clock
        index = np.floor(clock / _FIRE_EVERY_H).astype(np.int64)
        begin, duration, east, north, size, height = (uniform(name, index) for name in self._fires)
        lasts = 1.0 + 3.0 * duration
        since = clock - index * _FIRE_EVERY_H - begin * (_FIRE_EVERY_H - 4.0)  # over before the next one may begin
        course = np.sin(np.pi * np.clip(since / lasts, 0.0, 1.0)) ** 2
        distance = np.hypot(
            sampling.east_km - (2 * east - 1) * REACH_KM, sampling.north_km - (2 * north - 1) * REACH_KM
        )
        reach = np.exp(-0.5 * (distance / (0.7 + 1.3 * size)) ** 2)
        return np.asarray(course * reach * 8.0 * np.exp(1.6 * height), np.float64)


def fireworks(clock: Floats) -> Floats:
    """The course of New Year's night [µg/m³]: up within half an hour after midnight local time, gone by the morning."""
    local = clock + LOCAL_OFFSET_H
    years = np.round(local / YEAR_H)
    since = local - _new_year_h(years.astype(np.int64))
    rise = np.clip(since / 0.5, 0.0, 1.0)
    return np.where(
        since > 0, _FIREWORKS * rise * np.exp(-np.clip(since, 0.0, 48.0) / _FIREWORKS_DECAY_H) * (since < 48), 0.0
    )


def _new_year_h(years_after_2020: Ints) -> Floats:
    """Hours from 2020-01-01 to the first of January some years later, leap years counted."""
    days = (years_after_2020 + 50).astype("datetime64[Y]").astype("datetime64[D]") - np.datetime64("2020-01-01", "D")
    return days.astype(np.float64) * DAY_H
