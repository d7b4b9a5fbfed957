"""Sessions of staff and when they end, on a real server."""

from datetime import UTC, datetime, timedelta

import psycopg

from luchtbrug.staff.sessions import LIFE
from storage import staff
from storage.staff import NewSession

NOW = datetime(2026, 5, 17, 8, tzinfo=UTC)


def begin(conn: psycopg.Connection, token: str, at: datetime) -> None:
    """Begin a viewer's session."""
    staff.begin_session(conn, NewSession(token, f"oidc:{token}", "Some Name", "viewer"), at, LIFE)


def test_a_session_ends_when_nobody_uses_it(connection: psycopg.Connection) -> None:
    """After an hour without use it is over, whatever the cookie says."""
    begin(connection, "one", NOW)
    assert staff.find_session(connection, "one", NOW + LIFE.idle, LIFE) is not None
    assert staff.find_session(connection, "one", NOW + LIFE.idle + timedelta(seconds=1), LIFE) is None


def test_a_session_ends_after_a_working_day(connection: psycopg.Connection) -> None:
    """Used all the time, it is over after ten hours."""
    begin(connection, "one", NOW)
    found = staff.find_session(connection, "one", NOW, LIFE)
    assert found is not None
    staff.touch_session(connection, found.session_key, NOW + LIFE.longest)
    assert staff.find_session(connection, "one", NOW + LIFE.longest, LIFE) is not None
    assert staff.find_session(connection, "one", NOW + LIFE.longest + timedelta(seconds=1), LIFE) is None
    assert staff.list_sessions(connection, NOW + LIFE.longest + timedelta(seconds=1), LIFE) == []


def test_names_go_with_the_session(connection: psycopg.Connection) -> None:
    """The next sign-in deletes what is over: no name of staff stays."""
    begin(connection, "one", NOW)
    begin(connection, "two", NOW + LIFE.idle + timedelta(seconds=1))
    assert connection.execute("SELECT subject FROM restricted.staff_session").fetchall() == [("oidc:two",)]
