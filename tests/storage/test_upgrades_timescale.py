"""From released schemas to the newest on the real TimescaleDB, with rows in every table that a release had."""

from collections.abc import Iterator

import psycopg
import pytest

from storage.migrate import check, migrate

from .history import HYPERTABLES, PLAIN, apply, begin_history, rows_of, step
from .test_timescale import serving_timescale
from .test_upgrades import renamed

pytestmark = pytest.mark.node

CHUNKED = ["timescale/0002_rollups"]
"""What followed the first release for TimescaleDB alone."""


@pytest.fixture(scope="module")
def chunked() -> Iterator[psycopg.Connection]:
    """Make the first release that had TimescaleDB, its readings in chunks, compressed."""
    with serving_timescale() as conn:
        begin_history(conn)
        for name in PLAIN[:2]:
            step(conn, name)
        conn.execute("CREATE EXTENSION timescaledb")
        conn.commit()
        apply(conn, HYPERTABLES)
        conn.execute("SELECT compress_chunk(c) FROM show_chunks('reading') c")
        conn.commit()
        yield conn


def test_every_later_release_is_reached_in_one_go_and_step_by_step(chunked: psycopg.Connection) -> None:
    """No row is lost or changed, compressed readings too: by all migrations in one transaction, and release by release.

    One test, for the second way leaves the database at its end.
    """
    before = rows_of(chunked)
    with chunked.transaction(force_rollback=True):
        assert migrate(chunked) == [f"migrations/{later}" for later in PLAIN[2:]] + CHUNKED
        check(chunked)
        assert rows_of(chunked, before, end=False) == renamed(before)
    for name in PLAIN[2:]:
        before = rows_of(chunked)
        step(chunked, name, rows=False)
        assert renamed(rows_of(chunked, before)) == renamed(before), name
        step(chunked, name, schema=False)
    assert migrate(chunked) == CHUNKED
    assert migrate(chunked) == []
    check(chunked)
