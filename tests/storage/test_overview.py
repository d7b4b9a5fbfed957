"""What the map shows of each station, and the places that can be looked for."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import psycopg
import pytest

from storage import areas, hours, overview, readings, references, series, stations
from storage.rows import NewStation, ReadingColumns, ReferenceStation, SeriesName, ValidatedHours

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
FAIL = 1 << 2
NAN = float("nan")


@pytest.fixture
def conn(connection: psycopg.Connection, new_station: Callable[..., NewStation]) -> psycopg.Connection:
    """Register a station with a name."""
    stations.add_station(connection, new_station("s-one", name="Havenstraat"))
    return connection


def sensor(conn: psycopg.Connection, name: str, station_id: str = "s-one") -> int:
    """Give a station a sensor of PM2.5 and return its series."""
    (found,) = series.claim_series(conn, [SeriesName(station_id, name, "SPS30", "pm2_5", "ug/m3")])
    return found.series_key


def send(conn: psycopg.Connection, key: int, at: datetime, *, raw: float, value: float) -> None:
    """Store a reading; NaN is no value."""
    stamp = np.array([at.replace(tzinfo=None)], "datetime64[us]")
    one, zero = np.array([value]), np.zeros(1, np.int64)
    columns = ReadingColumns(stamp, zero + key, np.array([raw]), one, one, one, zero, zero, stamp)
    readings.store(conn, columns)


def validate(conn: psycopg.Connection, key: int, begin: datetime, values: Sequence[float], flags: int = 0) -> None:
    """Give a series validated hours from a time on, ± 1."""
    count = len(values)
    for number, one in enumerate(values):
        send(conn, key, begin + number * HOUR + 30 * MINUTE, raw=20.0 if np.isnan(one) else 2 * one, value=NAN)
    hours.aggregate(conn, begin, begin + count * HOUR, now=NOW)
    begins = np.array([(begin + number * HOUR).replace(tzinfo=None) for number in range(count)], "datetime64[us]")
    value, zero = np.array(values, np.float64), np.zeros(count, np.int64)
    hours.store_validated(
        conn,
        ValidatedHours(zero + key, begins, value, value - 1, value + 1, value, value, value, zero + flags, zero),
    )  # fmt: skip


def shown(conn: psycopg.Connection) -> dict[str, float | None]:
    """Map the stations of the map to their values."""
    return {row["station_id"]: row["value"] for row in overview.last_readings(conn, "pm2_5").to_pylist()}


def test_a_sensor_that_was_taken_away_is_not_shown_for_ever(conn: psycopg.Connection) -> None:
    """Of two that send the first by name stands for the station; ten minutes after its last reading the other does."""
    old, new = sensor(conn, "pms5003-0"), sensor(conn, "sps30-0")
    send(conn, old, NOW, raw=50.0, value=40.0)
    send(conn, new, NOW + 10 * MINUTE, raw=9.0, value=8.0)
    assert shown(conn) == {"s-one": 40.0}
    send(conn, new, NOW + 11 * MINUTE, raw=9.0, value=7.0)
    assert shown(conn) == {"s-one": 7.0}


def test_a_sensor_with_a_value_goes_before_one_without(conn: psycopg.Connection) -> None:
    """A failed first sensor does not hide what the second one measures; alone it is shown with what it sent."""
    failed = sensor(conn, "pms5003-0")
    send(conn, failed, NOW, raw=900.0, value=NAN)
    (alone,) = overview.last_readings(conn, "pm2_5").to_pylist()
    assert (alone["raw"], alone["value"], alone["name"], alone["hours"]) == (900.0, None, "Havenstraat", None)
    send(conn, sensor(conn, "sps30-0"), NOW, raw=9.0, value=8.0)
    assert shown(conn) == {"s-one": 8.0}


def test_a_withdrawn_station_is_not_on_the_map(conn: psycopg.Connection) -> None:
    """It is gone from the last readings, the means and the places at once."""
    key = sensor(conn, "sps30-0")
    validate(conn, key, NOW - HOUR, [8.0])
    assert shown(conn) == {"s-one": None}
    stations.remove_station(conn, "s-one", NOW)
    assert shown(conn) == {}
    assert overview.means(conn, "pm2_5", NOW - HOUR, NOW, least=1, fail=FAIL).num_rows == 0
    assert overview.find_places(conn, "s-one") == []


def test_a_mean_is_of_enough_good_hours(conn: psycopg.Connection) -> None:
    """Of three hours one failed: two count, which are a mean of at least two and none of at least three."""
    key = sensor(conn, "sps30-0")
    validate(conn, key, NOW - 3 * HOUR, [8.0, 10.0])
    validate(conn, key, NOW - HOUR, [900.0], FAIL)
    validate(conn, key, NOW - 4 * HOUR, [70.0])
    span = NOW - 3 * HOUR, NOW
    (row,) = overview.means(conn, "pm2_5", *span, least=2, fail=FAIL).to_pylist()
    assert (row["value"], row["lower"], row["upper"], row["hours"], row["time"]) == (9.0, 8.0, 10.0, 2, NOW)
    (few,) = overview.means(conn, "pm2_5", *span, least=3, fail=FAIL).to_pylist()
    assert (few["value"], few["raw"], few["hours"]) == (None, pytest.approx((16 + 20 + 1800) / 3), 2)


def test_the_newest_hour_has_a_value_and_lies_in_the_span(conn: psycopg.Connection) -> None:
    """Hours without a value, of another property, or at the end of the span are passed over."""
    key = sensor(conn, "sps30-0")
    validate(conn, key, NOW - 3 * HOUR, [8.0, NAN])
    newest = [
        overview.newest_hour(conn, "pm2_5", since=since, before=before)
        for since, before in ((NOW - 3 * HOUR, NOW), (NOW - 2 * HOUR, NOW), (NOW - 6 * HOUR, NOW - 3 * HOUR))
    ]
    assert newest == [NOW - 3 * HOUR, None, None]
    assert overview.newest_hour(conn, "no2", since=NOW - 3 * HOUR, before=NOW) is None


def test_places_are_found_by_name_id_and_code(conn: psycopg.Connection) -> None:
    """Whatever the case, what begins with the text first; signs of SQL's patterns mean themselves."""
    references.store_stations(conn, [ReferenceStation("NL49014", "luchtmeetnet", "Oude Haven", 52.0, 5.0)])
    box = (5.1, 52.2, 5.2, 52.3)
    ring = ((5.1, 52.2), (5.2, 52.2), (5.2, 52.3), (5.1, 52.2))
    area = areas.NewArea("BU01", "Havenkwartier", "neighbourhood", box, '{"type": "MultiPolygon"}', (ring,))
    areas.store(conn, [area], source="test", at=NOW)
    found = overview.find_places(conn, " HAVEN ")
    assert [(one.kind, one.id) for one in found] == [
        ("neighbourhood", "BU01"),
        ("station", "s-one"),
        ("reference", "NL49014"),
    ]
    assert found[0].latitude == pytest.approx(52.25)
    assert [one.id for one in overview.find_places(conn, "nl49")] == ["NL49014"]
    assert [one.id for one in overview.find_places(conn, "haven", limit=1)] == ["BU01"]
    assert [overview.find_places(conn, text) for text in ("%", "_", "  ", "ha\0ven")] == [[], [], [], []]
