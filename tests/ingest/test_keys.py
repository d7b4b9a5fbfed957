"""Whose token or password it is that knocks at the HTTP door."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import psycopg
import pytest

from ingest.keys import Hashing, Keys
from storage.connection import open_pool
from storage.owners import replace_credentials
from storage.stations import remove_station
from tests.ingest.samples import register

NOW = datetime(2026, 5, 17, tzinfo=UTC)


@dataclass(slots=True)
class Door:
    """Keys whose hash of a secret is `token-…` or `hash-…` of it, with a count of the costly looks at passwords."""

    connection: psycopg.Connection
    keys: Keys
    looks: list[str] = field(default_factory=list)


@pytest.fixture
def door(database_url: str, connection: psycopg.Connection) -> Iterator[Door]:
    """Register st-1 and st-2, whose token and password are their ids (samples.py)."""
    for name in ("st-1", "st-2"):
        register(connection, name)
    connection.commit()
    looks: list[str] = []

    def fits(secret: str, kept: str | None) -> bool:
        looks.append(secret)
        return kept == f"hash-{secret}"

    pool = open_pool(database_url, size=1)
    yield Door(connection, Keys(pool, Hashing(lambda secret: f"token-{secret}", fits)), looks)
    pool.close()


def test_a_token_opens_for_its_station_until_that_is_withdrawn(door: Door) -> None:
    """It names its station, a made-up one names none, and a withdrawn station's is good for nothing at once."""
    assert [door.keys.station_of_token(token) for token in ("st-1", "st-2", "guess")] == ["st-1", "st-2", None]
    remove_station(door.connection, "st-1", NOW)
    door.connection.commit()
    assert [door.keys.station_of_token(token) for token in ("st-1", "st-2")] == [None, "st-2"]
    assert not door.keys.fits("st-1", "st-1")


def test_a_password_is_looked_at_once(door: Door) -> None:
    """A console that sends it every few seconds costs one argon2; a wrong one costs one each time."""
    replace_credentials(door.connection, "st-1", password_hash="hash-pass", token_hash="token-other", at=NOW)
    door.connection.commit()
    assert [door.keys.fits("st-1", secret) for secret in ("pass", "pass", "guess", "guess", "pass")] == [
        True, True, False, False, True,
    ]  # fmt: skip
    assert door.looks == ["pass", "guess", "guess"]


def test_a_renewed_password_ends_the_old_one_at_once(door: Door) -> None:
    """What fitted before is not believed once other keys were made, nor after the station was withdrawn."""
    replace_credentials(door.connection, "st-1", password_hash="hash-old", token_hash="x", at=NOW)
    door.connection.commit()
    assert door.keys.fits("st-1", "old")
    replace_credentials(door.connection, "st-1", password_hash="hash-new", token_hash="x", at=NOW)
    door.connection.commit()
    assert [door.keys.fits("st-1", secret) for secret in ("old", "new")] == [False, True]
    remove_station(door.connection, "st-1", NOW)
    door.connection.commit()
    assert not door.keys.fits("st-1", "new")


def test_a_key_fits_its_own_station_only(door: Door) -> None:
    """Neither the token nor the password of another station opens; a name that no station can have is not looked up."""
    assert door.keys.fits("st-1", "st-1")
    assert door.looks == []  # a token is compared by its hash, which costs nothing
    assert [door.keys.fits(name, "st-2") for name in ("st-1", "st-9", "", "st-\0", "stä")] == [False] * 5


@pytest.mark.parametrize("secret", ["", "x" * 201])
def test_no_work_is_done_for_what_is_no_secret_of_ours(door: Door, secret: str) -> None:
    """An empty one, or a giant made up to cost something, is refused before it is hashed."""
    assert door.keys.station_of_token(secret) is None
    assert not door.keys.fits("st-1", secret)
    assert door.looks == []
