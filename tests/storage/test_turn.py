"""Whose turn it is, on a real server."""

import psycopg
import pytest

from storage import locks
from storage.connection import connect
from storage.errors import DatabaseAwayError, TurnTakenError
from storage.turn import Turn


def test_one_has_the_turn_until_it_is_given_back(database_url: str) -> None:
    """A second one is refused while the first holds it, one of another number is not, and then it is the second's."""
    first, second, other = Turn(database_url, 1), Turn(database_url, 1), Turn(database_url, 2)
    for turn in (first, first, other):
        turn.hold()
    with pytest.raises(TurnTakenError, match="number 1"):
        second.hold()
    first.close()
    second.hold()
    for turn in (second, other):
        turn.close()


def test_a_holder_that_lost_its_session_has_to_ask_again(database_url: str, connection: psycopg.Connection) -> None:
    """When the server ends the session the turn is free, the holder learns that before its next batch."""
    first, second = Turn(database_url, 1), Turn(database_url, 1)
    first.hold()
    connection.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE classid = %s", (locks.TURN,))
    connection.commit()
    with pytest.raises(DatabaseAwayError):
        first.hold()
    with connect(database_url) as conn:
        while conn.execute("SELECT FROM pg_locks WHERE classid = %s", (locks.TURN,)).fetchone():
            conn.rollback()
    second.hold()
    with pytest.raises(TurnTakenError):
        first.hold()
    second.close()
