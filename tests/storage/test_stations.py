"""Stations, their secrets and their places."""

from collections.abc import Callable
from datetime import UTC, datetime

import psycopg
import pytest

from storage import pages
from storage.errors import StationExistsError, StationUnknownError
from storage.owners import add_owner
from storage.pages import Window
from storage.readings import store
from storage.rows import NewStation, ReadingColumns
from storage.series import load_series, series_of_station, series_positions
from storage.stations import (
    add_station,
    find_station,
    list_stations,
    password_hash,
    remove_station,
    station_of_token,
)

NOW = datetime(2026, 5, 18, tzinfo=UTC)
Make = Callable[..., NewStation]


def test_a_station_is_found_at_its_public_position(connection: psycopg.Connection, new_station: Make) -> None:
    """What is told of a station has its public position and none of its secrets."""
    key = add_station(connection, new_station(municipality="Hilversum", owner_key=add_owner(connection)))
    found = find_station(connection, "hilversum-1")
    assert found is not None
    assert (found.station_key, found.latitude, found.longitude) == (key, 52.2251, 5.1749)
    assert (found.municipality, found.timezone, found.removed_at) == ("Hilversum", "UTC", None)
    assert not hasattr(found, "password_hash")


def test_secrets_are_found_by_their_hashes(connection: psycopg.Connection, new_station: Make) -> None:
    """The password's hash is found by station and the station by its token's hash."""
    add_station(connection, new_station())
    assert password_hash(connection, "hilversum-1") == "$argon2id$x"
    assert password_hash(connection, "hilversum-2") is None
    assert station_of_token(connection, "token of hilversum-1") == "hilversum-1"
    assert station_of_token(connection, "another") is None


def test_an_id_is_taken_once(connection: psycopg.Connection, new_station: Make) -> None:
    """A second station of the same id is refused, also after the first was removed, and the transaction goes on."""
    add_station(connection, new_station())
    with pytest.raises(StationExistsError) as caught:
        add_station(connection, new_station(token_hash="other"))
    assert str(caught.value) == "station 'hilversum-1' is registered already: choose another id"
    remove_station(connection, "hilversum-1", NOW)
    with pytest.raises(StationExistsError):
        add_station(connection, new_station(token_hash="other"))
    assert len(list_stations(connection, include_removed=True)) == 1


def test_a_removed_station_keeps_its_readings_only(
    connection: psycopg.Connection, readings: Callable[..., ReadingColumns], series_key: int
) -> None:
    """Removal deletes credentials and exact position, hides the series, and leaves the readings."""
    store(connection, readings(["2026-05-17T12:00"], [8.5]))
    remove_station(connection, "hilversum-1", NOW)
    assert connection.execute("TABLE restricted.station_position").fetchall() == []
    assert connection.execute("TABLE restricted.station_credential").fetchall() == []
    assert password_hash(connection, "hilversum-1") is None
    assert station_of_token(connection, "token of hilversum-1") is None
    assert not list_stations(connection)
    assert not load_series(connection)
    assert not series_positions(connection, ["pm2_5"])
    found = find_station(connection, "hilversum-1")
    assert found is not None
    assert found.removed_at == NOW
    assert [series.series_key for series in series_of_station(connection, "hilversum-1")] == [series_key]
    day = datetime(2026, 5, 17, tzinfo=UTC)
    assert [row.raw for row in pages.readings(connection, Window(series_key, day, NOW))] == [8.5]


def test_only_an_active_station_is_removed(connection: psycopg.Connection, new_station: Make) -> None:
    """Removing an unknown station, or one a second time, is an error that names it."""
    add_station(connection, new_station())
    remove_station(connection, "hilversum-1", NOW)
    for station_id in ("hilversum-1", "nowhere"):
        with pytest.raises(StationUnknownError) as caught:
            remove_station(connection, station_id, NOW)
        assert str(caught.value) == f"no active station {station_id!r} is registered"


def test_stations_are_found_in_a_box(connection: psycopg.Connection, new_station: Make) -> None:
    """A box holds the stations whose public position is in it, its edges included, also over the antimeridian."""
    add_station(connection, new_station("west", public_longitude=5.0))
    add_station(connection, new_station("east", public_longitude=6.0))
    add_station(connection, new_station("fiji", public_latitude=-17.0, public_longitude=179.5))
    assert [s.station_id for s in list_stations(connection, bbox=(5.0, 52.0, 5.5, 53.0))] == ["west"]
    assert [s.station_id for s in list_stations(connection, bbox=(179.0, -18.0, -179.0, -16.0))] == ["fiji"]


def test_stations_are_found_by_distance(connection: psycopg.Connection, new_station: Make) -> None:
    """A degree of latitude is 111.2 km on the sphere that distances are measured on."""
    add_station(connection, new_station("near", public_latitude=52.0, public_longitude=5.0))
    add_station(connection, new_station("far", public_latitude=53.0, public_longitude=5.0))
    near = (52.0, 5.0)
    assert [s.station_id for s in list_stations(connection, near=near, radius_m=111_190)] == ["near"]
    assert [s.station_id for s in list_stations(connection, near=near, radius_m=111_200)] == ["far", "near"]
    with pytest.raises(ValueError, match="near and radius_m go together"):
        list_stations(connection, near=near)


def test_stations_come_in_pages(connection: psycopg.Connection, new_station: Make) -> None:
    """Pages by id hold each station once."""
    for station_id in ("c1", "a1", "b1"):
        add_station(connection, new_station(station_id))
    first = list_stations(connection, limit=2)
    second = list_stations(connection, after=first[-1].station_id, limit=2)
    assert [s.station_id for s in first + second] == ["a1", "b1", "c1"]
