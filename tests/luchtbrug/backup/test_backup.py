"""Backup and restore of a real database by PostgreSQL's own programs."""

import json
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from luchtbrug.backup.dump import backup
from luchtbrug.backup.errors import (
    DatabaseInUseError,
    DatabaseNotEmptyError,
    FolderTakenError,
    NotABackupError,
    RestoreDiffersError,
    ToolMissingError,
)
from luchtbrug.backup.manifest import DUMP, MANIFEST, read_manifest
from luchtbrug.backup.restore import restore
from luchtbrug.backup.tools import find_tool
from luchtbrug.cli import app
from storage.connection import connect
from storage.contents import contents
from storage.errors import SchemaTooNewError
from storage.migrate import check, migrate

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
ROWS = Path(__file__).parents[2] / "storage" / "released"


@pytest.fixture(scope="module")
def full_url(postgres_url: str) -> Iterator[str]:
    """Make a database with rows in every table, and a role that nobody else has."""
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute("CREATE DATABASE backed_up STRATEGY file_copy")
        admin.execute("CREATE ROLE backup_reader NOLOGIN")
        url = postgres_url.replace("/postgres?", "/backed_up?")
        with connect(url) as conn:
            migrate(conn)
            for file in sorted(ROWS.glob("*.sql")):
                conn.execute(file.read_bytes())
            conn.execute("GRANT SELECT ON station TO backup_reader")
        yield url
        admin.execute("DROP DATABASE backed_up WITH (FORCE)")
        admin.execute("DROP ROLE IF EXISTS backup_reader")


@pytest.fixture(scope="module")
def kept(full_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Back that database up once."""
    folder = tmp_path_factory.mktemp("backups") / "monday"
    backup(full_url, folder, now=NOW)
    return folder


def _altered(kept: Path, to: Path, **fields: object) -> Path:
    to.mkdir()
    (to / DUMP).write_bytes((kept / DUMP).read_bytes())
    listed = json.loads((kept / MANIFEST).read_text())
    (to / MANIFEST).write_text(json.dumps(listed | fields))
    return to


def test_a_restored_database_holds_every_row(full_url: str, kept: Path, postgres_url: str) -> None:
    """Every table and sequence comes back as it was, with rights of a role that the server had lost."""
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute("CREATE DATABASE brought_back STRATEGY file_copy")
        url = postgres_url.replace("/postgres?", "/brought_back?")
        with connect(full_url) as conn:
            conn.execute("REVOKE ALL ON station FROM backup_reader")
            conn.execute("DROP ROLE backup_reader")
        restore(url, kept, force=False)
        with connect(full_url) as before, connect(url) as after:
            check(after)
            assert contents(after) == contents(before)
            assert min(table.rows for table in contents(after).tables.values()) > 0
            right = "SELECT has_table_privilege('backup_reader', 'station', 'SELECT')"
            assert after.execute(right).fetchone() == (True,)
            with pytest.raises(psycopg.errors.RaiseException, match="never changed"):
                after.execute("UPDATE calibration SET status = 'other'")
        admin.execute("DROP DATABASE brought_back WITH (FORCE)")


def test_a_backup_is_of_one_moment_and_for_its_owner_alone(kept: Path) -> None:
    """The folder is its owner's alone, its list names each secret that is not in it, and nothing is written over."""
    listed = json.loads((kept / MANIFEST).read_text())
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    assert {"LUCHTBRUG_POSITION_KEY", "LUCHTBRUG_MQTT_URL"} <= set(listed["not_included"])
    assert listed["made_at"] == NOW.isoformat()
    with pytest.raises(FolderTakenError, match="there already"):
        backup("postgresql://nobody@127.0.0.1:9/none", kept, now=NOW)


def test_two_backups_to_one_folder_leave_one_that_is_whole(full_url: str, tmp_path: Path) -> None:
    """Whoever is second is told so, and neither writes into what the other has made."""
    folder, seen = tmp_path / "night", []

    def back_up() -> None:
        try:
            backup(full_url, folder, now=NOW)
        except FolderTakenError as error:
            seen.append(str(error))

    both = [threading.Thread(target=back_up) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert len(seen) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["night"]
    assert read_manifest(folder).contents.tables["public.station"].rows > 0  # it compares the dump with its digest


def test_a_database_with_something_in_it_is_refused_unless_forced(kept: Path, database_url: str) -> None:
    """What a database holds is dropped only when that is said, and never while services use it."""
    with pytest.raises(DatabaseNotEmptyError, match="--force"):
        restore(database_url, kept, force=False)
    with connect(database_url) as other:
        other.execute("SELECT 1")
        with pytest.raises(DatabaseInUseError, match="stop ingest"):
            restore(database_url, kept, force=True)
    restore(database_url, kept, force=True)
    with connect(database_url) as conn:
        assert conn.execute("SELECT count(*) FROM reading").fetchone() == (600,)


def test_what_did_not_come_back_is_named(kept: Path, empty_database_url: str, tmp_path: Path) -> None:
    """A list that says other rows than the dump brings is told table by table."""
    listed = json.loads((kept / MANIFEST).read_text())["contents"]
    listed["tables"]["public.reading"]["rows"] = 601
    listed["tables"]["public.station"]["checksum"] = "1"
    with pytest.raises(
        RestoreDiffersError, match=r"public.reading has 600 rows, not 601; public.station has other rows"
    ):
        restore(empty_database_url, _altered(kept, tmp_path / "other", contents=listed), force=False)


def test_a_damaged_or_foreign_backup_is_refused_before_anything_is_touched(
    kept: Path, empty_database_url: str, tmp_path: Path
) -> None:
    """A dump that was changed, a folder without a list and a backup of a newer release leave the database empty."""
    damaged = _altered(kept, tmp_path / "damaged")
    (damaged / DUMP).write_bytes((damaged / DUMP).read_bytes()[:-1])
    newer = _altered(kept, tmp_path / "newer", migrations=["migrations/0099_from_the_future"])
    for folder, error, said in (
        (damaged, NotABackupError, "SHA-256"),
        (tmp_path, NotABackupError, "not a backup"),
        (newer, SchemaTooNewError, "newer release"),
    ):
        with pytest.raises(error, match=said):
            restore(empty_database_url, folder, force=False)
    with connect(empty_database_url) as conn:
        assert contents(conn).tables == {}


def test_a_program_that_is_too_old_is_not_used() -> None:
    """Only a pg_dump of the server's release or a later one is taken; else the package to install is named."""
    with pytest.raises(ToolMissingError, match="install postgresql-client-99"):
        find_tool("pg_dump", 99)


def test_the_command_says_what_is_to_be_kept_elsewhere(full_url: str, tmp_path: Path) -> None:
    """`luchtbrug backup` names the secrets that no backup holds."""
    done = CliRunner().invoke(app, ["backup", str(tmp_path / "b")], env={"LUCHTBRUG_DATABASE_URL": full_url})
    assert done.exit_code == 0, done.output
    assert "LUCHTBRUG_POSITION_KEY" in done.stdout
