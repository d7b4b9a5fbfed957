"""What the record of a fit says, kept as JSON, read in pieces, and older than a score."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.validation.conftest import last_day
from validation.calibrations import PRIOR
from validation.flags import Flag
from validation.network import Calibrations, fit, validate
from validation.policy import DEFAULT
from validation.training import prepare

Build = Callable[..., Any]


def test_a_record_survives_json(world: Any) -> None:
    """Records written as JSON and read back validate to the same numbers."""
    network = world.network
    begin, end = last_day(network)
    fitted = fit(network, at=begin)
    records = [json.loads(json.dumps(fitted.record(i), allow_nan=False)) for i in range(len(fitted.status))]
    again = Calibrations.from_records(records)
    first = validate(network, fitted, begin=begin, end=end)
    second = validate(network, again, begin=begin, end=end)
    np.testing.assert_array_equal(first.value, second.value)
    np.testing.assert_array_equal(first.estimate_upper, second.estimate_upper)
    np.testing.assert_array_equal(first.flags, second.flags)


def test_calibrations_read_in_pieces_are_those_read_at_once(world: Any) -> None:
    """Joined pieces validate to the same numbers, also where only one of them has a feature and a score."""
    network = world.network
    begin, end = last_day(network)
    records = [dict(fit(network, at=begin).record(i)) for i in range(8)]
    short = records[:3]
    for record in short:
        name = list(record["coefficients"])[-1]
        record["coefficients"] = {key: value for key, value in record["coefficients"].items() if key != name}
        record["covariance"] = [row[:-1] for row in record["covariance"][:-1]]
        record["scores"] = {key: value for key, value in record["scores"].items() if key != "lowest_raw"}
    whole = validate(network, Calibrations.from_records(records), begin=begin, end=end)
    pieces = Calibrations.join([Calibrations.from_records(short), Calibrations.from_records(records[3:])])
    joined = validate(network, pieces, begin=begin, end=end)
    for name in ("value", "lower", "estimate", "estimate_upper", "flags"):
        np.testing.assert_array_equal(getattr(joined, name), getattr(whole, name))


def test_a_record_from_before_a_score_was_added_still_validates(world: Any) -> None:
    """Kept calibrations are never rewritten: one without the range of raw gives the same values."""
    network = world.network
    begin, end = last_day(network)
    fitted = fit(network, at=begin)
    records = [fitted.record(i) for i in range(8)]
    for record in records:
        del record["scores"]["lowest_raw"], record["scores"]["highest_raw"]
    again = validate(network, Calibrations.from_records(records), begin=begin, end=end)
    np.testing.assert_array_equal(again.value, validate(network, fitted, begin=begin, end=end).value)
    assert (again.flags & Flag.EXTRAPOLATED == 0).all()


def test_a_sensor_is_no_sibling_of_its_own(build: Build) -> None:
    """Of three of a model each has two; one that has no fit yet has three, and one alone none."""
    network = build().network
    raw = network.raw.copy()
    raw[:-30, 0] = np.nan
    models = ("new", "new", "new", "new", "pair", "pair", "single", "other")
    found = fit(replace(network, raw=raw, sensor_model=models), at=last_day(network)[0])
    assert found.scores["siblings"].tolist() == [3, 2, 2, 2, 1, 1, 0, 0]


def test_the_window_is_that_of_the_hours_learnt_from(build: Build) -> None:
    """It begins with the first and ends after the last hour with a reference and a reading, but for some outliers
    at its ends; and the range of raw is that of all of them, however little some of them count."""
    network = build().network
    reference, raw = network.reference.copy(), network.raw.copy()
    reference[:50], reference[-101:], raw[:70, 3], raw[-140:, 4] = np.nan, np.nan, np.nan, np.nan
    reference[60:200, :2] += 9.0 * np.random.default_rng(8).normal(size=(140, 2))  # hours that count less
    network, at = replace(network, reference=reference, raw=raw), last_day(network)[0]
    found, training = fit(network, at=at), prepare(network, at, DEFAULT.of("pm2_5"), DEFAULT)
    begin, end = [50] * 8, [len(raw) - 101] * 8
    begin[3], end[4] = 70, len(raw) - 140
    for late in (found.window_begin - network.hours[begin], network.hours[end] - found.window_end):
        assert (late >= np.timedelta64(0, "h")).all()
        assert (late <= np.timedelta64(12, "h")).all()
    for i in range(8):
        seen = network.raw[: len(raw) - 24, i][training.weight[i] > 0]
        assert [found.scores[f"{name}_raw"][i] for name in ("lowest", "highest")] == pytest.approx(
            np.quantile(seen, (0.005, 0.995)).tolist()
        )


def test_hours_without_a_reading_say_nothing_of_values(build: Build) -> None:
    """Where three hours of five are missing, the usual value from which the interval grows is that of the others."""
    network = build().network
    few = np.where(np.arange(len(network.hours))[:, None] % 5 < 3, np.nan, network.raw)
    whole, gaps = (fit(replace(network, raw=raw), at=last_day(network)[0]) for raw in (network.raw, few))
    np.testing.assert_allclose(gaps.interval.median, whole.interval.median, rtol=0.1)


def test_the_covariance_is_that_of_the_coefficients_given(build: Build) -> None:
    """A factor for the place multiplies the errors of the coefficients as it does these; those of borrowed coefficients
    are not known."""
    network = build().network
    raw = network.raw.copy()
    raw[:-30, 0] = np.nan
    network, at = replace(network, raw=raw), last_day(network)[0]
    found = fit(network, at=at)
    policy = replace(DEFAULT, place_spread=0.0, prior_places=1e12)
    plain = fit(network, at=at, policy=policy)
    assert found.status[0] == PRIOR
    assert np.isnan(found.covariance[0]).all()
    factor = found.scores["place_factor"][1:]
    assert np.ptp(factor) > 0.05
    np.testing.assert_allclose(plain.scores["place_factor"][1:], 1.0, atol=1e-4)
    np.testing.assert_allclose(found.covariance[1:], plain.covariance[1:] * (factor**2)[:, None, None], rtol=1e-3)


def test_a_calibration_from_before_a_score_existed_is_held(build: Build) -> None:
    """A record without the newer scores is held as it is, and the missing ones are unknown."""
    network = build(hours=240).network
    before = fit(network, at=last_day(network)[0])
    old = replace(before, scores={name: values for name, values in before.scores.items() if name != "half_life"})
    silent = replace(network, reference=np.full_like(network.reference, np.nan))
    held = fit(silent, at=last_day(network)[0], previous=old)
    assert held.status == before.status
    assert np.isnan(held.scores["half_life"]).all()
