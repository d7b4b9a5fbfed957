"""The embedded PostgreSQL: shared, kept, and a sentence where it cannot start."""

from pathlib import Path

import psycopg
import pytest

from luchtbrug.database import EmbeddedDatabaseError, embedded, open_schema
from luchtbrug.settings import Settings
from storage.errors import SchemaMissingError


def test_it_is_migrated_and_keeps_its_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second start finds what the first one stored."""
    monkeypatch.delenv("LUCHTBRUG_DATABASE_URL", raising=False)
    settings = Settings.read(data_dir=tmp_path)
    with open_schema(settings) as url, psycopg.connect(url) as conn:
        conn.execute("INSERT INTO event (time, kind) VALUES (now(), 'test')")
    with open_schema(settings) as url, psycopg.connect(url) as conn:
        assert conn.execute("SELECT count(*) FROM event WHERE kind = 'test'").fetchone() == (1,)


def test_a_folder_that_is_no_database_is_a_sentence(tmp_path: Path) -> None:
    """Something else in the folder is not overwritten; the error names the folder and the way out."""
    folder = tmp_path / "postgres"
    folder.mkdir()
    (folder / "PG_VERSION").write_text("9\n")
    with pytest.raises(EmbeddedDatabaseError, match="LUCHTBRUG_DATABASE_URL") as caught, embedded(folder):
        pass
    assert str(folder) in str(caught.value)
    assert (folder / "PG_VERSION").read_text() == "9\n"


def test_a_configured_database_is_not_migrated_behind_its_back(empty_database_url: str, tmp_path: Path) -> None:
    """Only the embedded one is ours to change; for another the command to run is named."""
    settings = Settings.read(data_dir=tmp_path, database_url=empty_database_url)
    with pytest.raises(SchemaMissingError, match="luchtbrug migrate"), open_schema(settings):
        pass
