"""Validating hours whose references, or whose past, are not those of the fit."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from validation.flags import Flag
from validation.network import Calibrations, Network, fit, follow, validate

HOUR = np.timedelta64(1, "h")


@pytest.fixture(scope="module")
def network(build: Callable[..., Any]) -> Network:
    """Make eleven days of eight stations."""
    found: Network = build(hours=264).network
    return found


@pytest.fixture(scope="module")
def calibrations(network: Network) -> Calibrations:
    """Fit them once, before the last four days."""
    return fit(network, at=network.hours[-96])


def test_values_go_on_where_no_reference_is_left(network: Network, calibrations: Calibrations) -> None:
    """A network that lost all its references has values, told to stand on few of them, and they are those of before."""
    none = replace(
        network, reference=network.reference[:, :0], reference_latitude=np.zeros(0), reference_longitude=np.zeros(0),
        reference_id=(),
    )  # fmt: skip
    span = {"begin": network.hours[-24], "end": network.hours[-1] + HOUR}
    found, before = (validate(each, calibrations, **span) for each in (none, network))
    assert (found.flags & Flag.FEW_REFERENCES != 0).all()
    both = np.isfinite(found.value) & np.isfinite(before.value)
    assert both.mean() > 0.9
    np.testing.assert_allclose(found.value[both], before.value[both])


def test_a_trail_knows_of_equal_readings_from_before_it(network: Network, calibrations: Calibrations) -> None:
    """Of a coarse sensor that sends every second hour a run of twenty is counted over more than the trail's day."""
    raw = network.raw.copy()
    raw[-60:, 0] = np.where(np.arange(60) % 2, 17.0, np.nan)
    expected = calibrations.expectation
    coarse = replace(calibrations, expectation=replace(expected, repeat=np.full(8, 20)))
    still, end = replace(network, raw=raw), network.hours[-1] + HOUR
    _, trail = follow(still, coarse, begin=end - 3 * HOUR, end=end - HOUR)
    assert trail.leads_to(end - HOUR, still, coarse)
    found, _ = follow(still, coarse, begin=end - HOUR, end=end, trail=trail)
    assert (found.flags & Flag.STUCK != 0).tolist() == [[True] + [False] * 7]
