"""Calibrations, kept for ever."""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from storage import pages
from storage.calibrations import changes, current, current_keys, find, history, ids, in_use, keys, store
from storage.pages import Window
from storage.readings import store as store_readings
from storage.rows import NewCalibration, ReadingColumns, SeriesName
from storage.series import claim_series, find_series


@pytest.fixture
def calibration(series_key: int) -> NewCalibration:
    """Fit by hand a calibration of the series."""
    day = datetime(2026, 5, 17, tzinfo=UTC)
    return NewCalibration(
        calibration_id="c-1",
        series_key=series_key,
        fitted_at=day,
        valid_begin=day,
        valid_end=None,
        method="mm",
        status="fitted",
        window_begin=datetime(2026, 4, 26, tzinfo=UTC),
        window_end=day,
        coefficients={"intercept": 1 / 3, "raw": 0.61},
        covariance=[[0.1, -0.01], [-0.01, 0.02]],
        interval_parts={"residual": 1.2},
        reference_weight={"NL10404": 1.0},
        scores={"r2": math.nan, "hours": 480},
        provenance={"seed": 1, "note": None},
    )


def test_a_calibration_comes_back_as_it_was_fitted(connection: psycopg.Connection, calibration: NewCalibration) -> None:
    """Numbers keep their digits and their order, and a score that is not known is NaN again."""
    key = store(connection, [calibration])["c-1"]
    found = find(connection, "c-1")
    assert found is not None
    assert found.calibration_key == key
    assert list(found.coefficients.items()) == [("intercept", 1 / 3), ("raw", 0.61)]
    assert list(found.covariance) == calibration.covariance
    assert math.isnan(found.scores["r2"])
    assert found.scores["hours"] == 480
    assert found.provenance == {"seed": 1, "note": None}
    assert (found.valid_begin, found.valid_end, found.window_begin) == (
        calibration.valid_begin,
        None,
        calibration.window_begin,
    )
    assert find(connection, "c-2") is None


def test_an_id_that_is_there_stays_as_it_is(connection: psycopg.Connection, calibration: NewCalibration) -> None:
    """Storing again gives the same key and changes nothing."""
    first = store(connection, [calibration])
    again = store(connection, [replace(calibration, status="other"), replace(calibration, calibration_id="c-2")])
    assert again["c-1"] == first["c-1"]
    assert set(again) == {"c-1", "c-2"}
    found = find(connection, "c-1")
    assert found is not None
    assert found.status == "fitted"


def test_a_calibration_cannot_be_changed(connection: psycopg.Connection, calibration: NewCalibration) -> None:
    """The database itself refuses an UPDATE and says what to do."""
    store(connection, [calibration])
    with pytest.raises(psycopg.errors.RaiseException, match="calibration rows are never changed: insert a new one"):
        connection.execute("UPDATE calibration SET status = 'other'")


def test_the_current_calibration_is_the_newest_that_has_begun(
    connection: psycopg.Connection, calibration: NewCalibration
) -> None:
    """Before the first there is none, from its begin on each counts until the next one begins."""
    later = replace(calibration, calibration_id="c-2", valid_begin=datetime(2026, 5, 19, tzinfo=UTC))
    store(connection, [later, calibration])
    days = [datetime(2026, 5, day, tzinfo=UTC) for day in (16, 17, 18, 19)]
    assert [[found.calibration_id for found in current(connection, day)] for day in days] == [
        [],
        ["c-1"],
        ["c-1"],
        ["c-2"],
    ]
    assert [found.calibration_id for found in history(connection, calibration.series_key)] == ["c-2", "c-1"]
    assert [found.calibration_id for found in history(connection, calibration.series_key, 1)] == ["c-2"]


def test_what_values_readings_comes_in_pieces_of_one_property(
    connection: psycopg.Connection, calibration: NewCalibration
) -> None:
    """Each series' current calibration comes once, without the references that no reading is valued by."""
    begun = calibration.valid_begin + timedelta(hours=1)
    later = replace(calibration, calibration_id="c-2", valid_begin=begun)
    known = find_series(connection, calibration.series_key)
    assert known is not None
    names = [SeriesName(known.station_id, "sps30-9", "SPS30", name, "ug/m3") for name in ("pm1", "pm10", "pm4")]
    more = [
        replace(calibration, calibration_id=f"c-{each.observed_property}", series_key=each.series_key)
        for each in claim_series(connection, names)
    ]
    stored = store(connection, [calibration, later, *more])
    series, keys = current_keys(connection, begun)
    assert series.tolist() == sorted(each.series_key for each in [calibration, *more])
    parts = list(in_use(connection, keys.tolist(), size=1))
    assert [(name, [each["calibration_key"] for each in part]) for name, part in parts] == [
        (name, [stored[f"c-{number}"]])
        for name, number in (("pm1", "pm1"), ("pm10", "pm10"), ("pm2_5", 2), ("pm4", "pm4"))
    ]
    assert all(part[0]["reference_weight"] == {} and part[0]["provenance"]["references"] == {} for _, part in parts)
    assert parts[2][1][0]["coefficients"] == calibration.coefficients
    assert list(in_use(connection, [])) == []


def test_keys_and_ids_are_found_from_each_other(connection: psycopg.Connection, calibration: NewCalibration) -> None:
    """Only what is kept is answered."""
    stored = store(connection, [calibration])
    assert keys(connection, ["c-1", "c-9"]) == stored
    assert ids(connection, [*stored.values(), 999]) == {stored["c-1"]: "c-1"}
    assert store(connection, []) == {}


def test_a_reading_names_its_calibration(
    connection: psycopg.Connection, calibration: NewCalibration, readings: Callable[..., ReadingColumns]
) -> None:
    """A reading with a calibration's key is listed with that calibration's id."""
    key = store(connection, [calibration])["c-1"]
    store_readings(connection, readings(["2026-05-17T12:00"], [8.0], value=[5.2], calibration_key=[key]))
    span = (datetime(2026, 5, 17, tzinfo=UTC), datetime(2026, 5, 18, tzinfo=UTC))
    assert [row.calibration_id for row in pages.readings(connection, Window(calibration.series_key, *span))] == ["c-1"]


def test_the_times_of_another_calibration_are_listed(
    connection: psycopg.Connection, calibration: NewCalibration
) -> None:
    """Only the property's own, each time once, strictly between the bounds."""
    times = [datetime(2026, 5, day, tzinfo=UTC) for day in (17, 18, 19, 20)]
    store(connection, [replace(calibration, calibration_id=f"c-{time}", valid_begin=time) for time in times])
    store(connection, [replace(calibration, calibration_id="again", valid_begin=times[1])])
    assert changes(connection, "pm2_5", times[0], times[3]) == times[1:3]
    assert changes(connection, "no2", times[0], times[3]) == []
