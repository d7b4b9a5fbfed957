"""How long readings are kept on plain PostgreSQL (with TimescaleDB: test_timescale.py)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg

from storage import pages, quarantine
from storage.connection import connect
from storage.contacts import ask_address
from storage.events import list_events, record
from storage.hours import aggregate
from storage.owners import add_owner, give_station, set_code, take_code
from storage.pages import Window
from storage.readings import store
from storage.retention import BY_AGE, forget, forget_leftovers, forget_readings, refresh_rollups
from storage.rows import Quarantined, ReadingColumns

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
DAY = timedelta(days=1)


def test_plain_postgresql_forgets_when_asked(
    connection: psycopg.Connection,
    readings: Callable[..., ReadingColumns],
    series_key: int,
    at: Callable[[str], datetime],
) -> None:
    """Asked to, it deletes older readings and keeps their hour."""
    span = (at("2026-05-17 12:00"), at("2026-05-17 13:00"))
    store(connection, readings(["2026-05-17T12:10", "2026-05-17T12:20"], [1.0, 2.0]))
    aggregate(connection, *span, now=span[1])
    forget_readings(connection, at("2026-05-17 12:20"))
    assert [row.raw for row in pages.readings(connection, Window(series_key, *span))] == [2.0]
    assert [hour.raw for hour in pages.hours(connection, Window(series_key, *span))] == [1.5]


def test_what_is_as_old_as_the_bound_stays(connection: psycopg.Connection, series_key: int) -> None:
    """Of each class the row of that very moment stays, the one a microsecond older goes; an open alert stays."""
    assert series_key
    older = NOW - timedelta(microseconds=1)
    for number, at in enumerate((older, NOW)):
        quarantine.store(connection, [Quarantined(at, "mqtt", "topic", None, b"{", 1, "not_json", "why")])
        record(connection, "paused", time=at, station_id="hilversum-1", detail={"text": "barbecue", "sensor": None})
        statement = "INSERT INTO restricted.receipt VALUES (%s, %s, 'export', 'hilversum-1', '{}')"
        connection.execute(statement, (str(number), at))
        alert = "INSERT INTO alert (station_key, kind, begin, \"end\") SELECT station_key, 'odd', %s, %s FROM station"
        connection.execute(alert, (at, at))
        ask_address(connection, add_owner(connection), "x", language="nl", code_hash="x", expires_at=at + DAY)
    connection.execute(
        "INSERT INTO alert (station_key, kind, begin) SELECT station_key, 'odd', %s FROM station", (older,)
    )
    assert {name: forget(connection, name, NOW) for name in BY_AGE} == {
        **dict.fromkeys(BY_AGE, 1),
        "unconfirmed": 2,  # those that wait are over after a day, to the microsecond
    }
    assert {name: forget(connection, name, NOW) for name in BY_AGE} == dict.fromkeys(BY_AGE, 0)
    assert [event.detail for event in list_events(connection)] == [
        {"text": "barbecue", "sensor": None},
        {"sensor": None},
    ]


def test_only_owners_of_nothing_are_forgotten(connection: psycopg.Connection, series_key: int) -> None:
    """One without a station goes when an hour old, the owner of an active one stays; a code goes at its end."""
    assert series_key
    mine, lone, young = (add_owner(connection) for _ in range(3))
    give_station(connection, "hilversum-1", mine)
    connection.execute("UPDATE owner SET created_at = %s", (NOW - DAY,))
    connection.execute("UPDATE owner SET created_at = %s WHERE owner_key = %s", (NOW - timedelta(minutes=59), young))
    set_code(connection, "hilversum-1", "transfer", code_hash="x", expires_at=NOW)
    assert forget_leftovers(connection, NOW - timedelta(microseconds=1)) == 1
    assert forget_leftovers(connection, NOW) == 1
    keys = {row[0] for row in connection.execute("SELECT owner_key FROM owner")}
    assert (keys, lone in keys) == ({mine, young}, False)
    assert take_code(connection, "x", NOW - DAY) is None


def test_rollups_of_plain_postgresql_need_no_refresh(connection: psycopg.Connection, database_url: str) -> None:
    """The call commits what was deleted before it, and leaves the session as it was."""
    add_owner(connection)
    refresh_rollups(connection)
    assert not connection.autocommit
    with connect(database_url) as other:
        assert other.execute("SELECT count(*) FROM owner").fetchone() == (1,)
