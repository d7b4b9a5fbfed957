"""Series and the keys that they get."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import psycopg

from storage.connection import connect
from storage.rows import NewStation, Series, SeriesName
from storage.series import claim_series, find_series, load_series, series_positions
from storage.stations import add_station, remove_station

PM = SeriesName("hilversum-1", "sps30-0", "SPS30", "pm2_5", "ug/m3")
RH = SeriesName("hilversum-1", "bme280-0", "BME280", "relative_humidity", "%")
Make = Callable[..., NewStation]


def test_a_series_is_claimed_once(connection: psycopg.Connection, new_station: Make) -> None:
    """Claiming again, several times in one call too, gives the same key and uses up no other."""
    add_station(connection, new_station())
    first = claim_series(connection, [PM, RH, PM])
    again = claim_series(connection, [RH, PM])
    assert first == again == load_series(connection)
    assert sorted(s.series_key for s in first) == [1, 2]
    assert find_series(connection, 1) == next(s for s in first if s.series_key == 1)


def test_a_series_that_is_there_keeps_unit_and_model(connection: psycopg.Connection, new_station: Make) -> None:
    """A later claim with another unit and model gets the series as it was made."""
    add_station(connection, new_station())
    claim_series(connection, [PM])
    (series,) = claim_series(connection, [SeriesName("hilversum-1", "sps30-0", "PMS5003", "pm2_5", "[ppb]")])
    assert (series.unit, series.sensor_model) == ("ug/m3", "SPS30")


def test_unknown_and_removed_stations_get_no_series(connection: psycopg.Connection, new_station: Make) -> None:
    """Names of stations that are not active are left out, the rest is claimed."""
    add_station(connection, new_station())
    add_station(connection, new_station("gone"))
    remove_station(connection, "gone", datetime(2026, 5, 18, tzinfo=UTC))
    names = [PM, SeriesName("gone", "sps30-0", "SPS30", "pm2_5", "ug/m3"), SeriesName("x", "y", "z", "pm2_5", "ug/m3")]
    assert [s.station_id for s in claim_series(connection, names)] == ["hilversum-1"]
    assert claim_series(connection, []) == []


def test_two_writers_that_claim_together_get_the_same_keys(database_url: str, new_station: Make) -> None:
    """The second writer waits for the first to commit and then has the same series, however it orders the names."""
    answers: list[list[Series]] = []
    with connect(database_url) as first, connect(database_url) as second, connect(database_url) as observer:
        add_station(first, new_station())
        first.commit()
        answers.append(claim_series(first, [PM, RH]))
        thread = threading.Thread(target=lambda: answers.append(claim_series(second, [RH, PM])))
        thread.start()
        _wait_for_a_lock(observer, second.info.backend_pid)
        first.commit()
        thread.join(timeout=10)
    assert len(answers) == 2
    assert answers[0] == answers[1]


def test_positions_for_validation_are_public(connection: psycopg.Connection, new_station: Make) -> None:
    """Validation gets the public position, of the asked properties only: its weights are published."""
    add_station(connection, new_station())
    claim_series(connection, [PM, RH])
    (position,) = series_positions(connection, ["pm2_5", "no2"])
    assert (position.latitude, position.longitude, position.sensor_model) == (52.2251, 5.1749, "SPS30")


def _wait_for_a_lock(observer: psycopg.Connection, pid: int) -> None:
    observer.autocommit = True
    for _ in range(500):
        waiting = observer.execute("SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s", (pid,))
        if waiting.fetchone() == (True,):
            return
        observer.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("the second writer never waited")
