"""The truth can be asked at any time, and the official stations are close to it."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from firmware_sim.stations import make_references, make_stations
from firmware_sim.truth import reference_hours, truth, truth_hours

BEGIN = datetime(2026, 11, 1, 0, 30, tzinfo=UTC)
END = BEGIN + timedelta(days=14)


def test_truth_of_hours_is_the_mean_of_the_truth() -> None:
    """An hour's truth is the mean of the truth within it."""
    stations = make_stations(3, 1)
    begins = np.array(["2026-11-01T05", "2026-11-03T22"], "datetime64[h]")
    minutes = begins[1] + np.arange(60).astype("timedelta64[m]")
    exact = truth(stations, "pm2_5", minutes)
    assert exact.shape == (60, 3)
    np.testing.assert_allclose(truth_hours(stations, "pm2_5", begins)[1], exact.mean(axis=0), rtol=0.01)


def test_references_measure_the_truth() -> None:
    """Official hours differ from the truth at their place by the noise of the instrument, without bias."""
    references = make_references(seed=1)
    rows = [row for row in reference_hours(references, BEGIN, END) if row.observed_property == "pm2_5"]
    hours = np.arange(np.datetime64("2026-11-01T01", "h"), np.datetime64("2026-11-15T00", "h"))
    exact = truth_hours(references, "pm2_5", hours)
    column = {reference.reference_id: number for number, reference in enumerate(references)}
    error = [
        row.value
        - exact[int((row.begin - BEGIN - timedelta(minutes=30)).total_seconds() // 3600), column[row.reference_id]]
        for row in rows
    ]
    assert abs(np.mean(error)) < 0.1
    assert 0.4 < np.std(error) < 1.2
    assert 0.97 < len(rows) / (5 * len(hours)) < 1


def test_only_whole_hours_are_given() -> None:
    """An hour is given when it lies within the interval: half open, from full hour to full hour."""
    rows = list(reference_hours(make_references(2, seed=1), BEGIN, BEGIN + timedelta(hours=3), faults=0))
    assert sorted({row.begin.hour for row in rows}) == [1, 2]
    assert len(rows) == 2 * 2 * 2
    assert list(reference_hours(make_references(2, seed=1), BEGIN, BEGIN + timedelta(minutes=20))) == []


def test_hours_do_not_depend_on_the_question() -> None:
    """The same hour asked in another interval has the same value."""
    references = make_references(seed=1)
    some = list(reference_hours(references, BEGIN + timedelta(days=2), BEGIN + timedelta(days=3)))
    assert set(some) <= set(reference_hours(references, BEGIN, END))
    assert len(some) > 200


def test_naive_times_are_refused() -> None:
    """A time without a zone is not taken for that of the machine."""
    with pytest.raises(ValueError, match="2026-01-01T00:00:00 has no time zone"):
        list(reference_hours(make_references(1, seed=1), datetime(2026, 1, 1), END))  # noqa: DTZ001 - as in history


def test_seeds_do_not_mix() -> None:
    """Stations of two seeds have no common truth."""
    with pytest.raises(ValueError, match="2 seeds"):
        truth([*make_stations(1, 1), *make_stations(1, 2)], "pm2_5", np.array(["2026-11-01"], "datetime64[h]"))
