"""Two channels of one instrument."""

import numpy as np

from validation.channels import channel_disagreement, find_twins
from validation.policy import PROPERTIES


def test_twins_are_the_only_two_of_a_model_on_a_station() -> None:
    """Pairs find each other; single sensors, triples, other models and unnamed stations have no twin."""
    stations = ("a", "a", "b", "c", "c", "c", "d", "d")
    models = ("PMS", "PMS", "PMS", "SPS", "SPS", "SPS", "PMS", "SPS")
    assert find_twins(stations, models).tolist() == [1, 0, -1, -1, -1, -1, -1, -1]
    assert find_twins((), models).tolist() == [-1] * 8


def test_both_conditions_must_hold() -> None:
    """More than 5 µg/m³ and more than 70 % of the mean apart: both channels are flagged, else none."""
    raw = np.array([[4.0, 8.0], [50.0, 60.0], [10.0, 22.0], [10.0, 20.0], [np.nan, 30.0], [1.0, 6.0]])
    found = channel_disagreement(raw, np.array([1, 0]), PROPERTIES["pm2_5"])
    assert found.tolist() == [[False] * 2, [False] * 2, [True] * 2, [False] * 2, [False] * 2, [False] * 2]
