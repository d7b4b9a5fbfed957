"""Validating hour by hour with a trail gives what validating all hours at once gives."""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from validation.flags import Flag
from validation.network import Calibrations, Network, Validated, fit, follow, validate

Floats = npt.NDArray[np.float64]
HOUR = np.timedelta64(1, "h")
JUDGED = 60
NUMBERS = ("value", "lower", "upper", "estimate", "estimate_lower", "estimate_upper")


def with_trouble(network: Network, seed: int) -> Network:
    """Add to the last days what checks remember: stuck blocks with gaps, silences, lasting rises, an episode, fog."""
    rng = np.random.default_rng(seed)
    raw, humidity, reference = network.raw.copy(), network.relative_humidity.copy(), network.reference.copy()
    last = len(raw) - JUDGED
    raw[last - 30 : last + 10, 0] = 17.25
    raw[last - 20 : last + 6 : 3, 0] = np.nan
    raw[last + 12 : last + 40, 1] = np.nan
    raw[last + 5 : last + 33, 2] *= 2.5
    raw[last + 20 : last + 26] *= rng.uniform(4, 6, (6, raw.shape[1]))
    raw[rng.random(raw.shape) < 0.05] *= 9
    raw[last - 3 :: 7, 3] = 0.0
    humidity[last + 40 : last + 50] = rng.uniform(84, 99, (10, raw.shape[1]))
    reference[last - 40 : last + 8, 0] = 11.0
    reference[last + 30 : last + 34] = np.nan
    return replace(network, raw=raw, relative_humidity=humidity, reference=reference)


def as_gas(network: Network) -> Network:
    """Call it NO2 beside O3: cells are judged on both sides, and with each other's channel."""
    return replace(network, observed_property="no2", other_raw={"o3": 30.0 - network.raw / 2})


def walked(network: Network, calibrations: Calibrations, steps: tuple[int, ...]) -> list[Validated]:
    """Validate the last hours in steps of so many hours, each on the trail of the one before."""
    begin, trail = network.hours[-JUDGED], None
    found: list[Validated] = []
    while begin <= network.hours[-1]:
        end = min(begin + steps[len(found) % len(steps)] * HOUR, network.hours[-1] + HOUR)
        known = network.between(network.hours[0], end)
        assert trail is None or trail.leads_to(begin, known, calibrations)
        part, trail = follow(known, calibrations, begin=begin, end=end, trail=trail)
        found.append(part)
        begin = end
    return found


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("gas", [False, True])
@pytest.mark.parametrize("steps", [(1,), (1, 5, 30)])
def test_hour_by_hour_is_what_all_at_once_is(world: Any, seed: int, gas: bool, steps: tuple[int, ...]) -> None:
    """Flags are equal and numbers agree to the last digits, whatever the steps and the trouble before them."""
    network = with_trouble(as_gas(world.network) if gas else world.network, seed)
    calibrations = fit(network, at=network.hours[-JUDGED])
    whole = validate(network, calibrations, begin=network.hours[-JUDGED], end=network.hours[-1] + HOUR)
    parts = walked(network, calibrations, steps)
    np.testing.assert_array_equal(np.concatenate([part.flags for part in parts]), whole.flags)
    for name in NUMBERS:
        found = np.concatenate([getattr(part, name) for part in parts])
        np.testing.assert_allclose(found, getattr(whole, name), rtol=1e-9, err_msg=name)
    wanted = Flag.STUCK | Flag.SPIKE | Flag.MISSING | (0 if gas else Flag.NEIGHBOUR | Flag.EPISODE | Flag.ZERO)
    assert np.bitwise_or.reduce(whole.flags.ravel()) & wanted == wanted


def test_a_late_reading_or_a_new_calibration_leaves_the_trail(world: Any) -> None:
    """What was made from other readings, another hour or another calibration is not built upon."""
    network, begin = world.network, world.network.hours[-1]
    calibrations = fit(network, at=begin)
    _, trail = follow(network, calibrations, begin=begin - 3, end=begin)
    assert trail.leads_to(begin, network, calibrations)
    assert not trail.leads_to(begin - 1, network, calibrations)
    assert not trail.leads_to(begin, network, replace(calibrations))
    late = network.raw.copy()
    late[-5, 2] += 1.0
    revised = network.reference.copy()
    revised[-9, 1] = np.nan
    changes: list[dict[str, Any]] = [{"raw": late}, {"reference": revised}, {"latitude": network.latitude + 0.1}]
    for change in [*changes, {"reference_longitude": network.reference_longitude + 0.1}]:
        assert not trail.leads_to(begin, replace(network, **change), calibrations)


def test_a_late_reading_that_moves_no_mean_leaves_the_trail_too(world: Any) -> None:
    """Four equal readings where three were before: the mean is the same, and the hour stands still."""
    known = np.full_like(world.network.raw, 1.0)
    network, begin = replace(world.network, spread=known), world.network.hours[-1]
    calibrations = fit(network, at=begin)
    few, still = known.copy(), known.copy()
    few[-5, 2], still[-5, 2] = np.nan, 0.0
    _, trail = follow(replace(network, spread=few), calibrations, begin=begin - 3, end=begin)
    assert trail.leads_to(begin, replace(network, spread=few), calibrations)
    assert not trail.leads_to(begin, replace(network, spread=still), calibrations)
    assert not trail.leads_to(begin, world.network, calibrations)


def test_a_trail_that_leads_elsewhere_changes_nothing(world: Any) -> None:
    """With a trail of other readings the answer is the one without a trail."""
    network, begin = world.network, world.network.hours[-1]
    calibrations = fit(network, at=begin)
    late = network.raw.copy()
    late[-3, :] *= 30.0
    other = replace(network, raw=late)
    _, trail = follow(network, calibrations, begin=begin - 3, end=begin)
    found, _ = follow(other, calibrations, begin=begin, end=begin + HOUR, trail=trail)
    np.testing.assert_array_equal(found.value, validate(other, calibrations, begin=begin, end=begin + HOUR).value)
