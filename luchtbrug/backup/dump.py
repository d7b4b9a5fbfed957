"""Back up: one dump and one list, both of the same moment, while everything goes on running."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

import psycopg

from luchtbrug.backup.errors import FolderTakenError
from luchtbrug.backup.manifest import DUMP, ELSEWHERE, FORMAT, Manifest, digest, secrets_elsewhere, write_manifest
from luchtbrug.backup.tools import find_tool, run_tool
from storage.connection import connect
from storage.contents import contents, extensions, grantees
from storage.migrate import applied


def backup(url: str, folder: Path, *, now: datetime) -> Manifest:
    """Dump a database into a new folder, and say what is in it; until it is complete the folder is called `….part`.

    Raises FolderTakenError, ToolMissingError, ToolFailedError.
    """
    if folder.exists():
        raise FolderTakenError(f"{folder} is there already: name a folder that is not")
    with _unfinished(folder) as part:
        with connect(url) as conn:
            conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            manifest = _dump(conn, url, part, now)
        write_manifest(part, manifest)
        try:
            part.rename(folder)
        except OSError as error:
            raise FolderTakenError(f"{folder} was made meanwhile: name a folder that is not there") from error
    return manifest


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """Give a folder of this run alone beside `folder`, for its owner's eyes: it holds exact positions and addresses.

    What is left of it at the end goes.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(mkdtemp(prefix=f"{folder.name}.", suffix=".part", dir=folder.parent))
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _dump(conn: psycopg.Connection, url: str, folder: Path, now: datetime) -> Manifest:
    """Have pg_dump see what this transaction sees, and count that."""
    server = conn.info.server_version // 10_000
    tool = find_tool("pg_dump", server)
    row = conn.execute("SELECT pg_export_snapshot()").fetchone()
    snapshot = row[0] if row else ""
    run_tool(tool, url, ["--format=custom", f"--snapshot={snapshot}", "--no-owner", f"--file={folder / DUMP}"])
    return Manifest(
        format=FORMAT,
        made_at=now.isoformat(),
        server_major=server,
        tool_major=tool.major,
        sha256=digest(folder / DUMP),
        migrations=sorted(applied(conn)),
        extensions=extensions(conn),
        roles=grantees(conn),
        contents=contents(conn),
        not_included=[*secrets_elsewhere(), *ELSEWHERE],
    )
