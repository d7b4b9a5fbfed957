"""Applying a fit: inside what it has learnt from, and beyond."""

import numpy as np
import numpy.typing as npt

from validation.fit import apply, predict
from validation.skill import information_share

STEEP = np.array([[1.0, 1.6, 0.0, 0.0, 0.0, 0.0, 0.0]])


def rows(raw: list[float]) -> npt.NDArray[np.float64]:
    x = np.zeros((1, len(raw), 7))
    x[0, :, 0], x[0, :, 1] = 1.0, raw
    return x


def test_inside_the_window_the_line_holds() -> None:
    """Up to the highest raw learnt from, the value is the prediction."""
    x = rows([0.0, 5.0, 10.0])
    assert apply(x, STEEP, np.array([10.0])).tolist() == predict(x, STEEP).tolist()


def test_beyond_the_window_a_steep_line_is_not_followed() -> None:
    """Ten units above the window the value has risen by ten, not by sixteen; a flat slope is followed as it is."""
    assert apply(rows([20.0]), STEEP, np.array([10.0]))[0, 0] == 27.0
    flat = np.where(STEEP == 1.6, 0.5, STEEP)
    assert apply(rows([20.0]), flat, np.array([10.0]))[0, 0] == 11.0


def test_readings_and_hours_are_treated_alike() -> None:
    """One row a column gives what a series of one hour gives; an unknown highest raw changes nothing."""
    x = rows([20.0])
    assert apply(x[:, 0], STEEP, np.array([10.0])).tolist() == apply(x, STEEP, np.array([10.0]))[0].tolist()
    assert apply(x, STEEP, np.array([np.nan]))[0, 0] == 33.0


def test_a_value_is_never_negative() -> None:
    """A reading far below zero gives zero."""
    assert apply(rows([-30.0]), STEEP, np.array([10.0]))[0, 0] == 0.0


def test_the_information_share_tells_sensor_from_weather() -> None:
    """A value from raw alone has share one, from humidity alone none, from both equally and independently one half."""
    x = np.zeros((1, 4, 7))
    x[0, :, 0], x[0, :, 1], x[0, :, 5] = 1.0, [1, 1, -1, -1], [1, -1, 1, -1]
    weight = np.ones((1, 4))
    shares = [
        information_share(x, np.array([[3.0, raw, 0, 0, 0, humidity, 0]]), weight)[0]
        for raw, humidity in ((1.0, 0.0), (0.0, 1.0), (1.0, 1.0))
    ]
    assert shares == [1.0, 0.0, 0.5]
    assert np.isnan(information_share(x, np.zeros((1, 7)), weight)[0])
