"""What a fit learns from: which hours, from when on, and how much each counts."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from validation.policy import DEFAULT, PROPERTIES
from validation.training import prepare, tail

Build = Callable[..., Any]
PM = PROPERTIES["pm2_5"]


@pytest.mark.parametrize(("count", "row"), [(1, 4), (2, 2), (3, 0), (4, 0)])
def test_the_last_usable_rows_begin_at_the_first_of_them(count: int, row: int) -> None:
    """Counted backwards over rows that are not usable, and everything where there are no more than asked for."""
    assert tail(np.array([False, True, True, False, True]), count) == row
    assert tail(np.zeros(5, bool), count) == 0


def test_a_fit_learns_from_its_window(build: Build) -> None:
    """Of 240 hours the last 100 with a reference and a reading, over at most 150: hours without count in those."""
    network = build(hours=240).network
    silent = network.reference.copy()
    silent[150:160] = np.nan
    at = network.hours[-1] + np.timedelta64(1, "h")
    short = replace(DEFAULT, fit_window=100)
    assert prepare(network, at, PM, short).past.hours[0] == network.hours[140]
    assert prepare(replace(network, reference=silent), at, PM, short).past.hours[0] == network.hours[130]
    assert prepare(network, at, PM, replace(DEFAULT, fit_history=150)).past.hours[0] == network.hours[90]


def test_what_is_usual_is_that_of_lately(build: Build) -> None:
    """A sensor that reads twice as much since a while is expected to do so."""
    network = build(hours=400).network
    raw = network.raw.copy()
    raw[200:, 0] *= 2.0
    at, lately = network.hours[-1] + np.timedelta64(1, "h"), replace(DEFAULT, level_window=150)
    before, after = (prepare(each, at, PM, lately).expected.gain for each in (network, replace(network, raw=raw)))
    assert after[0] == pytest.approx(2 * before[0], rel=0.01)
    np.testing.assert_allclose(after[1:], before[1:])


def test_hours_in_which_references_disagree_count_less(build: Build) -> None:
    """By the square of one and their spread, in the noise of the property's hours; and one on average."""
    network = replace(build(hours=240).network, observed_property="no2")
    found = prepare(network, network.hours[-1] + np.timedelta64(1, "h"), PROPERTIES["no2"], DEFAULT)
    expected = 1 / (1 + found.seen.field.spread / 1.5) ** 2
    learnt = found.weight[0] > 0
    assert learnt.sum() > 200
    np.testing.assert_allclose(found.weight[0][learnt], expected[learnt] / expected[learnt].mean())
    assert found.weight[0].sum() == pytest.approx(learnt.sum())


@pytest.mark.parametrize(("humidity", "temperature"), [(100.5, 60.0), (0.0, -40.0)])
def test_weather_that_cannot_be_is_not_believed(build: Build, humidity: float, temperature: float) -> None:
    """A hygrometer may say half a per cent too much; beyond that, and outside -40 to 60 degrees, it is missing."""
    network = build(hours=100).network
    at, beyond = network.hours[-1] + np.timedelta64(1, "h"), np.array([0.0, np.sign(temperature) * 0.1] * 4)
    weather = np.ones_like(network.raw)
    odd = replace(
        network, relative_humidity=weather * (humidity + beyond), temperature=weather * (temperature + beyond)
    )
    known = prepare(odd, at, PM, DEFAULT).centre[:, 5:7]
    np.testing.assert_allclose(known[::2], [[(humidity - 50) / 20, (temperature - 10) / 10]] * 4)
    np.testing.assert_array_equal(known[1::2], 0.0)
