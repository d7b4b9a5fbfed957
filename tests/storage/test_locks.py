"""Each thing that one session does at a time has a lock of its own."""

import re
from datetime import UTC, datetime
from importlib.resources import files

import psycopg
import pytest

from storage import audit, locks
from storage.audit import COMMAND
from storage.connection import connect

NUMBERS = {name: number for name, number in vars(locks).items() if name.isupper()}


def test_no_two_locks_have_one_number() -> None:
    """Neither among those of the table, nor with one that stands in a migration."""
    assert len(set(NUMBERS.values())) == len(NUMBERS) == 7
    migrations = [each.read_text(encoding="utf-8") for each in files("storage").joinpath("migrations").iterdir()]
    written = {int(number) for text in migrations for number in re.findall(r"advisory\w*\((\d+)\)", text)}
    assert written == {locks.AUDIT}


@pytest.mark.parametrize("number", [locks.HOURS, locks.ALERTS])
def test_the_audit_log_waits_for_no_other_lock(connection: psycopg.Connection, database_url: str, number: int) -> None:
    """What staff and owners do is written down while hours are validated and alerts decided."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [number])
    with connect(database_url) as other:
        other.execute("SET lock_timeout = '2s'")
        audit.record(other, COMMAND, "areas.loaded", time=datetime(2026, 5, 17, tzinfo=UTC))
        other.commit()
