"""The audit log against those who want it otherwise, on a real server."""

from datetime import UTC, datetime

import psycopg
import pytest

from storage import audit
from storage.audit import COMMAND, Actor

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)


@pytest.fixture
def logged(connection: psycopg.Connection) -> psycopg.Connection:
    """Write three entries."""
    audit.record(connection, COMMAND, "areas.loaded", "buurten.gpkg", time=NOW, after={"areas": 3})
    audit.record(connection, Actor("oidc:1", "viewer"), "staff.signed_in", time=NOW)
    audit.record(
        connection, "owner", "station.moved", "station s-1", time=NOW, before={"latitude": 52.1}, after={"n": 1}
    )
    connection.commit()
    return connection


def test_entries_are_numbered_and_chained(logged: psycopg.Connection) -> None:
    """The newest comes first, each has its number, and a second look works every hash out to the same."""
    entries = audit.list_entries(logged)
    assert [entry.audit_key for entry in entries] == [3, 2, 1]
    assert len({entry.hash for entry in entries}) == 3
    verdict = audit.verify(logged, anchor=entries[2].hash)
    assert (verdict.intact, verdict.entries, verdict.hash) == (True, 3, entries[0].hash)
    assert [entry.action for entry in audit.list_entries(logged, actor="oidc:1")] == ["staff.signed_in"]


def test_no_secret_and_no_place_gets_in(logged: psycopg.Connection) -> None:
    """Fields of such names are blanked, whoever writes them."""
    audit.record(logged, "owner", "x", time=NOW, after={"Owner_Token": "t", "mqtt_password": "p", "name": "kept"})
    entries = audit.list_entries(logged)
    assert entries[0].after == {"Owner_Token": "***", "mqtt_password": "***", "name": "kept"}
    assert entries[1].before == {"latitude": "***"}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE restricted.audit SET actor = 'somebody else'",
        "DELETE FROM restricted.audit WHERE audit_key = 3",
        "TRUNCATE restricted.audit",
        "SET session_replication_role = replica; DELETE FROM restricted.audit",
    ],
)
def test_the_tables_owner_and_a_superuser_change_nothing(logged: psycopg.Connection, statement: str) -> None:
    """Every way to take something away is refused, in a session that only replicates as well."""
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        logged.execute(statement.encode())
    logged.rollback()
    assert audit.verify(logged).entries == 3


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        ("UPDATE restricted.audit SET actor = 'somebody else' WHERE audit_key = 2", 2),
        ("UPDATE restricted.audit SET time = time + interval '1 s' WHERE audit_key = 1", 1),
        ("UPDATE restricted.audit SET after = '{}' WHERE audit_key = 1", 1),
        ("DELETE FROM restricted.audit WHERE audit_key = 1", 2),
        ("DELETE FROM restricted.audit WHERE audit_key = 2", 3),
    ],
)
def test_tampering_shows_even_without_triggers(logged: psycopg.Connection, tampering: str, broken: int) -> None:
    """Whoever switches the triggers off leaves a row that does not follow from the one before."""
    logged.execute("ALTER TABLE restricted.audit DISABLE TRIGGER USER")
    logged.execute(tampering.encode())
    assert audit.verify(logged).broken == broken


def test_an_end_that_was_cut_off_shows_by_its_anchor(logged: psycopg.Connection) -> None:
    """The chain alone cannot tell; the hash that was written down elsewhere can."""
    anchor = audit.verify(logged).hash
    logged.execute("ALTER TABLE restricted.audit DISABLE TRIGGER USER")
    logged.execute("DELETE FROM restricted.audit WHERE audit_key = 3")
    assert audit.verify(logged).intact
    assert not audit.verify(logged, anchor=anchor).intact


def test_number_and_hash_are_nobodys_to_choose(logged: psycopg.Connection) -> None:
    """What an INSERT says of them is not taken."""
    logged.execute(
        "INSERT INTO restricted.audit (audit_key, time, actor, action, hash) VALUES (99, now(), 'x', 'y', 'mine')"
    )
    entry = audit.list_entries(logged)[0]
    assert entry.audit_key == 4
    assert entry.hash != "mine"
    assert audit.verify(logged).intact


def test_the_writers_role_adds_and_reads_and_no_more(logged: psycopg.Connection) -> None:
    """A service with this role alone has no way to change an entry, nor to see what else is restricted."""
    logged.execute("SET ROLE luchtbrug_audit_writer")
    audit.record(logged, "owner", "station.keys", "station s-1", time=NOW)
    assert len(audit.list_entries(logged)) == 4
    logged.execute("SAVEPOINT here")
    for statement in (
        "UPDATE restricted.audit SET actor = 'x'", "DELETE FROM restricted.audit", "TRUNCATE restricted.audit",
        "ALTER TABLE restricted.audit DISABLE TRIGGER USER", "SELECT * FROM restricted.station_position",
    ):  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            logged.execute(statement.encode())
        logged.execute("ROLLBACK TO here")
