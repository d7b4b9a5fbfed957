"""Hours: means made of readings, and validated values beside them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from storage import pages
from storage.hours import aggregate, last_begin, late_hours, learn_intervals, raw_hours, store_validated
from storage.pages import Window
from storage.readings import store
from storage.rows import ReadingColumns, ValidatedHours

Make = Callable[..., ReadingColumns]
At = Callable[[str], datetime]
RANGE = 1 << 1
NOT_CALIBRATED = 1 << 17


def _hours(conn: psycopg.Connection, series_key: int, at: At) -> list[pages.HourRow]:
    return pages.hours(conn, Window(series_key, at("2026-05-17 00:00"), at("2026-05-18 00:00")))


def _validated(series_key: int, begins: Sequence[str], value: Sequence[float], **columns: Any) -> ValidatedHours:
    count = len(begins)
    fields = {
        name: np.full(count, np.nan) for name in ("lower", "upper", "estimate", "estimate_lower", "estimate_upper")
    }
    fields |= {name: np.asarray(column) for name, column in columns.items()}
    return ValidatedHours(
        series_key=np.full(count, series_key),
        begin=np.array(begins, "datetime64[us]"),
        value=np.array(value),
        flags=np.full(count, 1 << 15),
        calibration_key=np.zeros(count, np.int64),
        **fields,
    )


def test_an_hour_of_wind_directions_is_their_mean_vector(
    connection: psycopg.Connection, readings: Make, series_key: int, at: At
) -> None:
    """350°, 10° and 30° are 10° in the mean, not 130°; so is their day."""
    connection.execute("UPDATE series SET observed_property = 'wind_direction' WHERE series_key = %s", [series_key])
    store(connection, readings(["2026-05-17T12:01", "2026-05-17T12:04", "2026-05-17T12:20"], [350.0, 10.0, 30.0]))
    store(connection, readings(["2026-05-17T13:01"], [330.0]))
    aggregate(connection, at("2026-05-17 12:00"), at("2026-05-17 14:00"), now=at("2026-05-17 14:10"))
    hour, next_hour = _hours(connection, series_key, at)
    assert hour.raw == pytest.approx(10.0, abs=1e-4)
    assert hour.raw_sd is None
    assert next_hour.raw == pytest.approx(330.0)
    (day,) = pages.days(connection, Window(series_key, at("2026-05-17 00:00"), at("2026-05-18 00:00")), zone="UTC")
    assert day.raw == pytest.approx(350.0, abs=1e-3)


def test_an_hour_is_the_mean_of_the_readings_that_end_in_it(
    connection: psycopg.Connection, readings: Make, series_key: int, at: At
) -> None:
    """The reading of exactly 13:00 ends the hour of 12:00, that of exactly 12:00 the hour before."""
    times = ["2026-05-17T12:00", "2026-05-17T12:01", "2026-05-17T12:04", "2026-05-17T12:20", "2026-05-17T13:00"]
    store(connection, readings(times, [100.0, 1.0, 3.0, 5.0, 7.0], flags=[0, 1 << 3, 1 << 5, 0, 0]))
    now = at("2026-05-17 13:10")
    assert aggregate(connection, at("2026-05-17 11:00"), at("2026-05-17 13:00"), now=now) == 2
    before, hour = _hours(connection, series_key, at)
    assert (before.begin, before.raw, before.raw_sd, before.observed_count) == (at("2026-05-17 11:00"), 100.0, None, 1)
    assert before.data_capture == pytest.approx(1 / 12)
    assert (hour.begin, hour.end) == (at("2026-05-17 12:00"), at("2026-05-17 13:00"))
    assert (hour.raw, hour.raw_min, hour.raw_max, hour.observed_count) == (4.0, 1.0, 7.0, 4)
    assert hour.raw_sd == pytest.approx(np.std([1.0, 3.0, 5.0, 7.0], ddof=1))
    assert hour.data_capture == pytest.approx(3 / 12)  # slots ending 12:05, 12:20 and 13:00
    assert (hour.value, hour.flags, hour.computed_at) == (None, NOT_CALIBRATED, now)
    assert last_begin(connection) == hour.begin


def test_every_slot_hit_is_a_full_capture(
    connection: psycopg.Connection, readings: Make, series_key: int, at: At
) -> None:
    """Twelve readings on the five minutes capture the whole hour, and not a reading more is counted."""
    times = [f"2026-05-17T12:{minute:02}" for minute in range(5, 60, 5)] + ["2026-05-17T13:00"]
    store(connection, readings(times, [2.0] * 12))
    assert aggregate(connection, at("2026-05-17 12:00"), at("2026-05-17 13:00"), now=at("2026-05-17 13:01")) == 1
    (hour,) = _hours(connection, series_key, at)
    assert (hour.data_capture, hour.observed_count, hour.raw, hour.raw_sd) == (1.0, 12, 2.0, 0.0)


@pytest.mark.parametrize(
    ("seconds", "every", "capture"),
    [
        (900, 1, 1.0),
        (903, 1, 1.0),
        (900, 2, 0.5),
        (420, 1, 1.0),
        (60, 1, 1.0),
        (60, 2, 1.0),
        (7200, 1, 1.0),
        (310, 1, 1.0),
    ],
)
def test_a_series_that_sends_seldom_can_be_complete(
    connection: psycopg.Connection, readings: Make, series_key: int, at: At, seconds: int, every: int, capture: float
) -> None:
    """An hour is measured by how often the series usually sends; every other reading missing is half of a LoRa hour."""
    day = np.datetime64("2026-05-16T12:00:30", "s") + np.arange(86400 // seconds + 1) * np.timedelta64(seconds, "s")
    hour = day[(day > np.datetime64("2026-05-17T10:00")) & (day <= np.datetime64("2026-05-17T12:00"))]
    kept = np.concatenate([day[day <= np.datetime64("2026-05-17T10:00")], hour[::every]])
    store(connection, readings(kept.astype(str).tolist(), [2.0] * len(kept)))
    end = at("2026-05-17 12:00")
    assert learn_intervals(connection, end, known_too=False) == 1
    assert learn_intervals(connection, end, known_too=True) == 0
    aggregate(connection, at("2026-05-17 10:00"), end, now=end)
    assert [row.data_capture for row in _hours(connection, series_key, at)][-1] == pytest.approx(capture)


def test_readings_out_of_range_have_no_part_in_an_hour(
    connection: psycopg.Connection, readings: Make, series_key: int, at: At
) -> None:
    """A reading with the range flag is left out, and an hour of nothing else gets no row."""
    times = ["2026-05-17T12:10", "2026-05-17T12:20", "2026-05-17T13:10"]
    store(connection, readings(times, [4.0, 9999.0, 9999.0], flags=[0, RANGE, RANGE | 8]))
    assert aggregate(connection, at("2026-05-17 12:00"), at("2026-05-17 14:00"), now=at("2026-05-17 14:00")) == 1
    (hour,) = _hours(connection, series_key, at)
    assert (hour.raw, hour.raw_max, hour.observed_count) == (4.0, 4.0, 1)
    assert hour.data_capture == pytest.approx(1 / 12)


def test_the_caller_says_which_flags_make_a_reading_unusable(
    connection: psycopg.Connection, readings: Make, series_key: int, at: At
) -> None:
    """A reading with any flag of the mask is left out, and one with other flags is not."""
    times = ["2026-05-17T12:10", "2026-05-17T12:20", "2026-05-17T12:30"]
    store(connection, readings(times, [4.0, 9999.0, 50.0], flags=[1 << 5, RANGE, 1 << 3]))
    span = (at("2026-05-17 12:00"), at("2026-05-17 13:00"))
    assert aggregate(connection, *span, now=span[1], unusable=RANGE | 1 << 3) == 1
    (hour,) = _hours(connection, series_key, at)
    assert (hour.raw, hour.observed_count) == (4.0, 1)


def test_hours_with_late_readings_are_listed(connection: psycopg.Connection, readings: Make, at: At) -> None:
    """Only hours before a time that got readings with the late flag since another time are listed, each once."""
    late = 1 << 22
    times = ["2026-05-17T10:30", "2026-05-17T11:00", "2026-05-17T11:30", "2026-05-17T12:30", "2026-05-17T13:30"]
    received = np.array(["2026-05-17T14:00"] * 2 + ["2026-05-17T11:30"] + ["2026-05-17T14:00"] * 2, "datetime64[us]")
    store(connection, readings(times, [1.0] * 5, flags=[late, late, late, 0, late], received_at=received))
    since, before = at("2026-05-17 13:30"), at("2026-05-17 13:00")
    assert late_hours(connection, since=since, before=before, late=late) == [at("2026-05-17 10:00")]


def test_late_readings_change_the_raw_mean_and_leave_the_validated_value(
    connection: psycopg.Connection, readings: Make, series_key: int, at: At
) -> None:
    """Computing again counts what changed only, and keeps validated columns and flags."""
    span = (at("2026-05-17 12:00"), at("2026-05-17 14:00"))
    store(connection, readings(["2026-05-17T12:10", "2026-05-17T13:10"], [4.0, 6.0]))
    assert aggregate(connection, *span, now=at("2026-05-17 14:00")) == 2
    assert (
        store_validated(connection, _validated(series_key, ["2026-05-17T12:00"], [3.3], lower=[2.0], upper=[4.5])) == 1
    )
    assert aggregate(connection, *span, now=at("2026-05-17 15:00")) == 0
    store(connection, readings(["2026-05-17T12:40"], [8.0]))
    assert aggregate(connection, *span, now=at("2026-05-17 16:00")) == 1
    late, other = _hours(connection, series_key, at)
    assert (late.raw, late.observed_count, late.computed_at) == (6.0, 2, at("2026-05-17 16:00"))
    assert (late.value, late.lower, late.upper, late.flags) == (3.3, 2.0, 4.5, 1 << 15)
    assert other.computed_at == at("2026-05-17 14:00")


def test_validated_hours_are_written_where_there_is_a_raw_one(
    connection: psycopg.Connection, readings: Make, series_key: int, at: At
) -> None:
    """Hours without a raw mean are left out; of two values for one hour the last counts; NaN is None."""
    store(connection, readings(["2026-05-17T12:10"], [4.0]))
    aggregate(connection, at("2026-05-17 12:00"), at("2026-05-17 13:00"), now=at("2026-05-17 13:00"))
    begins = ["2026-05-17T12:00", "2026-05-17T12:00", "2026-05-17T18:00"]
    assert store_validated(connection, _validated(series_key, begins, [1.0, 2.0, 3.0], estimate=[7.0, 8.0, 9.0])) == 1
    (hour,) = _hours(connection, series_key, at)
    assert (hour.value, hour.lower, hour.estimate, hour.calibration_id) == (2.0, None, 8.0, None)


def test_raw_hours_come_as_columns(connection: psycopg.Connection, readings: Make, series_key: int, at: At) -> None:
    """Validation gets the raw means of its properties with the flags of the readings in them."""
    store(
        connection,
        readings(["2026-05-17T12:10", "2026-05-17T12:20", "2026-05-17T13:10"], [4.0, 5.0, 6.0], flags=[1, 4, 0]),
    )
    aggregate(connection, at("2026-05-17 12:00"), at("2026-05-17 14:00"), now=at("2026-05-17 14:00"))
    found = raw_hours(connection, ["pm2_5"], at("2026-05-17 12:00"), at("2026-05-17 14:00"))
    assert found.series_key.tolist() == [series_key, series_key]
    assert found.begin.astype("datetime64[h]").astype(str).tolist() == ["2026-05-17T12", "2026-05-17T13"]
    assert found.raw.tolist() == [4.5, 6.0]
    assert found.flags.tolist() == [5, 0]
    assert found.data_capture == pytest.approx([2 / 12, 1 / 12])
    assert raw_hours(connection, ["no2"], at("2026-05-17 12:00"), at("2026-05-17 14:00")).raw.tolist() == []
    assert raw_hours(connection, ["pm2_5"], at("2026-05-17 13:00"), at("2026-05-17 13:00")).raw.tolist() == []


def test_hours_come_in_pages(connection: psycopg.Connection, readings: Make, series_key: int, at: At) -> None:
    """Pages go on after the last begin and hold each hour once."""
    store(connection, readings([f"2026-05-17T{hour:02}:30" for hour in range(5)], [0.0, 1.0, 2.0, 3.0, 4.0]))
    begin, end = at("2026-05-17 00:00"), at("2026-05-17 04:00")
    aggregate(connection, begin, at("2026-05-17 05:00"), now=end)
    first = pages.hours(connection, Window(series_key, begin, end, limit=3))
    second = pages.hours(connection, Window(series_key, begin, end, after=first[-1].begin, limit=3))
    assert [hour.raw for hour in first + second] == [0.0, 1.0, 2.0, 3.0]


def test_a_part_of_an_hour_is_not_computed(connection: psycopg.Connection, at: At) -> None:
    """A bound within an hour would make a mean of half of it, so it is refused."""
    with pytest.raises(ValueError, match="2026-05-17T12:30:00\\+00:00 is not a full hour"):
        aggregate(connection, at("2026-05-17 12:30"), at("2026-05-17 14:00"), now=at("2026-05-17 14:00"))


def test_the_rollups_give_the_same_hours_and_days(
    connection: psycopg.Connection, readings: Make, series_key: int, at: At
) -> None:
    """The views count a reading of midnight to the day and the hour that it ends."""
    times = ["2026-05-17T22:30", "2026-05-17T23:30", "2026-05-18T00:00", "2026-05-18T00:00:01"]
    store(connection, readings(times, [1.0, 2.0, 4.0, 9.0], flags=[0, 1, 4, 0]))
    columns = SQL("SELECT begin, raw, raw_min, raw_max, observed_count, flags FROM {} ORDER BY begin")
    days = connection.execute(columns.format(Identifier("reading_day"))).fetchall()
    assert days == [
        (at("2026-05-17 00:00"), pytest.approx(7 / 3), 1.0, 4.0, 3, 5),
        (at("2026-05-18 00:00"), 9.0, 9.0, 9.0, 1, 0),
    ]
    hours = connection.execute(columns.format(Identifier("reading_hour"))).fetchall()
    assert hours[1] == (at("2026-05-17 23:00"), 3.0, 2.0, 4.0, 2, 5)
    assert [row[0].hour for row in hours] == [22, 23, 0]
