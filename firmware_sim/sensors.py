"""What healthy sensors make of the air: gain, offset, growth with humidity, drift, noise. faults.py breaks them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from firmware_sim.air import Air, field_of, sample
from firmware_sim.draws import Floats, Ints, Streams, normal, stream
from firmware_sim.stations import SimStation, common_seed
from firmware_sim.times import DAY_MS, HOUR_MS

NOISE_FLOOR = 0.6  # [µg/m³], per reading
NOISE_SHARE = 0.08  # of the value, per reading

_PM1_SHARE = 0.65
_COARSE_SEEN = 0.45  # small optical sensors see little of the coarse mode (Kuula 2020, doi:10.5194/amt-13-2413-2020)


@dataclass(frozen=True, slots=True)
class Units:
    """The stations as equally long columns, shape (S,)."""

    seed: int
    latitude: Floats
    longitude: Floats
    gain: Floats
    offset: Floats
    kappa: Floats
    temperature_slope: Floats
    drift: Floats
    drift_days: Floats
    drift_phase: Floats
    temperature_offset: Floats
    humidity_gain: Floats
    pressure_offset: Floats
    streams: Streams  # one per station; a purpose is added to it


def units_of(stations: Sequence[SimStation]) -> Units:
    """Turn stations of one seed into columns."""
    responses = [station.response for station in stations]
    names = Units.__dataclass_fields__.keys() - {"seed", "latitude", "longitude", "streams"}
    columns = {name: np.array([getattr(response, name) for response in responses], np.float64) for name in names}
    return Units(
        seed=common_seed(stations),
        latitude=np.array([station.latitude for station in stations]),
        longitude=np.array([station.longitude for station in stations]),
        streams=np.array([stream(station.seed, station.station_id) for station in stations], np.uint64),
        **columns,
    )


def growth(relative_humidity: Floats) -> Floats:
    """Say how much more light wet particles scatter, per kappa; 0 in dry air, bent flat at 97 %.

    Source: kappa-Köhler as in Crilley 2018, doi:10.5194/amt-11-709-2018, with a density of 1.65 g/cm³.
    """
    water_activity = np.clip(relative_humidity, 1.0, 97.0) / 100
    return np.asarray((1 / 1.65) / (1 / water_activity - 1), np.float64)


def measure(units: Units, times_ms: Ints, lag_ms: Ints) -> tuple[Air, dict[str, Floats]]:
    """Let healthy stations measure at their times; the air, and raw values by property, all of shape (T, S)."""
    air = field_of(units.seed).air(sample(units.latitude, units.longitude, times_ms, lag_ms))
    clock_ms = times_ms[:, None] + lag_ms[None, :]
    values = particles(units, air, clock_ms)
    values["temperature"] = air.temperature + units.temperature_offset + 0.15 * _noise(units, "temperature", clock_ms)
    humidity = air.relative_humidity * units.humidity_gain + 1.0 * _noise(units, "humidity", clock_ms)
    values["relative_humidity"] = np.clip(humidity, 1.0, 100.0)
    values["air_pressure"] = air.air_pressure + units.pressure_offset + 0.1 * _noise(units, "pressure", clock_ms)
    return air, values


def particles(units: Units, air: Air, clock_ms: Ints) -> dict[str, Floats]:
    """Raw PM [µg/m³] by size."""
    swing = 2 * np.pi * clock_ms / (units.drift_days * DAY_MS) + units.drift_phase
    gain = units.gain * np.exp(units.drift * np.sin(swing)) * (1 + units.kappa * growth(air.relative_humidity))
    shift = units.offset + units.temperature_slope * (air.temperature - 10.0)
    fine = gain * air.pm2_5 + shift
    coarse = _COARSE_SEEN * gain * (air.pm10 - air.pm2_5)
    noise = _noise(units, "pm", clock_ms) * np.hypot(NOISE_FLOOR, NOISE_SHARE * np.abs(fine))
    fine = np.maximum(fine + noise, 0.0)
    return {
        "pm1": _PM1_SHARE * fine,
        "pm2_5": fine,
        "pm4": fine + 0.6 * coarse,
        "pm10": fine + coarse,
    }


def _noise(units: Units, purpose: str, clock_ms: Ints) -> Floats:
    """Draw noise of sd 1: half of its variance lasts about an hour, half is new each time."""
    streams = _with(units.streams, purpose)
    hour = clock_ms // HOUR_MS
    share = (clock_ms - hour * HOUR_MS) / HOUR_MS
    slow = (1 - share) * normal(streams, hour) + share * normal(streams, hour + 1)
    slow = slow / np.sqrt((1 - share) ** 2 + share**2)
    fresh = normal(_with(streams, "fresh"), clock_ms)
    return np.asarray(np.sqrt(0.5) * (slow + fresh), np.float64)


def _with(streams: Streams, purpose: str) -> Streams:
    return streams ^ stream(purpose)
