"""One reading with the current calibration."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from validation.flags import Flag
from validation.network import fit, validate
from validation.nowcast import nowcast

NAN = np.nan


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
