"""Calibrations as records and back, held over, cut out and put together: every array of them, by hand."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from validation.calibrations import FULL, METHOD, NO_SKILL, NONE, PRIOR, SHORT, Calibrations, Interval, Shares
from validation.field import References
from validation.kriging import Covariance
from validation.policy import VERSION
from validation.screening import Expectation

Floats = npt.NDArray[np.float64]
FEATURES, STATIONS = ("constant", "raw"), ("NL10", "NL20")
AT = np.datetime64("2026-03-01T05", "h")
HOUR = np.timedelta64(1, "h")


def made(
    status: tuple[str, ...], begin: float = 0.0, features: tuple[str, ...] = FEATURES,
    reference_id: tuple[str, ...] = STATIONS, at: np.datetime64 = AT, scores: tuple[str, ...] = ("skill", "hours"),
) -> Calibrations:  # fmt: skip
    """Make calibrations in which no two numbers are equal, counted from `begin`."""
    s, p, r = len(status), len(features), len(reference_id)
    last = begin

    def count(*shape: int) -> Floats:
        nonlocal last
        numbers = last + 1 + np.arange(np.prod(shape), dtype=np.float64).reshape(shape)
        last += numbers.size
        return numbers

    return Calibrations(
        fitted_at=at, status=status, feature_names=features, coefficients=count(s, p), covariance=count(s, p, p),
        centre=count(s, p), window_begin=at - (100 + count(s).astype(int)) * HOUR,
        window_end=at - count(s).astype(int) * HOUR,
        reference_id=reference_id,
        references=References(count(r), count(r), np.arange(r) == 0, Covariance(8.0, 0.3, 2.5)),
        reference_weight=count(s, r),
        expectation=Expectation(count(s), count(s), count(s), count(s).astype(np.int64)),
        interval=Interval(*(count(s) for _ in fields(Interval))),
        shares=Shares(*(count(s) for _ in fields(Shares))),
        scores={name: count(s) for name in scores}, seed=7,
    )  # fmt: skip


def rows(known: Calibrations) -> list[dict[str, Any]]:
    """Everything that belongs to one series, of each, whatever its references are called."""
    return [known.record(i) for i in range(len(known.status))]


def test_a_record_holds_everything_of_a_series() -> None:
    """Each number stands where it belongs, times are UTC, and what is unknown is null."""
    two = made((FULL, NONE))
    covariance, unknown = two.covariance.copy(), two.scores["skill"].copy()
    covariance[1, 0, 1], unknown[1] = np.inf, np.nan
    record = replace(two, covariance=covariance, scores={**two.scores, "skill": unknown}).record(1)
    assert record == {
        "method": METHOD,
        "status": NONE,
        "window_begin": "2026-02-24T07:00:00Z",  # 100 + 18 hours before
        "window_end": "2026-02-28T09:00:00Z",
        "coefficients": {"constant": 3.0, "raw": 4.0},
        "covariance": [[9.0, None], [11.0, 12.0]],
        "interval_parts": {part.name: 38.0 + 2 * i for i, part in enumerate(fields(Interval))},
        "reference_weight": {"NL10": 27.0, "NL20": 28.0},
        "scores": {"skill": None, "hours": 64.0},
        "provenance": {
            "policy": VERSION,
            "seed": 7,
            "fitted_at": "2026-03-01T05:00:00Z",
            "centre": {"constant": 15.0, "raw": 16.0},
            "screening": {"offset": 30.0, "gain": 32.0, "scale": 34.0, "repeat": 36.0},
            "estimate": {part.name: 52.0 + 2 * i for i, part in enumerate(fields(Shares))},
            "references": {"NL10": [21.0, 23.0, True], "NL20": [22.0, 24.0, False]},
            "field": {"range_km": 8.0, "nugget": 0.3, "sill": 2.5},
        },
    }


def test_what_was_written_is_read_back() -> None:
    """Records, also as JSON, give the same calibrations; the number of equal hours stays a whole one."""
    two = made((FULL, NONE))
    again = Calibrations.from_records(json.loads(json.dumps(rows(two))))
    assert rows(again) == rows(two)
    assert (again.fitted_at, again.feature_names, again.reference_id, again.seed) == (AT, FEATURES, STATIONS, 7)
    assert again.window_end.tolist() == two.window_end.tolist()
    assert again.references.usable.tolist() == [True, False]
    assert again.references.covariance == Covariance(8.0, 0.3, 2.5)
    assert again.expectation.repeat.dtype == np.int64


def test_records_that_know_less_are_read_beside_those_that_know_more() -> None:
    """A feature or a weight that a record lacks counts for nothing, a score is unknown, a covariance is filled up with
    zeros; null is NaN; references and the time are the newest record's, and times may come as datetimes."""
    more = made((FULL,), begin=100.0)
    less = made((SHORT,), features=("constant",), reference_id=("NL20",), at=AT - 24 * HOUR, scores=("hours",))
    old = less.record(0)
    old["window_end"] = datetime(2026, 2, 27, 3, tzinfo=UTC)
    old["covariance"] = [[None]]
    old["scores"]["hours"] = None
    again = Calibrations.from_records([old, more.record(0)])
    assert again.feature_names == FEATURES
    assert again.fitted_at == AT
    np.testing.assert_array_equal(again.coefficients, [[1.0, 0.0], more.coefficients[0]])
    np.testing.assert_array_equal(again.covariance, [[[np.nan, 0], [0, 0]], more.covariance[0]])
    np.testing.assert_array_equal(again.centre, [[less.centre[0, 0], 0.0], more.centre[0]])
    np.testing.assert_array_equal(
        again.reference_weight, [[0.0, less.reference_weight[0, 0]], more.reference_weight[0]]
    )
    np.testing.assert_array_equal(again.scores["skill"], [np.nan, more.scores["skill"][0]])
    np.testing.assert_array_equal(again.scores["hours"], [np.nan, more.scores["hours"][0]])
    assert again.reference_id == STATIONS
    assert again.references.offset.tolist() == more.references.offset.tolist()
    assert again.window_end[0] == np.datetime64("2026-02-27T03", "h")


def test_a_record_from_before_kriging_has_no_covariance_of_the_field() -> None:
    """Its references are read all the same; none are no error."""
    record = made((FULL,)).record(0)
    del record["provenance"]["field"]
    assert Calibrations.from_records([record]).references.covariance is None
    alone = made((FULL,), reference_id=())
    record = replace(alone, references=replace(alone.references, covariance=None)).record(0)
    assert record["provenance"]["field"] is None
    again = Calibrations.from_records([record])
    assert again.reference_weight.shape == (1, 0)
    assert again.references.offset.size == 0
    assert again.references.usable.dtype == np.dtype(bool)


def test_what_is_unknown_of_a_reference_stays_so() -> None:
    """Its offset and variance are written as null, and read back as NaN."""
    one = made((FULL,))
    learnt = replace(one.references, offset=np.array([np.nan, 1.0]), variance=np.array([2.0, np.nan]))
    again = Calibrations.from_records(rows(replace(one, references=learnt))).references
    np.testing.assert_array_equal(again.offset, [np.nan, 1.0])
    np.testing.assert_array_equal(again.variance, [2.0, np.nan])
    assert again.offset.dtype == again.variance.dtype == np.float64


def test_what_gave_values_is_held_where_nothing_can_be_fitted() -> None:
    """A series without a calibration keeps all of the one before, if that gave values; the references, the time and
    all other series are the new ones."""
    before = made((FULL, SHORT, PRIOR, NO_SKILL, NONE, FULL, FULL), begin=1000.0)
    now = made((NONE, NONE, NONE, NONE, NONE, FULL, NO_SKILL))
    held = now.hold(before)
    assert held.status == (FULL, SHORT, PRIOR, NONE, NONE, FULL, NO_SKILL)
    for i, kept in enumerate((True, True, True, False, False, False, False)):
        wanted = (before if kept else now).record(i)
        found = held.record(i)
        for record in (wanted, found):  # known of the network, not of the series
            del record["reference_weight"], record["provenance"]["references"]
        assert found == wanted
    np.testing.assert_array_equal(held.reference_weight, now.reference_weight)
    assert held.references is now.references


def test_a_score_that_is_new_is_unknown_in_what_is_held() -> None:
    """A calibration of before it has none; one that is gone is not carried on."""
    before = made((FULL, FULL), scores=("hours", "gone"))
    held = made((NONE, FULL)).hold(before)
    assert list(held.scores) == ["skill", "hours"]
    np.testing.assert_array_equal(np.isnan(held.scores["skill"]), [True, False])
    assert held.scores["hours"][0] == before.scores["hours"][0]


def test_nothing_is_held_from_another_network() -> None:
    """Other features, or another number of series, are another calibration."""
    now = made((NONE, NONE))
    assert now.hold(made((FULL, FULL), features=("constant", "other"))) is now
    assert now.hold(made((FULL,))) is now


def test_some_rows_are_taken_in_their_order() -> None:
    """Each row comes with everything that belongs to it."""
    three = made((FULL, SHORT, NONE))
    taken = three.take(np.array([2, 0]))
    assert taken.status == (NONE, FULL)
    assert rows(taken) == [three.record(2), three.record(0)]
    assert taken.references is three.references


def test_joined_parts_are_what_their_records_say_together() -> None:
    """Series stand in the order of the parts, references are those of the newest, in its order; what a part does not
    know is zero, or unknown."""
    old = made((SHORT, PRIOR), features=("constant",), at=AT - HOUR, scores=("hours",), reference_id=("NL30", "NL20"))
    new = made((FULL,), begin=100.0)
    for parts in ([old, new], [new, old]):
        records = [record for part in parts for record in rows(part)]
        together, read = Calibrations.join(parts), Calibrations.from_records(records)
        assert rows(together) == rows(read)
        assert together.reference_id == STATIONS
        assert together.fitted_at == AT
    weight = Calibrations.join([old, new]).reference_weight
    np.testing.assert_array_equal(weight[:, 0], [0.0, 0.0, new.reference_weight[0, 0]])
    np.testing.assert_array_equal(weight[:2, 1], old.reference_weight[:, 1])
    without = [replace(part, covariance=np.zeros((len(part.status), 0, 0))) for part in (old, new)]
    assert Calibrations.join(without).covariance.shape == (3, 0, 0)
