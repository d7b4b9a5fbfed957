"""Healthy sensors are wrong in a way that can be found."""

import numpy as np
import pytest

from firmware_sim.air import Air
from firmware_sim.draws import Floats
from firmware_sim.readings import Fleet, Readings, make_fleet, read
from firmware_sim.sensors import NOISE_FLOOR, NOISE_SHARE, growth, measure, units_of
from firmware_sim.stations import make_stations

STEPS = np.arange(2_980_000, 2_980_000 + 144 * 28, dtype=np.int64)  # four weeks of ten minutes, in August 2026


@pytest.fixture(scope="module")
def fleet() -> Fleet:
    """Nine healthy stations."""
    return make_fleet(make_stations(9, 5), 600, level=0.0)


@pytest.fixture(scope="module")
def readings(fleet: Fleet) -> Readings:
    """Their readings."""
    return read(fleet, STEPS)


@pytest.fixture(scope="module")
def air(fleet: Fleet) -> Air:
    """The air at the same places and times."""
    return measure(fleet.units, STEPS * fleet.interval_ms, fleet.phase_ms)[0]


def test_growth_with_humidity() -> None:
    """Growth is 0.61 at 50 %, 5.45 at 90 %, and flat from 97 %."""
    values = growth(np.array([50.0, 90.0, 97.0, 100.0]))
    np.testing.assert_allclose(values, [0.606, 5.4545, 19.596, 19.596], atol=1e-3)


def test_raw_is_clearly_wrong(readings: Readings, air: Air) -> None:
    """The error of raw values is several times the noise."""
    error = np.sqrt(np.mean((readings.values["pm2_5"] - air.pm2_5) ** 2, axis=0))
    noise = np.sqrt(np.mean(NOISE_FLOOR**2 + (NOISE_SHARE * air.pm2_5) ** 2, axis=0))
    assert np.median(error / noise) > 3


def test_least_squares_finds_the_gain_and_leaves_the_noise(fleet: Fleet, readings: Readings, air: Air) -> None:
    """On clean data raw ~ 1 + truth + truth × growth + T gives the gain within 5 % and a residual of the noise."""
    for number, station in enumerate(fleet.stations):
        if station.response.drift:
            continue
        target, raw = air.pm2_5[:, number], readings.values["pm2_5"][:, number]
        wet = target * growth(air.relative_humidity[:, number])
        features = np.stack([np.ones_like(target), target, wet, air.temperature[:, number] - 10], axis=1)
        coefficients = _fit(features, raw)
        assert coefficients[1] == pytest.approx(station.response.gain, rel=0.05)
        assert coefficients[2] / coefficients[1] == pytest.approx(station.response.kappa, rel=0.1)
        residual = raw - features @ coefficients
        expected = np.sqrt(np.mean(NOISE_FLOOR**2 + (NOISE_SHARE * (features @ coefficients)) ** 2))
        assert np.sqrt(np.mean(residual**2)) == pytest.approx(expected, rel=0.15)


def test_noise_lasts_about_an_hour(readings: Readings, air: Air, fleet: Fleet) -> None:
    """Half of the noise is shared by readings ten minutes apart and none by readings three hours apart."""
    error = readings.values["temperature"] - air.temperature - fleet.units.temperature_offset
    assert 0.3 < np.corrcoef(error[1:, 0], error[:-1, 0])[0, 1] < 0.6
    assert abs(np.corrcoef(error[18:, 0], error[:-18, 0])[0, 1]) < 0.08
    assert error.std() == pytest.approx(0.15, rel=0.1)


def test_one_in_five_drifts() -> None:
    """About a fifth of the units drift, each by less than a factor 1.4."""
    drifts = np.array([station.response.drift for station in make_stations(300, 1)])
    assert 0.13 < (drifts > 0).mean() < 0.27
    assert drifts.max() < 0.31


def test_units_of_a_model_differ() -> None:
    """Gains of one model spread by 18 %, and models differ."""
    stations = make_stations(600, 2)
    gains = {
        model: np.log([station.response.gain for station in stations if station.sensor_model == model])
        for model in ("SPS30", "PMS5003")
    }
    assert gains["SPS30"].std() == pytest.approx(0.18, rel=0.15)
    assert gains["PMS5003"].mean() - gains["SPS30"].mean() == pytest.approx(np.log(1.4), abs=0.05)


def test_stations_of_two_seeds_are_refused() -> None:
    """Stations of different seeds do not share an air."""
    with pytest.raises(ValueError, match="2 seeds"):
        units_of([*make_stations(1, 1), *make_stations(1, 2)])


def _fit(features: Floats, target: Floats) -> Floats:
    weight = 1 / np.hypot(NOISE_FLOOR, NOISE_SHARE * target)
    solution = np.linalg.lstsq(features * weight[:, None], target * weight, rcond=None)[0]
    return np.asarray(solution, np.float64)
