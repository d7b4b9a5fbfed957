"""Calibrating and validating a small world whose truth is known."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from tests.validation.conftest import last_day
from validation.calibrations import FULL, NO_SKILL, NONE, PRIOR, SHORT
from validation.flags import Flag
from validation.history import HistoryShapeError, Network
from validation.network import Calibrations, Validated, fit, validate
from validation.policy import DEFAULT

Floats = npt.NDArray[np.float64]
Build = Callable[..., Any]
DAY = np.timedelta64(24, "h")


def run(network: Network, previous: Calibrations | None = None) -> tuple[Calibrations, Validated]:
    begin, end = last_day(network)
    calibrations = fit(network, at=begin, previous=previous)
    return calibrations, validate(network, calibrations, begin=begin, end=end)


def rmse(found: Floats, truth: Floats) -> float:
    known = np.isfinite(found)
    return float(np.sqrt(np.mean((found[known] - truth[known]) ** 2)))


def test_values_are_far_better_than_raw_and_faults_get_none(world: Any) -> None:
    """With a tenth of the hours spoiled, values beat raw by four, and spoiled hours get none."""
    _, found = run(world.network)
    good, truth = ~world.spoiled[-24:], world.truth[-24:]
    assert rmse(np.where(good, found.value, np.nan), truth) < rmse(world.network.raw[-24:][good], truth[good]) / 4
    assert np.isfinite(found.value[good]).mean() > 0.97
    assert not np.isfinite(found.value[~good]).any()
    assert ((found.flags & Flag.SPIKE) != 0)[~good].mean() > 0.9


def test_most_truths_lie_in_the_interval(world: Any) -> None:
    """A 95 % interval holds at least nine truths of ten on the day after the fit."""
    _, found = run(world.network)
    known = np.isfinite(found.value)
    inside = (world.truth[-24:] >= found.lower) & (world.truth[-24:] <= found.upper)
    assert inside[known].mean() > 0.9
    assert (found.lower[known] <= found.value[known]).all()
    assert (found.value[known] <= found.upper[known]).all()


def test_no_hour_depends_on_a_later_one(world: Any) -> None:
    """Cutting the future off, or validating hour by hour, changes no number."""
    network = world.network
    begin, end = last_day(network)
    calibrations = fit(network, at=begin)
    whole = validate(network, calibrations, begin=begin, end=end)
    cut = network.between(network.hours[0], begin + 9)
    again = validate(cut, fit(cut, at=begin), begin=begin, end=begin + 9)
    for name in ("value", "lower", "upper", "estimate", "estimate_lower", "estimate_upper", "flags"):
        np.testing.assert_allclose(getattr(again, name), getattr(whole, name)[:9], rtol=1e-9)


def test_the_same_hours_give_the_same_calibration(world: Any) -> None:
    """Two fits of the same history are equal to the last bit."""
    first, second = (fit(world.network, at=world.network.hours[300]) for _ in range(2))
    assert (first.coefficients == second.coefficients).all()


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_references_have_a_stated_behaviour(build: Build, count: int) -> None:
    """Without references nothing is calibrated and every hour says so; one or two give values."""
    network = build(references=count).network
    calibrations, found = run(network)
    if count == 0:
        assert set(calibrations.status) == {NONE}
        assert np.isnan(found.value).all()
        assert ((found.flags & Flag.NOT_CALIBRATED) != 0).all()
    else:
        assert np.isfinite(found.value).mean() > 0.95
    assert (((found.flags & Flag.FEW_REFERENCES) != 0) == (count < 2)).all()


def test_the_ladder_of_a_growing_history(build: Build) -> None:
    """Siblings calibrate after three days, a lone station after seven, and three weeks make it full."""
    network = build(hours=720).network
    alone = replace(network, sensor_model=tuple(f"model-{i}" for i in range(8)))
    start = network.hours[0]
    assert set(fit(network, at=start + 2 * DAY).status) == {NONE}
    assert set(fit(network, at=start + 3 * DAY).status) == {SHORT}
    assert set(fit(alone, at=start + 4 * DAY).status) == {NONE}
    assert set(fit(alone, at=start + 7 * DAY).status) == {SHORT}
    assert set(fit(alone, at=start + 28 * DAY).status) == {FULL}


def test_a_new_station_borrows_from_its_siblings(build: Build) -> None:
    """A station of a known model has a value on its first day, marked as the model's."""
    network = build().network
    raw = network.raw.copy()
    raw[:-30, 0] = np.nan
    calibrations, found = run(replace(network, raw=raw))
    assert calibrations.status[0] == PRIOR
    assert np.isfinite(found.value[:, 0]).all()
    assert ((found.flags[:, 0] & Flag.CALIBRATION_PRIOR) != 0).all()
    assert (found.flags[:, 1:] & Flag.CALIBRATION_PRIOR == 0).all()


def test_silence_of_the_references_holds_the_calibration(build: Build) -> None:
    """Without references for ten days values go on, flagged as held, still far better than raw."""
    world = build(hours=720)
    reference = world.network.reference.copy()
    reference[-240:] = np.nan
    _, heard = run(world.network)
    calibrations, silent = run(replace(world.network, reference=reference))
    assert set(calibrations.status) == {SHORT}
    assert np.isfinite(silent.value).all()
    assert ((silent.flags & Flag.CALIBRATION_HELD) != 0).all()
    assert (heard.flags & Flag.CALIBRATION_HELD == 0).all()
    assert rmse(silent.value, world.truth[-24:]) < 0.3 * rmse(world.network.raw[-24:], world.truth[-24:])


def test_a_previous_calibration_is_held_when_none_can_be_fitted(build: Build) -> None:
    """When the window holds nothing to learn from, the coefficients of before stay."""
    network = build().network
    before, _ = run(network)
    none = replace(network, reference=np.full_like(network.reference, np.nan))
    held, found = run(none, previous=before)
    np.testing.assert_array_equal(held.coefficients, before.coefficients)
    assert held.status == before.status
    assert np.isfinite(found.value).all()


def test_a_sensor_without_skill_gives_no_value(build: Build) -> None:
    """A station that measures noise gets no value and is told why; its estimate is the field."""
    world = build()
    raw = world.network.raw.copy()
    raw[:, 2] = np.random.default_rng(5).uniform(5, 25, len(raw))
    calibrations, found = run(replace(world.network, raw=raw))
    assert calibrations.status[2] == NO_SKILL
    assert np.isnan(found.value[:, 2]).all()
    assert ((found.flags[:, 2] & (Flag.NO_SKILL | Flag.NOT_CALIBRATED)) == (Flag.NO_SKILL | Flag.NOT_CALIBRATED)).all()
    reference = world.network.reference
    field = (reference - reference.mean(0) + reference.mean()).mean(1)[-24:]
    assert np.abs(found.estimate[:, 2] - field).max() < 2.0


def test_one_wrong_reading_moves_an_estimate_no_further_than_its_bound(build: Build) -> None:
    """A believed reading fifty times too high leaves the estimate near the field."""
    network = build().network
    begin, end = last_day(network)
    calibrations = fit(network, at=begin)
    raw = network.raw.copy()
    raw[-4:, 1] *= np.array([50.0, 52.0, 54.0, 53.0])
    raw[-4:, 1] = np.minimum(raw[-4:, 1], 990.0 + np.arange(4))
    usual = validate(network, calibrations, begin=begin, end=end)
    moved = validate(replace(network, raw=raw), calibrations, begin=begin, end=end)
    bound = 3.2 * calibrations.shares.scale[1] * (20 + usual.estimate[-1, 1]) / 20
    assert np.abs(moved.estimate[-1, 1] - usual.estimate[-1, 1]) < bound + 2.0


def test_permuting_the_stations_permutes_the_answer(world: Any) -> None:
    """Stations have no order: values follow them, up to 3 % from the random starts."""
    network, order = world.network, np.random.default_rng(1).permutation(8)
    moved = replace(
        network, raw=network.raw[:, order], relative_humidity=network.relative_humidity[:, order],
        temperature=network.temperature[:, order], latitude=network.latitude[order], longitude=network.longitude[order],
    )  # fmt: skip
    np.testing.assert_allclose(run(moved)[1].value, run(network)[1].value[:, order], rtol=0.03)


def test_labels_that_do_not_belong_destroy_the_skill(build: Build) -> None:
    """Hours of the references shuffled in time leave nothing to learn: no station gets a value."""
    network = build().network
    shuffled = np.random.default_rng(2).permutation(network.reference)
    calibrations, _ = run(replace(network, reference=shuffled))
    assert set(calibrations.status) == {NO_SKILL}


def test_gas_with_the_other_channel_is_better_than_without(build: Build) -> None:
    """An NO2 cell that answers to ozone is calibrated better with the ozone channel than alone."""
    world = build(hours=720)
    ozone = 30 + 10 * np.random.default_rng(3).normal(size=world.truth.shape)
    network = replace(world.network, observed_property="no2", raw=world.network.raw + 0.8 * ozone)
    both = replace(network, other_raw={"o3": ozone + 0.5 * np.random.default_rng(4).normal(size=ozone.shape)})
    assert "raw_o3" in fit(both, at=last_day(both)[0]).feature_names
    assert rmse(run(both)[1].value, world.truth[-24:]) < 0.7 * rmse(run(network)[1].value, world.truth[-24:])


def test_unknown_positions_and_no_weather_are_no_obstacle(build: Build) -> None:
    """A station without position, humidity and temperature is calibrated all the same."""
    network = build().network
    latitude, nothing = network.latitude.copy(), np.full_like(network.raw, np.nan)
    latitude[3] = np.nan
    _, found = run(replace(network, latitude=latitude, relative_humidity=nothing, temperature=nothing))
    assert np.isfinite(found.value).mean() > 0.95


def test_an_estimate_lies_in_its_interval_where_the_reference_is_below_zero(build: Build) -> None:
    """Official analysers say -2 in clean air; the estimate beside one is then 0, as every concentration below zero."""
    network = build().network
    latitude, longitude, reference = network.latitude.copy(), network.longitude.copy(), network.reference.copy()
    latitude[2], longitude[2] = network.reference_latitude[0], network.reference_longitude[0]
    reference[-6:, 0] = -2.0 + 0.1 * np.arange(6)
    _, found = run(replace(network, latitude=latitude, longitude=longitude, reference=reference))
    assert found.estimate[-6:, 2].tolist() == [0.0] * 6
    np.testing.assert_allclose(found.estimate[:-6, 2], reference[-24:-6, 0], rtol=1e-3)
    assert (found.estimate_lower <= found.estimate).all()
    assert (found.estimate <= found.estimate_upper).all()


def test_before_the_first_hour_nothing_is_known(build: Build) -> None:
    """A fit before any history is no error: every station is not calibrated."""
    network = build(hours=48).network
    calibrations = fit(network, at=network.hours[0])
    found = validate(network, calibrations, begin=network.hours[0], end=network.hours[5])
    assert set(calibrations.status) == {NONE}
    assert np.isnan(found.value).all()
    assert np.isnan(found.estimate).all()


def test_arrays_that_do_not_fit_are_named(build: Build) -> None:
    """A wrong shape and a missing hour are refused with the name of the array."""
    network = build(hours=48).network
    with pytest.raises(HistoryShapeError, match="temperature has shape"):
        replace(network, temperature=network.temperature[:, 1:])
    with pytest.raises(HistoryShapeError, match="contiguous"):
        replace(network, hours=np.concatenate([network.hours[:-1], network.hours[-1:] + 1]))


def test_the_default_policy_states_a_coverage_of_two_sigma() -> None:
    """The interval's factor is that of 95 % with a margin for estimating sigma."""
    assert 1.96 <= DEFAULT.coverage_factor <= 2.2


def test_beyond_what_was_seen_the_interval_grows(build: Build) -> None:
    """An episode at nearly twice the highest level of the window is flagged and its interval widens."""
    network = build().network
    begin, end = last_day(network)
    calibrations = fit(network, at=begin)
    raw, reference = network.raw.copy(), network.reference.copy()
    highest = calibrations.scores["highest_raw"]
    raw[-24:] = highest * (1.8 + 0.01 * np.random.default_rng(6).normal(size=(24, 8)))
    reference[-24:] = highest.max() * 1.2
    found = validate(replace(network, raw=raw, reference=reference), calibrations, begin=begin, end=end)
    usual = validate(network, calibrations, begin=begin, end=end)
    given = np.isfinite(found.value)
    assert given[4:].all()
    assert ((found.flags & Flag.EXTRAPOLATED) != 0)[given].all()
    assert (usual.flags & Flag.EXTRAPOLATED == 0).mean() > 0.9
    relative = ((found.upper - found.lower) / (20 + found.value))[given].mean()
    assert relative > 1.25 * ((usual.upper - usual.lower) / (20 + usual.value))[np.isfinite(usual.value)].mean()


@pytest.mark.parametrize(
    "change",
    [
        {"raw": np.nan},
        {"raw": 0.0},
        {"raw": 5.0},
        {"raw": 1e30},
        {"raw": np.inf},
        {"raw": -3.0},
        {"reference": np.nan},
        {"reference": 7.0},
        {"latitude": np.nan, "reference_latitude": np.nan},
        {"latitude": 52.0, "longitude": 5.0, "reference_latitude": 52.0, "reference_longitude": 5.0},
        {"relative_humidity": 100.0, "temperature": 10.0},
    ],
)
def test_odd_networks_are_no_error(build: Build, change: dict[str, float]) -> None:
    """Constant, missing, infinite or impossible input ends in flags, never in an exception or a warning."""
    network = build(hours=240).network
    odd = replace(network, **{name: np.full_like(getattr(network, name), value) for name, value in change.items()})
    calibrations, found = run(odd)
    impossible = "raw" in change or "reference" in change
    assert np.isfinite(found.value).mean() == pytest.approx(0.0 if impossible else 1.0, abs=0.05)
    assert json.dumps([calibrations.record(i) for i in range(8)], allow_nan=False)


def test_a_network_without_stations_is_no_error(build: Build) -> None:
    """No series give no values."""
    _, found = run(build(stations=0).network)
    assert found.value.shape == (24, 0)
