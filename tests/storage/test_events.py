"""Events of stations and sources."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg

from storage.events import list_events, record
from storage.rows import Event, NewStation
from storage.stations import add_station

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)


def test_events_are_listed_newest_first(connection: psycopg.Connection, new_station: Callable[..., NewStation]) -> None:
    """Each event comes back with its station and detail, chosen by time, kind or station."""
    add_station(connection, new_station())
    record(connection, "station_online", time=NOW, station_id="hilversum-1")
    record(connection, "reference_lost", time=NOW + timedelta(hours=1), detail={"network": "luchtmeetnet"})
    online = Event(NOW, "station_online", "hilversum-1", {})
    lost = Event(NOW + timedelta(hours=1), "reference_lost", None, {"network": "luchtmeetnet"})
    assert list_events(connection) == [lost, online]
    assert list_events(connection, limit=1) == [lost]
    assert list_events(connection, since=NOW + timedelta(minutes=1)) == [lost]
    assert (
        list_events(connection, kind="station_online") == list_events(connection, station_id="hilversum-1") == [online]
    )


def test_an_event_of_an_unknown_station_is_kept(connection: psycopg.Connection) -> None:
    """An event is worth keeping also where nobody knows the station."""
    record(connection, "login_refused", time=NOW, station_id="nobody")
    assert list_events(connection) == [Event(NOW, "login_refused", None, {})]
