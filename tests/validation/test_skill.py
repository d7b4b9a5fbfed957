"""What a fit is worth, by hand, and each rung of the decision."""

from typing import Any

import numpy as np
import pytest

from validation.columns import Columns
from validation.fit import Regression
from validation.policy import DEFAULT, PROPERTIES
from validation.skill import decide, information_share, measure

NAN = np.nan


def test_scores_are_means_over_the_hours_that_count() -> None:
    """Each column for itself: the error left out against that of the mean, and of weather alone."""
    weight = np.array([[1.0, 0.5, 1.0, 1.0, 0.0], [0.0, 0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0, 0.0]])
    left_out = np.array([[1.0, -1.0, 1.0, -1.0, NAN], [NAN, NAN, 3.0, NAN, NAN], [NAN, NAN, 3.0, -3.0, NAN]])
    weather = np.array([[4.0, -4.0, 4.0, -4.0, NAN], [NAN, NAN, 6.0, NAN, NAN], [NAN, NAN, 6.0, -6.0, NAN]])
    target = np.array([[2.0, 6.0, 2.0, 6.0, 900.0], [1.0, 1.0, 5.0, 1.0, 1.0], [9.0, 9.0, 5.0, 1.0, 9.0]])
    coefficients = np.array([[0.0, 1.5], [0.0, 0.5], [0.0, 0.7]])
    regression = Regression(coefficients, np.zeros((3, 2, 2)), weight, left_out, weather)
    found = measure(regression, target, coefficients, np.array([5, 1, 2]), np.array([3.0, 0.0, 1.0]))
    assert found["hours"].tolist() == [5.0, 1.0, 2.0]
    np.testing.assert_allclose(found["share_used"], [0.8, 1.0, 1.0])
    np.testing.assert_allclose(found["mean_error"], [1.0, 3.0, 3.0])
    np.testing.assert_allclose(found["skill"][[0, 2]], [1 - 1.0 / 2.0, 1 - 3.0 / 2.0])
    np.testing.assert_allclose(found["skill_over_weather"], [0.75, 0.5, 0.5])
    assert found["slope"].tolist() == [1.5, 0.5, 0.7]
    assert found["siblings"].tolist() == [3.0, 0.0, 1.0]


def test_the_share_of_information_counts_hours_of_weight_alone() -> None:
    """Half the variance from raw and half from humidity, though an hour without weight says otherwise; none without
    variation."""
    raw, humidity = np.array([1.0, 1.0, 3.0, 3.0, 500.0]), np.array([1.0, 3.0, 1.0, 3.0, -70.0])
    x = np.zeros((2, 5, 7))
    x[0, :, 0], x[0, :, 1], x[0, :, 5] = 1.0, raw, humidity
    x[1] = 1.0
    coefficients = np.array([[10.0, 2.0, 0.0, 0.0, 0.0, 2.0, 0.0], [1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]])
    weight = np.array([[1.0, 1.0, 1.0, 1.0, 0.0], [1.0, 1.0, 1.0, 1.0, 0.0]])
    np.testing.assert_allclose(information_share(x, coefficients, weight), [0.5, NAN])
    small = information_share(x[:1], coefficients[:1] * 0.01, weight[:1])  # a small variation is one
    np.testing.assert_allclose(small, [0.5])
    x[0, :, 5] = raw  # humidity takes half of it away again: all of it comes from raw, not twice all
    against = coefficients[:1] * np.array([1.0, 1.0, 1.0, 1.0, 1.0, -0.5, 1.0])
    np.testing.assert_allclose(information_share(x[:1], against, weight[:1]), [1.0])


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, "full"),
        ({"hours": 503.0}, "short_window"),
        ({"hours": 504.0}, "full"),
        ({"hours": 119.0}, "not_calibrated"),
        ({"hours": 120.0}, "short_window"),
        ({"hours": 60.0, "siblings": 1.0}, "short_window"),
        ({"hours": 60.0, "siblings": 0.0}, "not_calibrated"),
        ({"hours": 59.0, "siblings": 1.0}, "not_calibrated"),
        ({"hours": 59.0, "prior": True}, "sibling_prior"),
        ({"prior": True}, "full"),
        ({"skill": 0.149}, "no_skill"),
        ({"skill": 0.15}, "full"),
        ({"skill": 0.199, "nearest_km": 60.1}, "no_skill"),
        ({"skill": 0.199, "nearest_km": 60.0}, "full"),
        ({"skill_over_weather": 0.049}, "no_skill"),
        ({"skill_over_weather": 0.05}, "full"),
        ({"slope": 0.0}, "no_skill"),
        ({"slope": 0.0, "name": "no2"}, "full"),
        ({"hours": 60.0, "siblings": 2.0, "name": "no2"}, "not_calibrated"),
    ],
)
def test_the_first_rule_that_holds_decides(change: dict[str, Any], status: str) -> None:
    """Too few hours, no skill, a short window: each bound as the policy has it, for particles and for cells."""
    usual = {"hours": 2000.0, "skill": 0.5, "skill_over_weather": 0.3, "slope": 0.6, "siblings": 0.0}
    scores = {name: np.array([float(change.get(name, value))]) for name, value in usual.items()}
    one, none = np.zeros(1, np.int64), np.zeros((1, 0))
    columns = Columns(one, one - 1, one - 1, none, np.array([change.get("nearest_km", 5.0)]), none, none)
    limits = PROPERTIES[change.get("name", "pm2_5")]
    assert decide(scores, np.array([change.get("prior", False)]), columns, limits, DEFAULT) == [status]
