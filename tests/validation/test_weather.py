"""Weather is calibrated as the air is, below zero too."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from validation.flags import Flag
from validation.history import Network
from validation.network import Calibrations, Validated
from validation.network import fit as fit_air
from validation.network import validate as validate_air
from validation.nowcast import nowcast as nowcast_air
from validation.weather import fit, nowcast, validate

HOURS, JUDGED = 504, 72
Scene = tuple[Network, Any, Calibrations, Validated]


def _scene(name: str, level: float, swing: float, seed: int = 5) -> tuple[Network, np.ndarray[Any, Any]]:
    """Six gardens around four weather stations; each sensor has its own offset and gain, and sunlit walls."""
    rng = np.random.default_rng(seed)
    hour = np.arange(HOURS)
    front = np.zeros(HOURS)
    for h in range(1, HOURS):
        front[h] = 0.97 * front[h - 1] + 0.25 * rng.normal()
    air = level + swing * (np.sin(hour / 24 * 2 * np.pi) + front)
    truth = air[:, None] + 0.05 * swing * rng.normal(size=(HOURS, 6))
    raw = truth * rng.uniform(0.95, 1.05, 6) + swing * rng.uniform(-0.5, 0.8, 6)
    raw = raw + 0.05 * swing * rng.normal(size=raw.shape)
    beside = np.full((HOURS, 6), np.nan)
    network = Network(
        hours=np.datetime64("2026-01-05T00", "h") + hour, raw=raw, relative_humidity=beside + 80, temperature=raw,
        latitude=52.2 + 0.02 * rng.normal(size=6), longitude=5.2 + 0.02 * rng.normal(size=6),
        sensor_model=("BME280",) * 6, reference=air[:, None] + 0.05 * swing * rng.normal(size=(HOURS, 4)),
        reference_latitude=52.2 + 0.1 * rng.normal(size=4), reference_longitude=5.2 + 0.1 * rng.normal(size=4),
        reference_id=("A", "B", "C", "D"), observed_property=name,
    )  # fmt: skip
    return network, truth


def _run(network: Network) -> tuple[Calibrations, Validated]:
    end = network.hours[-1] + np.timedelta64(1, "h")
    begin = end - np.timedelta64(JUDGED, "h")
    calibrations = fit(network, at=begin)
    return calibrations, validate(network, calibrations, begin=begin, end=end)


@pytest.fixture(scope="module")
def frost() -> Scene:
    """Calibrate a cold month once."""
    network, truth = _scene("temperature", -6.0, 4.0)
    return network, truth, *_run(network)


def test_frost_is_calibrated_through_zero(frost: Scene) -> None:
    """Values below zero follow the air within half a degree where raw is off by more, and lie in their interval."""
    network, truth, calibrations, found = frost
    true = truth[-JUDGED:]
    assert (true < 0).mean() > 0.3
    assert set(calibrations.status) <= {"full", "short_window"}
    error = found.value - true
    raw_error = network.raw[-JUDGED:] - true
    assert np.sqrt(np.nanmean(error**2)) < 0.5 < np.sqrt(np.nanmean(raw_error**2))
    assert np.nanmin(found.value) < -3
    assert np.mean((found.lower <= true) & (true <= found.upper)) > 0.9
    assert np.nanmedian(found.upper - found.lower) < 8


def test_the_record_is_on_the_scale_of_the_thermometer(frost: Scene) -> None:
    """A record that went through JSON validates as before, and its coefficients turn raw degrees into degrees."""
    network, truth, calibrations, found = frost
    records = [json.loads(json.dumps(calibrations.record(i))) for i in range(6)]
    again = validate(network, Calibrations.from_records(records), begin=found.hours[0], end=network.hours[-1] + 1)
    np.testing.assert_allclose(again.value, found.value, rtol=0, atol=1e-9)
    steady = calibrations.coefficients[:, 0] + calibrations.coefficients[:, 1] * np.median(network.raw, 0)
    assert np.abs(steady - np.median(truth, 0)).max() < 2


def test_a_single_reading_below_zero_has_a_value(frost: Scene) -> None:
    """What comes in live is near the hour's value."""
    network, _, calibrations, found = frost
    last = network.raw[-1]
    live = nowcast(
        calibrations, np.arange(6), last - 5, np.full(6, 80.0), last, np.full(6, network.hours[-1] + 1),
        observed_property="temperature",
    )  # fmt: skip
    assert np.abs(live.value - (found.value[-1] - 5)).max() < 2
    assert (live.lower < live.value).all()
    light = replace(calibrations, covariance=np.zeros((6, 0, 0)))  # as ingest keeps them
    again = nowcast(
        light, np.arange(6), last - 5, np.full(6, 80.0), last, np.full(6, network.hours[-1] + 1),
        observed_property="temperature",
    )  # fmt: skip
    np.testing.assert_array_equal(again.value, live.value)


@pytest.mark.parametrize(
    ("name", "level", "swing", "low", "high"),
    [("relative_humidity", 75, 9, 0, 100), ("air_pressure", 1010, 6, 300, 1100)],
)
def test_humidity_and_pressure_stay_within_what_can_be(
    name: str, level: float, swing: float, low: float, high: float
) -> None:
    """Offsets are taken out, intervals are those of a thermometer screen and not of dust, and ends are clipped."""
    network, truth = _scene(name, level, swing)
    _, found = _run(network)
    error, raw_error = found.value - truth[-JUDGED:], network.raw[-JUDGED:] - truth[-JUDGED:]
    assert np.sqrt(np.nanmean(error**2)) < 0.5 * np.sqrt(np.nanmean(raw_error**2))
    assert np.nanmin(found.lower) >= low
    assert np.nanmax(found.upper) <= high
    assert np.nanmedian(found.upper - found.lower) < 5 * swing


def test_a_single_reading_stays_within_what_can_be() -> None:
    """A hygrometer that reads ten per cent too little says 100 % in fog, and its interval ends there."""
    network, truth = _scene("relative_humidity", 75, 9)
    raw = 0.9 * truth
    calibrations = fit(replace(network, raw=raw), at=network.hours[-1])
    fog = np.full(6, 97.0)
    live = nowcast(
        calibrations, np.arange(6), fog, fog, np.full(6, 5.0), np.full(6, network.hours[-1]),
        observed_property="relative_humidity",
    )  # fmt: skip
    assert live.value.tolist() == live.upper.tolist() == [100.0] * 6
    assert (live.lower < 100).all()


def test_the_uncertainty_of_the_constant_is_that_at_zero_degrees(frost: Scene) -> None:
    """The covariance belongs to the coefficients of the record: the line is best known where the readings were, and
    the error of its constant is that at a raw reading of 0 degrees."""
    network, _, calibrations, _ = frost
    for i in range(6):
        at = np.concatenate([[0.0], network.raw[:-JUDGED, i], [30.0]])
        line = calibrations.covariance[i][:2, :2]
        error = np.sqrt(line[0, 0] + 2 * at * line[0, 1] + at**2 * line[1, 1])
        assert error[0] == pytest.approx(np.sqrt(calibrations.covariance[i][0, 0]))
        assert error[0] < 0.5
        assert error[-1] > 2 * np.median(error[1:-1])
        assert -line[0, 1] / line[1, 1] == pytest.approx(network.raw[:-JUDGED, i].mean(), abs=4.0)


def test_what_a_thermometer_usually_shows_is_kept_in_degrees(frost: Scene) -> None:
    """Offset and gain of the record turn the air of a usual hour into what the sensor reads in it."""
    network, truth, calibrations, _ = frost
    expected = calibrations.expectation.offset + calibrations.expectation.gain * np.median(truth, 0)
    np.testing.assert_allclose(expected, np.median(network.raw, 0), atol=0.3)


def test_a_calibration_of_weather_is_held_when_the_references_are_silent(frost: Scene) -> None:
    """It is the one of before, on the scale of the thermometer."""
    network, _, calibrations, _ = frost
    silent = replace(network, reference=np.full_like(network.reference, np.nan))
    held = fit(silent, at=calibrations.fitted_at, previous=calibrations)
    assert held.status == calibrations.status
    np.testing.assert_allclose(held.coefficients, calibrations.coefficients, atol=1e-9)


def test_humidity_explains_a_thermometer_and_temperature_does_not(frost: Scene) -> None:
    """A property does not explain itself; what else the air is like may: here a degree for twenty per cent."""
    network, _, calibrations, _ = frost
    coefficients = calibrations.coefficients.copy()
    coefficients[:, 5:7] = 1.0
    made = replace(calibrations, coefficients=coefficients)
    dry, humid = (
        nowcast(
            made, np.arange(6), np.full(6, 5.0), np.full(6, humidity), np.full(6, warm),
            np.full(6, network.hours[-1] + 1), observed_property="temperature",
        ).value
        for humidity, warm in ((50.0, 5.0), (70.0, 25.0))
    )  # fmt: skip
    np.testing.assert_allclose(humid - dry, 1.0)


def test_what_no_thermometer_measures_is_out_of_range(frost: Scene) -> None:
    """An unplugged DS18B20 says -127 degrees from its first hour on, and a screen in flames 75; -1 is no code."""
    network, _, calibrations, found = frost
    raw = network.raw.copy()
    raw[-5, 0], raw[-5, 1], raw[-5, 2] = -127.0, 75.0, -1.0
    spoiled = validate(replace(network, raw=raw), calibrations, begin=found.hours[0], end=network.hours[-1] + 1)
    assert (spoiled.flags[-5, :4] & Flag.RANGE != 0).tolist() == [True, True, False, False]
    assert np.isnan(spoiled.value[-5, :2]).all()


def test_a_sensor_on_a_stove_is_no_weather(frost: Scene) -> None:
    """Hours that stand still, or jump by thirty degrees, get no value."""
    network, _, calibrations, found = frost
    raw = network.raw.copy()
    raw[-20:, 0], raw[-5, 1] = 21.3, raw[-5, 1] + 30
    spoiled = validate(replace(network, raw=raw), calibrations, begin=found.hours[0], end=network.hours[-1] + 1)
    assert (spoiled.flags[-10:, 0] & Flag.STUCK != 0).all()
    assert spoiled.flags[-5, 1] & Flag.SPIKE
    assert np.isnan(spoiled.value[-5, 1])


def test_air_goes_straight_through(world: Any) -> None:
    """The calls for air and weather give dust what validation.network gives it."""
    at = world.network.hours[-1]
    known = fit(world.network, at=at)
    np.testing.assert_array_equal(known.coefficients, fit_air(world.network, at=at).coefficients)
    one = validate(world.network, known, begin=at, end=at + 1)
    np.testing.assert_array_equal(one.value, validate_air(world.network, known, begin=at, end=at + 1).value)
    silent = replace(world.network, reference=np.full_like(world.network.reference, np.nan))
    assert fit(silent, at=at, previous=known).status == known.status
    reading = (known, np.arange(8), world.network.raw[-1], np.full(8, 90.0), np.full(8, 5.0), np.full(8, at))
    one_now, other_now = (each(*reading, observed_property="pm2_5") for each in (nowcast, nowcast_air))
    for name in ("value", "lower", "upper", "flags"):
        np.testing.assert_array_equal(getattr(one_now, name), getattr(other_now, name))
