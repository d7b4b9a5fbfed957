"""One reading with the current calibration."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from validation.calibrations import FULL, NO_SKILL, NONE, PAUSED, PRIOR, SHORT, Calibrations
from validation.flags import Flag
from validation.interval import bounds
from validation.network import fit, validate
from validation.nowcast import Nowcast, nowcast
from validation.policy import DEFAULT, PROPERTIES

NAN = np.nan


@pytest.fixture(scope="module")
def calibrations(build: Callable[..., Any]) -> Calibrations:
    """Fit eight series once."""
    return fit(build().network, at=np.datetime64("2026-03-20T00"))


def test_a_steady_reading_gives_the_value_of_its_hour(build: Callable[..., Any]) -> None:
    """Where four hours are alike, the nowcast equals the hour's value and its interval is wider."""
    network = build().network
    raw = network.raw.copy()
    raw[-4:] = raw[-4] + 1e-6 * np.arange(4)[:, None]
    network = replace(network, raw=raw)
    end = network.hours[-1] + np.timedelta64(1, "h")
    calibrations = fit(network, at=end - 24)
    hour = validate(network, calibrations, begin=end - 1, end=end)
    row, time = np.arange(8), np.full(8, end)
    found = nowcast(
        calibrations, row, raw[-1], network.relative_humidity[-1], network.temperature[-1], time,
        observed_property="pm2_5",
    )  # fmt: skip
    calm = (hour.flags[0] & (Flag.SPIKE | Flag.STUCK)) == 0
    np.testing.assert_allclose(found.value[calm], hour.value[0][calm], atol=1e-3)
    assert calm.any()
    assert (found.upper - found.lower > (hour.upper - hour.lower)[0])[calm].all()


def test_a_series_without_calibration_is_told_so(build: Callable[..., Any]) -> None:
    """Row -1 gets no value and the flag not calibrated; missing weather is no obstacle to the others."""
    network = build().network
    calibrations = fit(network, at=network.hours[-1])
    found = nowcast(
        calibrations, np.array([-1, 2]), np.array([20.0, 20.0]), np.full(2, NAN), np.full(2, NAN),
        np.full(2, network.hours[-1]), observed_property="pm2_5",
    )  # fmt: skip
    assert np.isnan(found.value).tolist() == [True, False]
    assert (found.flags & Flag.NOT_CALIBRATED != 0).tolist() == [True, False]


def test_age_is_flagged_and_widens(build: Callable[..., Any]) -> None:
    """A calibration whose references went silent half a year ago gives a held value in a wider interval."""
    network = build().network
    calibrations = fit(network, at=network.hours[-1])
    row, raw, weather = np.array([0, 0]), np.full(2, 20.0), np.full(2, 50.0)
    time = network.hours[-1] + np.array([1, 24 * 180])
    found = nowcast(calibrations, row, raw, weather, weather, time, observed_property="pm2_5")
    width = found.upper - found.lower
    assert (found.flags & Flag.CALIBRATION_HELD != 0).tolist() == [False, True]
    assert width[1] > width[0]


def test_the_wrong_number_of_gas_channels_is_refused(build: Callable[..., Any]) -> None:
    """A calibration that wants no other gas refuses one, naming both shapes."""
    network = build().network
    calibrations = fit(network, at=network.hours[-1])
    with pytest.raises(ValueError, match=r"\(1, 0\)"):
        nowcast(
            calibrations, np.array([0]), np.ones(1), np.ones(1), np.ones(1), network.hours[-1:],
            observed_property="pm2_5", others=np.ones((1, 1)),
        )  # fmt: skip


def test_nothing_calibrated_gives_nothing(calibrations: Calibrations) -> None:
    """Readings of series that no row stands for have no value, no interval, and one flag."""
    found = _asked(calibrations, [-1, -1], raw=20.0)
    assert np.isnan([found.value, found.lower, found.upper]).all()
    assert found.flags.tolist() == [Flag.NOT_CALIBRATED] * 2


def test_each_status_has_its_flags_and_only_three_give_a_value(calibrations: Calibrations) -> None:
    """What a calibration came to stands in each reading's flags, beside its age and its distance from the window."""
    calibrations = replace(calibrations, status=(FULL, SHORT, PRIOR, NO_SKILL, NONE, PAUSED, FULL, SHORT))
    none = Flag.NOT_CALIBRATED
    usual = [0, Flag.SHORT_WINDOW, Flag.CALIBRATION_PRIOR, Flag.NO_SKILL | none, none, none, 0, Flag.SHORT_WINDOW]
    gives = np.array([True, True, True, False, False, False, True, True])
    highest, lowest = calibrations.scores["highest_raw"], calibrations.scores["lowest_raw"]
    inside, beyond = (highest + lowest) / 2, highest + 0.6 * (highest - lowest)

    found = _asked(calibrations, range(8), raw=inside)
    assert found.flags.tolist() == usual
    assert np.isfinite(found.value).tolist() == gives.tolist()

    found = _asked(calibrations, range(8), raw=beyond, hours=200)
    late = np.where(gives, Flag.EXTRAPOLATED | Flag.CALIBRATION_HELD, 0)
    assert found.flags.tolist() == (np.array(usual) | late).tolist()

    held = [_asked(calibrations, [6], raw=inside[6], hours=hours).flags[0] for hours in (72, 73)]
    assert held == [0, Flag.CALIBRATION_HELD]


@pytest.mark.parametrize(
    ("hours", "beyond", "growth"),
    [(-5, 0.0, 1.0), (0.5, 0.0, 1.0), (72, 0.0, 1.0), (168, 0.0, 1.02), (4 * 168, 0.0, 1.08), (1, 0.6, 1.6),
     (168, 2.0, 3.06)],
)  # fmt: skip
def test_a_reading_is_1_4_hours_and_grows_with_age_and_distance(
    calibrations: Calibrations, hours: float, beyond: float, growth: float
) -> None:
    """Noise is 1.4 times that of an hour, 2 % more a week once held, and as much more as it lies outside the window."""
    highest, lowest = calibrations.scores["highest_raw"], calibrations.scores["lowest_raw"]
    raw = highest + beyond * (highest - lowest)
    found = _asked(calibrations, range(8), raw=raw, hours=hours)
    parts = calibrations.interval
    lower, upper = bounds(
        found.value, parts.median, parts.increment_up, parts.increment_down, 1.4 * growth * parts.noise, np.zeros(8),
        limits=PROPERTIES["pm2_5"], policy=DEFAULT,
    )  # fmt: skip
    np.testing.assert_allclose(found.lower, lower)
    np.testing.assert_allclose(found.upper, upper)


def test_a_gas_is_bounded_by_the_policy_of_gases(calibrations: Calibrations) -> None:
    """A wet hour widens the interval of a particle reading downwards, and not that of a gas."""
    lower = {
        (name, humidity): _asked(calibrations, [0], raw=20.0, humidity=humidity, name=name).lower[0]
        - _asked(calibrations, [0], raw=20.0, humidity=humidity, name=name).value[0]
        for name in ("pm2_5", "no2") for humidity in (85.0, 96.0)
    }  # fmt: skip
    assert lower["pm2_5", 96.0] < lower["pm2_5", 85.0] - 1.0
    assert lower["no2", 96.0] == pytest.approx(lower["no2", 85.0], abs=0.2)


def test_a_calibration_with_another_gas_takes_its_channel(calibrations: Calibrations) -> None:
    """Without the channel the mean of its window stands in, with it the reading itself does."""
    calibrations = replace(
        calibrations,
        feature_names=(*calibrations.feature_names, "raw_o3"),
        coefficients=np.pad(calibrations.coefficients, ((0, 0), (0, 1)), constant_values=0.5),
        centre=np.pad(calibrations.centre, ((0, 0), (0, 1)), constant_values=30.0),
    )
    without = _asked(calibrations, [0, 1], raw=20.0)
    given = _asked(calibrations, [0, 1], raw=20.0, others=np.array([[30.0], [40.0]]))
    np.testing.assert_allclose(given.value - without.value, [0.0, 5.0])


def _asked(
    calibrations: Calibrations, row: Sequence[int], *, raw: Any, hours: float = 1.0, humidity: float = 60.0,
    name: str = "pm2_5", others: Any = None,
) -> Nowcast:  # fmt: skip
    """Ask for readings some hours after the window's end, in dry and mild air."""
    count = len(row)
    time = calibrations.window_end[0] + np.timedelta64(round(60 * hours), "m")
    return nowcast(
        calibrations, np.array(row), np.broadcast_to(raw, count).astype(float), np.full(count, humidity),
        np.full(count, 12.0), np.full(count, time), observed_property=name, others=others,
    )  # fmt: skip
