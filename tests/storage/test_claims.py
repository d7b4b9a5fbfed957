"""Whose a device is: the first station's that claims it, until it lets go."""

from collections.abc import Callable
from datetime import UTC, datetime

import psycopg
import pytest

from storage.claims import claim_device, claimant, list_claims, release_device
from storage.errors import DeviceClaimedError, StationUnknownError
from storage.rows import NewStation
from storage.stations import add_station, remove_station
from storage.watch import watermark

NOW = datetime(2026, 5, 18, tzinfo=UTC)


@pytest.fixture
def stations(connection: psycopg.Connection, new_station: Callable[..., NewStation]) -> tuple[str, str]:
    """Register two stations."""
    names = ("hilversum-1", "hilversum-2")
    for name in names:
        add_station(connection, new_station(station_id=name, token_hash=f"token of {name}"))
    return names


def _claim(connection: psycopg.Connection, station_id: str) -> None:
    claim_device(connection, station_id, format_name="qingping", serial="582d3482ab01", at=NOW)


def _claimant(connection: psycopg.Connection) -> str | None:
    return claimant(connection, format_name="qingping", serial="582d3482ab01")


def test_a_device_is_of_one_station(connection: psycopg.Connection, stations: tuple[str, str]) -> None:
    """A second claim of the same station changes nothing; another station's is refused with the reason."""
    _claim(connection, stations[0])
    _claim(connection, stations[0])
    with pytest.raises(DeviceClaimedError, match="claimed by another station: its owner releases it first"):
        _claim(connection, stations[1])
    assert [(each.station_id, each.claimed_at) for each in list_claims(connection)] == [(stations[0], NOW)]
    assert list_claims(connection, stations[1]) == []


def test_only_who_has_a_device_lets_go_of_it(connection: psycopg.Connection, stations: tuple[str, str]) -> None:
    """Another station's release does nothing; after the owner's own the device is free."""
    _claim(connection, stations[0])
    released = [
        release_device(connection, name, format_name="qingping", serial="582d3482ab01") for name in stations[::-1]
    ]
    assert (released, _claimant(connection)) == ([False, True], None)


def test_a_withdrawn_station_lets_go_of_its_devices(connection: psycopg.Connection, stations: tuple[str, str]) -> None:
    """What it had can be claimed by another, and it can claim nothing more."""
    _claim(connection, stations[0])
    remove_station(connection, stations[0], NOW)
    assert _claimant(connection) is None
    with pytest.raises(StationUnknownError):
        _claim(connection, stations[0])
    _claim(connection, stations[1])
    assert _claimant(connection) == stations[1]


def test_a_claim_moves_the_watermark(connection: psycopg.Connection, stations: tuple[str, str]) -> None:
    """Ingest learns of a claim, of a release and of another time zone at its next look."""
    marks = [watermark(connection)]
    _claim(connection, stations[0])
    marks.append(watermark(connection))
    release_device(connection, stations[0], format_name="qingping", serial="582d3482ab01")
    connection.execute("UPDATE station SET timezone = 'Europe/Amsterdam'")
    marks.append(watermark(connection))
    assert len(set(marks)) == 3


def test_a_secret_is_not_shown_by_chance(connection: psycopg.Connection, stations: tuple[str, str]) -> None:
    """A Smart Citizen's serial is its token: a log of a claim does not hold it."""
    claim_device(connection, stations[0], format_name="smartcitizen", serial="aA1234", at=NOW)
    assert "aA1234" not in repr(list_claims(connection))
