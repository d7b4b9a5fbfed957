"""What was measured in areas, against sums by hand."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
import psycopg
import pytest

from storage import area_measures, areas, hours, readings, series, stations
from storage.area_measures import Asked
from storage.rows import NewStation, ReadingColumns, SeriesName, ValidatedHours
from storage.staff_desk import exclude

BEGIN = datetime(2026, 10, 24, 22, tzinfo=UTC)  # midnight in Amsterdam, and the next day has 25 hours
HOUR = timedelta(hours=1)
NOBODY = 1 << 1
ASKED = Asked("pm2_5", BEGIN, BEGIN + timedelta(hours=49), NOBODY)


def outline(conn: psycopg.Connection, code: str, kind: str, box: tuple[float, float, float, float]) -> None:
    """Keep an area that is a box of degrees."""
    west, south, east, north = box
    ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
    geometry = '{"type": "MultiPolygon", "coordinates": []}'
    areas.store(conn, [areas.NewArea(code, code, kind, box, geometry, (ring,))], source="test", at=BEGIN)


def stand(conn: psycopg.Connection, station_id: str, longitude: float) -> None:
    """Register a station on the parallel of 52.22°."""
    row = NewStation(
        station_id=station_id, latitude=52.22, longitude=longitude, public_latitude=52.22, public_longitude=longitude,
        password_hash="hash", token_hash=station_id, name=station_id.upper(),
    )  # fmt: skip
    stations.add_station(conn, row)


def measure(conn: psycopg.Connection, station_id: str, observed_property: str, raw: Sequence[float]) -> int:
    """Store readings at the end of consecutive hours from BEGIN on, NaN is none; return their series."""
    unit = {"pm2_5": "ug/m3", "wind_direction": "deg", "wind_speed": "m/s"}[observed_property]
    (one,) = series.claim_series(conn, [SeriesName(station_id, "one-0", "ONE", observed_property, unit)])
    known = np.flatnonzero(np.isfinite(raw))
    times = stamps(known + 1)
    none, zero = np.full(known.size, np.nan), np.zeros(known.size, np.int64)
    key = np.full(known.size, one.series_key)
    readings.store(conn, ReadingColumns(times, key, np.asarray(raw, float)[known], none, none, none, zero, zero, times))
    return one.series_key


def validate(conn: psycopg.Connection, station_id: str, values: Sequence[float], *, flags: int = 0) -> None:
    """Give a station hours with a value ± 2."""
    key = measure(conn, station_id, "pm2_5", values)
    hours.aggregate(conn, BEGIN, BEGIN + 60 * HOUR, now=BEGIN)
    value = np.asarray(values, float)
    value = value[np.isfinite(value)]
    count, zero = value.size, np.zeros(value.size, np.int64)
    begins = stamps(np.flatnonzero(np.isfinite(values)))
    hours.store_validated(
        conn,
        ValidatedHours(
            np.full(count, key), begins, value, value - 2, value + 2, value, value, value, zero + flags, zero
        ),
    )


def stamps(count: "np.typing.NDArray[np.int64]") -> "np.typing.NDArray[np.datetime64]":
    """Give the times so many hours after BEGIN."""
    return np.datetime64(BEGIN.replace(tzinfo=None), "us") + count * np.timedelta64(3_600_000_000, "us")


@pytest.fixture
def town(connection: psycopg.Connection) -> psycopg.Connection:
    """Build a municipality of two neighbourhoods with three stations and one, and a neighbour outside."""
    outline(connection, "GM0402", "municipality", (5.10, 52.20, 5.30, 52.30))
    outline(connection, "BU04020101", "neighbourhood", (5.10, 52.20, 5.20, 52.30))
    outline(connection, "BU04020102", "neighbourhood", (5.20, 52.20, 5.30, 52.30))
    outline(connection, "BU03630000", "neighbourhood", (5.12, 52.22, 5.13, 52.23))  # another's by code, inside by place
    for name, longitude, value in (("a-1", 5.11, 8.0), ("a-2", 5.12, 10.0), ("a-3", 5.13, 15.0), ("b-1", 5.25, 40.0)):
        stand(connection, name, longitude)
        validate(connection, name, [value] * 49)
    stand(connection, "far", 6.0)
    validate(connection, "far", [99.0] * 49)
    return connection


def test_the_neighbourhoods_of_a_municipality_are_those_of_its_code(town: psycopg.Connection) -> None:
    """CBS' code says what lies where, whatever an outline overlaps."""
    assert [one.code for one in area_measures.children(town, "GM0402", "neighbourhood")] == ["BU04020101", "BU04020102"]


def test_a_park_holds_what_lies_in_it(town: psycopg.Connection) -> None:
    """An area without a code of CBS holds those whose middle it holds."""
    outline(town, "heath", "area", (5.05, 52.15, 5.18, 52.35))
    found = area_measures.children(town, "heath", "neighbourhood")
    assert [one.code for one in found] == ["BU03630000", "BU04020101"]


def test_each_neighbourhood_is_summed_up_by_station(town: psycopg.Connection) -> None:
    """The median of 8, 10 and 15 is 10, their mean half width 2; the other has one station."""
    first, second = area_measures.overview(town, ["BU04020101", "BU04020102"], ASKED)
    assert (first.stations, first.measuring, first.median, first.half, first.hours) == (3, 3, 10.0, 2.0, 147)
    assert first.sd == pytest.approx(np.std([8, 10, 15], ddof=1))
    assert (second.stations, second.measuring, second.median) == (1, 1, 40.0)


def test_an_hour_that_failed_does_not_count(town: psycopg.Connection) -> None:
    """A station whose hours all failed stands there and measures nothing."""
    stand(town, "a-4", 5.14)
    validate(town, "a-4", [500.0] * 49, flags=NOBODY)
    (found,) = area_measures.overview(town, ["BU04020101"], ASKED)
    assert (found.stations, found.measuring, found.median) == (4, 3, 10.0)


def test_an_excluded_station_measures_nothing_in_that_time(town: psycopg.Connection) -> None:
    """It stands there and its values stay; each figure of the area leaves its hours out, only those inside."""
    first, last = BEGIN + timedelta(hours=10), BEGIN + timedelta(hours=30)
    exclude(town, "a-3", first, last, "beside a grill", BEGIN)
    (found,) = area_measures.overview(town, ["BU04020101"], ASKED)
    assert (found.stations, found.measuring, found.hours) == (3, 3, 147 - 20)
    exclude(town, "a-3", first - timedelta(days=9), None, "for good", BEGIN)
    (found,) = area_measures.overview(town, ["BU04020101"], ASKED)
    assert (found.stations, found.measuring, found.median) == (3, 2, 9.0)
    assert {one.stations for one in area_measures.days(town, "BU04020101", ASKED, least_hours=18)} == {2}
    box = area_measures.station_hours(town, (5.0, 52.0, 5.2, 52.4), ASKED, none_of=0)
    assert set(box["station_id"].to_pylist()) == {"a-1", "a-2"}


def test_days_are_those_of_the_place_and_need_their_hours(town: psycopg.Connection) -> None:
    """The day on which clocks go back has 25 hours; a station with 17 of a day does not count on it."""
    stand(town, "a-5", 5.15)
    validate(town, "a-5", [100.0] * 17 + [float("nan")] * 8 + [100.0] * 24)
    found = area_measures.days(town, "BU04020101", ASKED, least_hours=18)
    assert [(one.day, one.stations, one.median) for one in found] == [
        (date(2026, 10, 25), 3, 10.0),
        (date(2026, 10, 26), 4, 12.5),
    ]


def test_the_week_is_that_of_the_clock_on_the_wall(town: psycopg.Connection) -> None:
    """The hour that comes twice on a Sunday in October is one row of two hours."""
    found = {(one.weekday, one.hour): one for one in area_measures.week(town, "BU04020101", ASKED, least_stations=3)}
    assert len(found) == 48
    assert (found[7, 2].hours, found[7, 2].value) == (2, 10.0)
    assert area_measures.week(town, "BU04020102", ASKED, least_stations=3) == []


def test_wind_around_north_is_north(town: psycopg.Connection) -> None:
    """The mean of 350° and 10° is 0°, not 180°; hours without wind are left out."""
    for name, longitude, degrees in (("w-1", 5.4, 350.0), ("w-2", 5.41, 10.0)):
        stand(town, name, longitude)
        measure(town, name, "wind_direction", [degrees] * 5)
    measure(town, "w-1", "wind_speed", [4.0] * 5)
    found = area_measures.wind(town, "BU04020101", ASKED, least_stations=3)
    assert len(found) == 5
    assert found[0].direction == pytest.approx(0, abs=1e-6)
    assert (found[0].begin, found[0].value, found[0].speed) == (BEGIN, 10.0, 4.0)


def test_hours_of_a_box_are_columns_on_the_clock_of_the_place(town: psycopg.Connection) -> None:
    """Four stations of 49 hours; the first is midnight, and flagged ones can be left out."""
    table = area_measures.station_hours(town, (5.0, 52.0, 5.5, 52.5), ASKED, none_of=NOBODY)
    assert table.num_rows == 4 * 49
    assert min(table["local_hour"].to_pylist()) % 24 == 0
    assert set(table["half"].to_pylist()) == {2.0}


def test_a_joined_figure_replaces_the_one_of_its_name(town: psycopg.Connection) -> None:
    """The second file counts, and areas without a figure are not there."""
    area_measures.join_figure(town, "density", [("BU04020101", 1.0), ("BU04020102", 2.0)], source="a.csv", at=BEGIN)
    area_measures.join_figure(town, "density", [("BU04020101", 7.5)], source="b.csv", at=BEGIN)
    assert area_measures.figure_of(town, "density", ["BU04020101", "BU04020102"]) == {"BU04020101": 7.5}
    assert [tuple(one) for one in area_measures.figures(town)] == [("density", "b.csv", 1)]
