"""A small made-up network whose truth is known: a wave, sensors with gain, offset and growth, spoiled hours."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest

from validation.history import Network

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class World:
    """A network, the true concentrations (H,S) at its stations and which readings were spoiled (H,S)."""

    network: Network
    truth: Floats
    spoiled: npt.NDArray[np.bool_]


def make_world(
    hours: int = 504, stations: int = 8, references: int = 4, faults: float = 0.0, seed: int = 3, noise: float = 0.8
) -> World:
    """Draw a world; the references stand up to 8 km from the stations."""
    rng = np.random.default_rng(seed)
    wave = np.zeros(hours)
    for h in range(1, hours):
        wave[h] = 0.95 * wave[h - 1] + 0.2 * rng.normal()
    place = np.cumsum(0.02 * rng.normal(size=(hours, stations)), axis=0)
    truth = 12 * np.exp(wave[:, None] + place - place.mean(0))
    reference = 12 * np.exp(wave[:, None] + 0.05 * rng.normal(size=(hours, references))) + 0.5 * np.arange(references)
    humidity = np.clip(
        70 + 15 * np.sin(np.arange(hours) / 24 * 2 * np.pi)[:, None] + rng.normal(size=truth.shape), 5, 99
    )
    gain = 1.6 * np.exp(0.2 * rng.normal(size=stations))
    raw = 2 + gain * truth * (1 + 0.004 * (humidity - 50)) + noise * rng.normal(size=truth.shape)
    spoiled = rng.random(truth.shape) < faults
    raw = np.where(spoiled, raw * rng.uniform(3, 20, raw.shape) + 60, np.clip(raw, 0.1, None))
    network = Network(
        hours=np.datetime64("2026-03-01T00", "h") + np.arange(hours),
        raw=raw,
        relative_humidity=humidity,
        temperature=12 + 0.1 * rng.normal(size=truth.shape),
        latitude=52.2 + 0.03 * rng.normal(size=stations),
        longitude=5.2 + 0.04 * rng.normal(size=stations),
        sensor_model=("SPS30",) * stations,
        reference=reference,
        reference_latitude=52.25 + 0.02 * rng.normal(size=references),
        reference_longitude=5.25 + 0.02 * rng.normal(size=references),
        reference_id=tuple(f"NL{r:05d}" for r in range(references)),
        observed_property="pm2_5",
    )
    return World(network, truth, spoiled)


def last_day(network: Network) -> tuple[np.datetime64, np.datetime64]:
    """Give the begin and the end of the last 24 hours of a network."""
    end = network.hours[-1] + np.timedelta64(1, "h")
    return end - np.timedelta64(24, "h"), end


@pytest.fixture(scope="session")
def build() -> Callable[..., World]:
    """Give the maker of worlds, for tests that need one of their own."""
    return make_world


@pytest.fixture(scope="session")
def world() -> World:
    """Give the usual world: three weeks, eight stations, four references, a tenth of the hours spoiled."""
    return make_world(faults=0.1)
