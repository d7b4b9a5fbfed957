"""What doctor says of the store: sizes, how far behind, and what to do."""

from datetime import timedelta

import psycopg

from luchtbrug.doctor.finding import Finding
from luchtbrug.doctor.of_storage import examine_storage

from .conftest import END, HOUR, SmallNetwork


def _found(conn: psycopg.Connection, hours_later: int) -> dict[str, Finding]:
    return {one.what: one for one in examine_storage(conn, now=END + hours_later * HOUR)}


def test_an_empty_platform_is_not_late(connection: psycopg.Connection) -> None:
    """Where nothing came yet nothing is wrong, and the tables are named with their sizes."""
    found = _found(connection, 0)
    assert {name: one.ok for name, one in found.items()} == {"tables": True, "readings": None, "hours": None}
    assert " kB" in found["tables"].seen


def test_lag_is_told_with_what_to_do(connection: psycopg.Connection, small_network: SmallNetwork) -> None:
    """Readings are late after an hour and validated hours after four; before that both are fine."""
    assert _found(connection, 1)["readings"] == Finding(
        "readings", True, "newest reading 2026-05-14 00:00 UTC, 60 min ago"
    )
    assert _found(connection, 1)["hours"].ok is None
    small_network.look(END - timedelta(days=1), END, refit=True)
    assert _found(connection, 4)["hours"].ok is True
    late = _found(connection, 5)
    assert (late["readings"].ok, late["hours"].ok) == (False, False)
    assert late["hours"].seen == "validated up to 2026-05-14 00:00 UTC, 5 h ago"
    assert late["hours"].advice.startswith("is calibrate running")
