"""Connections, pools and a server that is away."""

from contextlib import suppress
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from storage.connection import borrow, connect, open_pool
from storage.errors import DatabaseAwayError

NOBODY = "postgresql://somebody:secret@127.0.0.1:9/air?connect_timeout=1"  # port 9, discard: nothing listens


def test_times_come_in_utc(database_url: str) -> None:
    """A time comes back in UTC, whatever zone it was written in, also after a rollback."""
    with connect(database_url) as conn:
        conn.rollback()
        row = conn.execute("SELECT '2026-05-17 14:00+02'::timestamptz").fetchone()
    assert row == (datetime(2026, 5, 17, 12, tzinfo=UTC),)
    assert row is not None
    assert row[0].isoformat() == "2026-05-17T12:00:00+00:00"


def test_a_connection_does_not_commit_by_itself(database_url: str) -> None:
    """What the caller did not commit is not there for others."""
    with connect(database_url) as writer, connect(database_url) as reader:
        writer.execute("INSERT INTO owner DEFAULT VALUES")
        assert reader.execute("SELECT count(*) FROM owner").fetchone() == (0,)


def test_an_absent_server_is_one_error_without_the_password() -> None:
    """A server that is not there is a DatabaseAwayError that names the place and keeps the password."""
    with pytest.raises(DatabaseAwayError) as caught:
        connect(NOBODY)
    assert "no connection to PostgreSQL at 127.0.0.1:9, database 'air'" in str(caught.value)
    assert "is the server up, and is the database URL right?" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_pool_opens_without_a_server_and_says_so_when_asked() -> None:
    """A pool without a server opens, and lending from it is a DatabaseAwayError."""
    with open_pool(NOBODY, size=1) as pool, pytest.raises(DatabaseAwayError), borrow(pool, timeout_s=0.2):
        pass


def test_a_pool_finds_a_server_that_comes_later(postgres_url: str) -> None:
    """A pool whose database is not there lends connections once it is."""
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        with open_pool(postgres_url.replace("/postgres?", "/comes_later?"), size=1) as pool:
            with pytest.raises(DatabaseAwayError), borrow(pool, timeout_s=0.2):
                pass
            admin.execute("CREATE DATABASE comes_later STRATEGY file_copy")
            with borrow(pool) as conn:
                assert conn.execute("SELECT current_database()").fetchone() == ("comes_later",)
        admin.execute("DROP DATABASE comes_later WITH (FORCE)")


def test_a_borrowed_connection_commits(database_url: str) -> None:
    """A block that ends well is committed, one that raises is rolled back."""
    with open_pool(database_url, size=1) as pool:
        with borrow(pool) as conn:
            conn.execute("INSERT INTO owner DEFAULT VALUES")
        with suppress(KeyError), borrow(pool) as conn:
            conn.execute("INSERT INTO owner DEFAULT VALUES")
            raise KeyError
        with borrow(pool) as conn:
            assert conn.execute("SELECT count(*) FROM owner").fetchone() == (1,)


def test_a_connection_that_dies_in_the_block_is_away_and_the_next_one_works(database_url: str) -> None:
    """A session that the server ends is a DatabaseAwayError, and the pool finds a new one."""
    with open_pool(database_url, size=1) as pool, connect(database_url) as other:
        with pytest.raises(DatabaseAwayError, match="nothing was committed"):
            _lose_the_server(pool, other)
        with borrow(pool) as conn:
            assert conn.execute("SELECT 1").fetchone() == (1,)


def test_a_refused_statement_is_not_a_lost_server(database_url: str) -> None:
    """An error in the data stays the driver's own error."""
    with open_pool(database_url, size=1) as pool, pytest.raises(psycopg.errors.UndefinedTable), borrow(pool) as conn:
        conn.execute("SELECT FROM nothing_of_ours")


def _lose_the_server(pool: ConnectionPool[psycopg.Connection], other: psycopg.Connection) -> None:
    with borrow(pool) as conn:
        other.execute("SELECT pg_terminate_backend(%s)", (conn.info.backend_pid,))
        other.commit()
        conn.execute("SELECT 1")
