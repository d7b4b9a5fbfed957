"""Migrations on a real server."""

from pathlib import Path

import psycopg
import pytest

import storage
from storage.connection import connect
from storage.errors import SchemaMissingError, SchemaTooNewError
from storage.migrate import check, migrate


def test_the_rooms_come_from_this_repository() -> None:
    """The package under test is the one in this checkout, not an installed namesake."""
    assert Path(storage.__file__).parents[1] == Path(__file__).parents[2]


def test_migrating_twice_applies_nothing_the_second_time(empty_database_url: str) -> None:
    """The first migration applies every file in order and the second none."""
    with connect(empty_database_url) as conn:
        assert migrate(conn) == [
            "migrations/0001_initial",
            "migrations/0002_rollups",
            "migrations/0003_reader",
            "migrations/0004_reading_time",
            "migrations/0005_quarantine_station",
            "migrations/0006_provenance",
            "migrations/0007_changes",
            "migrations/0008_device_claim",
            "migrations/0009_owners",
            "migrations/0010_lake",
            "migrations/0011_areas",
            "migrations/0012_area_figures",
            "migrations/0013_campaigns",
            "migrations/0014_staff",
            "migrations/0016_privacy",
            "migrations/0018_api_keys",
            "migrations/0019_requeued",
        ]
        assert migrate(conn) == []
        check(conn)


def test_an_empty_database_is_told_to_migrate(empty_database_url: str) -> None:
    """A database without our schema is refused with the command that makes it."""
    with connect(empty_database_url) as conn, pytest.raises(SchemaMissingError) as caught:
        check(conn)
    assert str(caught.value) == "the database has no schema of luchtbrug yet: run `luchtbrug migrate`"


def test_an_older_database_is_told_what_it_lacks(connection: psycopg.Connection) -> None:
    """A database that lacks a migration is refused with the name of that migration."""
    connection.execute("DELETE FROM schema_migration WHERE name = 'migrations/0003_reader'")
    with pytest.raises(SchemaMissingError) as caught:
        check(connection)
    assert str(caught.value) == "the database lacks migrations/0003_reader: run `luchtbrug migrate`"


@pytest.mark.parametrize("act", [check, migrate])
def test_a_newer_database_is_refused_with_the_way_out(connection: psycopg.Connection, act: object) -> None:
    """A database with a migration that this release does not know is neither used nor migrated."""
    connection.execute("INSERT INTO schema_migration (name) VALUES ('migrations/0099_from_the_future')")
    connection.commit()
    with pytest.raises(SchemaTooNewError) as caught:
        act(connection)  # type: ignore[operator] # mypy joins the two functions to object
    assert str(caught.value) == (
        "the database was migrated by a newer release (migrations/0099_from_the_future is unknown here): "
        "install that release or a later one, or restore the backup made before its migration"
    )


def test_a_failing_migration_leaves_nothing_behind(empty_database_url: str) -> None:
    """A migration that meets a table in its way fails as a whole and leaves no schema."""
    with connect(empty_database_url) as conn:
        conn.execute("CREATE TABLE quarantine (in_the_way int)")
        conn.commit()
        with pytest.raises(psycopg.errors.DuplicateTable):
            migrate(conn)
        assert conn.execute("SELECT to_regclass('station'), to_regclass('schema_migration')").fetchone() == (None, None)


def test_the_reader_sees_what_is_public_only(connection: psycopg.Connection) -> None:
    """The role luchtbrug_reader reads stations and rollups, and neither restricted tables nor quarantined messages."""
    connection.execute("SET ROLE luchtbrug_reader")
    for table in ("station", "reading", "hour", "reading_hour", "reading_day"):
        connection.execute(f"SELECT FROM {table}")
    connection.commit()
    for table in ("restricted.station_position", "restricted.station_credential", "quarantine"):
        connection.execute("SET ROLE luchtbrug_reader")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"SELECT FROM {table}")
        connection.rollback()


def test_a_role_that_may_not_create_roles_migrates_too(
    postgres_url: str, template_url: str, empty_database_url: str
) -> None:
    """Without the right to create roles the schema is made all the same, readable by the reader that is there."""
    name = empty_database_url.split("/")[3].split("?")[0]
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute("CREATE ROLE plain_owner LOGIN")
        admin.execute(f"ALTER DATABASE {name} OWNER TO plain_owner")
    with connect(empty_database_url.replace("postgres:@", "plain_owner:@")) as conn:
        migrate(conn)
        check(conn)
        right = "SELECT has_table_privilege('luchtbrug_reader', %s, 'SELECT')"
        assert conn.execute(right, ("reading",)).fetchone() == (True,)
        assert conn.execute(right, ("quarantine",)).fetchone() == (False,)
