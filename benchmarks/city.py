"""A simulated city as the calibration sees it, whose truth is known, and ways of spoiling its sensor hours."""

from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from firmware_sim.readings import make_fleet, read
from firmware_sim.stations import make_references, make_stations
from firmware_sim.truth import reference_hours, truth_hours
from validation.network import Calibrations, Network

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

END = datetime(2026, 11, 22, tzinfo=UTC)
KINDS = ("leverage", "condensation", "mixed")
_PROPERTIES = ("pm2_5", "temperature", "relative_humidity")
_INTERVAL_S, _PER_HOUR = 1200, 3
_REFERENCES = 5


@dataclass(frozen=True, slots=True)
class City:
    """A network of H hours and S stations, and the true concentrations (H,S) [µg/m³]."""

    network: Network
    truth: Floats


def make_city(stations: int, weeks: int, seed: int) -> City:
    """Simulate healthy stations with five references; an hour is the mean of three readings."""
    fleet = make_fleet(make_stations(stations, seed=seed), _INTERVAL_S, level=0.0)
    begin = END - timedelta(weeks=weeks)
    steps = np.arange(int(begin.timestamp()) // _INTERVAL_S, int(END.timestamp()) // _INTERVAL_S)
    seen = read(fleet, steps)
    raw, temperature, humidity = (_hourly(seen.values[name]) for name in _PROPERTIES)
    hours = np.datetime64(begin.replace(tzinfo=None), "h") + np.arange(len(raw))
    references = make_references(_REFERENCES, seed=seed)
    reference = np.full((len(hours), _REFERENCES), np.nan)
    column = {row.reference_id: index for index, row in enumerate(references)}
    for row in reference_hours(references, begin, END):
        if row.observed_property == "pm2_5":
            reference[int((row.begin - begin).total_seconds()) // 3600, column[row.reference_id]] = row.value
    network = Network(
        hours=hours, raw=np.round(raw, 3), relative_humidity=humidity, temperature=temperature,
        latitude=np.array([station.latitude for station in fleet.stations]),
        longitude=np.array([station.longitude for station in fleet.stations]),
        sensor_model=tuple(station.sensor_model for station in fleet.stations), reference=reference,
        reference_latitude=np.array([row.latitude for row in references]),
        reference_longitude=np.array([row.longitude for row in references]),
        reference_id=tuple(row.reference_id for row in references), observed_property="pm2_5",
    )  # fmt: skip
    return City(network, truth_hours(fleet.stations, "pm2_5", hours))


def spoil(network: Network, kind: str, share: float, seed: int) -> tuple[Network, Bools]:
    """Spoil a share of each station's hours, and say which (H,S).

    leverage: raw times 3 to 10 in single hours; condensation: blocks of 6 to 24 h among the wettest hours, raw times
    1.5 to 4 and up to 15 more; mixed: a quarter each of these two, of +10 to +60 and of blocks stuck at one value.
    """
    rng = np.random.default_rng(seed)
    raw, bad = network.raw.copy(), np.zeros(network.raw.shape, bool)
    kinds = ("leverage", "condensation", "spikes", "stuck") if kind == "mixed" else (kind,)
    for one in kinds:
        chosen = _chosen(one, network.relative_humidity, share / len(kinds), rng) & ~bad
        raw = np.where(chosen, _spoiled(one, raw, rng), raw)
        bad |= chosen
    return replace(network, raw=raw), bad


def multiplied(network: Network, calibrations: Calibrations, stations: int) -> tuple[Network, Calibrations]:
    """As many stations as wanted, spread over the city: each with the readings of one of the network, nearly, and its
    calibration. So many could not be simulated or fitted while one waits."""
    rng = np.random.default_rng(1)
    row = np.arange(stations) % len(network.sensor_model)
    more = replace(
        network, raw=network.raw[:, row] * rng.uniform(0.95, 1.05, (len(network.hours), stations)),
        relative_humidity=network.relative_humidity[:, row], temperature=network.temperature[:, row],
        latitude=network.latitude[row] + rng.normal(0, 0.05, stations),
        longitude=network.longitude[row] + rng.normal(0, 0.05, stations),
        sensor_model=tuple(np.array(network.sensor_model)[row].tolist()),
    )  # fmt: skip
    known = replace(
        calibrations, status=tuple(np.array(calibrations.status)[row].tolist()),
        scores={name: values[row] for name, values in calibrations.scores.items()},
        **{name: getattr(calibrations, name)[row] for name in _OF_SERIES},
        **{name: _rows(getattr(calibrations, name), row) for name in ("expectation", "interval", "shares")},
    )  # fmt: skip
    return more, known


_OF_SERIES = ("coefficients", "covariance", "centre", "window_begin", "window_end", "reference_weight")


def _rows(parts: Any, row: npt.NDArray[np.int64]) -> Any:
    return replace(parts, **{part.name: getattr(parts, part.name)[row] for part in fields(parts)})


def _spoiled(kind: str, raw: Floats, rng: np.random.Generator) -> Floats:
    if kind == "leverage":
        spoiled: Floats = raw * rng.uniform(3, 10, raw.shape)
    elif kind == "condensation":
        spoiled = raw * rng.uniform(1.5, 4, raw.shape) + rng.uniform(0, 15, raw.shape)
    elif kind == "spikes":
        spoiled = raw + rng.uniform(10, 60, raw.shape)
    else:
        spoiled = np.repeat(raw[::24], 24, axis=0)[: len(raw)]
    return spoiled


def _chosen(kind: str, humidity: Floats, share: float, rng: np.random.Generator) -> Bools:
    """Single hours, whole days for what is stuck, or blocks of 6 to 24 h that begin in the wettest hours."""
    hours, stations = humidity.shape
    if kind in ("leverage", "spikes"):
        return rng.random(humidity.shape) < share
    if kind == "stuck":
        return np.repeat(rng.random((-(-hours // 24), stations)) < share, 24, axis=0)[:hours]
    chosen = np.zeros(humidity.shape, bool)
    for station, wet in enumerate(humidity.T):
        for begin in np.argsort(-np.nan_to_num(wet) + rng.normal(scale=2.0, size=hours)):
            if chosen[:, station].mean() >= share:
                break
            chosen[begin : begin + rng.integers(6, 25), station] = True
    return chosen


def _hourly(values: Floats) -> Floats:
    mean: Floats = values.reshape(-1, _PER_HOUR, values.shape[1]).mean(1)
    return mean
