"""A Gaussian random field over place and time as a seeded sum of cosines, to be asked anywhere in any order.

Random Fourier features (Rahimi and Recht 2007): frequencies drawn from the spectrum of the wanted correlation.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from firmware_sim.draws import Floats, generator

EPOCH_MS = 1_577_836_800_000
"""2020-01-01T00:00Z [ms since 1970]; hours are counted from here, so that phases keep their precision."""


@dataclass(frozen=True, slots=True)
class Part:
    """One Gaussian part of a field; a length or time of None means: the same everywhere, or for ever."""

    sd: float
    length_km: float | None
    time_h: float | None
    rough: bool = False  # exponential correlation in time instead of the smoother Matérn 3/2
    waves: int = 96


@dataclass(frozen=True, slots=True)
class Waves:
    """The cosines of a field, equally long columns."""

    east: Floats  # [rad/km]
    north: Floats  # [rad/km]
    omega: Floats  # [rad/h]
    phase: Floats
    height: Floats


@dataclass(frozen=True, slots=True)
class Sampling:
    """Where and when a field is asked: every place at every time, each place later by its own lag."""

    east_km: Floats  # (S,)
    north_km: Floats  # (S,)
    hours: Floats  # (T,) since EPOCH_MS
    lag_h: Floats  # (S,)

    @property
    def clock(self) -> Floats:
        """The time of each sample [h since EPOCH_MS], shape (T, S)."""
        return np.asarray(self.hours[:, None] + self.lag_h[None, :], np.float64)


def make_waves(parts: Sequence[Part], *stream_parts: int | str) -> Waves:
    """Draw the cosines of a field that is the sum of independent parts."""
    drawn = [_draw(part, generator(*stream_parts, number)) for number, part in enumerate(parts)]
    return Waves(*(np.concatenate(columns) for columns in zip(*drawn, strict=True)))


def evaluate(waves: Waves, sampling: Sampling) -> Floats:
    """Ask a field at the samples; shape (T, S), mean 0."""
    # cos(a + b) = cos a cos b - sin a sin b: T + S angles and one product of matrices instead of T x S cosines
    place = (
        np.outer(waves.east, sampling.east_km)
        + np.outer(waves.north, sampling.north_km)
        + np.outer(waves.omega, sampling.lag_h)
        + waves.phase[:, None]
    )
    time = np.outer(sampling.hours, waves.omega)
    height = waves.height[:, None]
    return np.asarray(np.cos(time) @ (height * np.cos(place)) - np.sin(time) @ (height * np.sin(place)), np.float64)


def _draw(part: Part, rng: np.random.Generator) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    count = part.waves
    # Matérn 3/2 in the plane: a Student t spectrum with 3 degrees of freedom
    spread = 0.0 if part.length_km is None else 1.0 / part.length_km
    directions = spread * rng.standard_normal((2, count)) / np.sqrt(rng.chisquare(3, count) / 3)
    omega = np.zeros(count)
    if part.time_h is not None:
        drawn = rng.standard_t(1 if part.rough else 3, count) / part.time_h
        # faster than twenty minutes is noise to an hourly mean, and only costs precision
        omega = np.clip(drawn, -2 * np.pi * 3, 2 * np.pi * 3)
    phase = rng.uniform(0, 2 * np.pi, count)
    return directions[0], directions[1], omega, phase, np.full(count, part.sd * np.sqrt(2 / count))
