"""Back up: one dump and one list, both of the same moment, while everything goes on running."""

import shutil
from datetime import datetime
from pathlib import Path

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
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True, mode=0o700)  # it holds exact positions and addresses
    with connect(url) as conn:
        conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        manifest = _dump(conn, url, part, now)
    write_manifest(part, manifest)
    part.rename(folder)
    return manifest


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
