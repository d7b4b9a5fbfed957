"""Who knocks at the HTTP door: the station that a token or a password belongs to."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

import psycopg
from psycopg_pool import ConnectionPool

from storage.connection import borrow
from storage.stations import password_hash, station_of_token

_LONGEST_SECRET = 200  # no secret of ours is longer [characters]; hashing a made-up giant one is work for nothing


@dataclass(frozen=True, slots=True)
class Hashing:
    """How secrets were hashed when they were made; the room that makes them passes this in."""

    hash_token: Callable[[str], str]
    password_fits: Callable[[str, str | None], bool]


class Keys:
    """Looks secrets up in the station table; a withdrawn station's are gone at once."""

    def __init__(self, pool: ConnectionPool[psycopg.Connection], hashing: Hashing) -> None:
        self._pool = pool
        self._hashing = hashing
        self._one_at_a_time = threading.Lock()  # argon2 is costly on purpose: a flood of guesses gets one core, not all
        self._fitted: dict[str, tuple[str, str]] = {}  # station → password hash, and the token hash of what fitted it

    def station_of_token(self, token: str) -> str | None:
        """Give the station of an HTTP token; DatabaseAwayError when nobody can tell."""
        if not 0 < len(token) <= _LONGEST_SECRET:
            return None
        with borrow(self._pool) as conn:
            return station_of_token(conn, self._hashing.hash_token(token))

    def fits(self, station_id: str, secret: str) -> bool:
        """Say whether a secret is the token or the MQTT password of a station; DatabaseAwayError as above."""
        if not station_id.isascii() or not station_id.isprintable():
            return False
        if self.station_of_token(secret) == station_id:
            return True
        with borrow(self._pool) as conn:
            kept = password_hash(conn, station_id)
        return 0 < len(secret) <= _LONGEST_SECRET and self._password_fits(station_id, secret, kept)

    def _password_fits(self, station_id: str, secret: str, kept: str | None) -> bool:
        fingerprint = (kept or "", self._hashing.hash_token(secret))
        if self._fitted.get(station_id) == fingerprint:
            return True  # a console that sends every 3 s costs one argon2, not one each
        with self._one_at_a_time:
            if not self._hashing.password_fits(secret, kept):
                return False
        self._fitted[station_id] = fingerprint
        return True
