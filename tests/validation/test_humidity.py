"""Wet hours: how much of a reading may be water, and what that does to interval and estimate."""

import numpy as np

from validation.estimate import Join, estimate
from validation.humidity import is_wet, water_share
from validation.interval import bounds
from validation.policy import DEFAULT, PROPERTIES

PARTICLES, GAS = PROPERTIES["pm2_5"], PROPERTIES["no2"]


def test_the_share_of_water_rises_from_85_to_97_percent() -> None:
    """None up to 85 %, over a third at 93 %, 0.71 from 97 % on; an unknown humidity says nothing."""
    share = water_share(np.array([20.0, 85.0, 93.0, 97.0, 100.0, np.nan]), PARTICLES)
    np.testing.assert_allclose(share, [0.0, 0.0, 0.417, 0.714, 0.714, 0.0], atol=0.002)


def test_an_hour_is_wet_above_85_percent() -> None:
    """The law begins where the line ends; an unknown humidity is not wet."""
    assert is_wet(np.array([85.0, 85.1, np.nan])).tolist() == [False, True, False]


def test_gases_take_up_no_water() -> None:
    """Humidity says nothing of the kind about a cell."""
    assert (water_share(np.array([20.0, 99.0]), GAS) == 0.0).all()


def test_a_wet_hour_may_be_far_lower_and_not_higher() -> None:
    """The lower end falls with the share of water, the upper end stays."""
    centre, one = np.full(2, 40.0), np.ones(2)
    lower, upper = bounds(centre, 10 * one, one, one, one, np.array([0.0, 0.7]), limits=PARTICLES, policy=DEFAULT)
    assert upper[0] == upper[1]
    assert lower[1] < 40.0 * 0.35 < lower[0]


def test_a_wet_sensor_counts_less_in_the_estimate() -> None:
    """Half water: the reading moves the estimate half as far from the field."""
    join = Join(np.zeros(1), np.full(1, 10.0), np.full(1, 0.8), np.full(1, 10.0))
    value, field, zero = np.array([[20.0]]), np.array([[10.0]]), np.zeros((1, 1))
    dry, wet = (
        estimate(value, field, join, zero, np.full((1, 1), water), limits=PARTICLES)[0, 0] for water in (0.0, 0.5)
    )
    assert (dry, wet) == (18.0, 14.0)
