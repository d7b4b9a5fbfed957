"""Restore: into an empty database, and compare table by table with what was backed up."""

from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from luchtbrug.backup.errors import DatabaseInUseError, DatabaseNotEmptyError, RestoreDiffersError
from luchtbrug.backup.manifest import DUMP, Manifest, read_manifest
from luchtbrug.backup.tools import find_tool, run_tool
from storage.connection import connect
from storage.contents import contents, differences, neighbours, tables
from storage.migrate import refuse_newer

TIMESCALE = "timescaledb"


def restore(url: str, folder: Path, *, force: bool) -> Manifest:
    """Restore a backup and compare; with `force` what the database held before is dropped first.

    On plain PostgreSQL a restore that fails leaves the database empty. Raises the errors of this package, and
    SchemaTooNewError where the backup is of a newer release than this.
    """
    manifest = read_manifest(folder)
    refuse_newer(manifest.migrations)
    tool = find_tool("pg_restore", manifest.tool_major)
    with connect(url) as conn:
        _make_room(conn, force=force)
        _make_roles(conn, manifest.roles)
        _begin_timescale(conn, manifest)
    options = ["--no-owner", "--exit-on-error", str(folder / DUMP)]
    chunked = TIMESCALE in manifest.extensions
    run_tool(tool, url, options if chunked else ["--single-transaction", *options])
    with connect(url) as conn:
        if chunked:
            conn.execute("SELECT timescaledb_post_restore()")
        found = differences(manifest.contents, contents(conn))
    if found:
        raise RestoreDiffersError(f"what came back is not what was backed up: {'; '.join(found)}")
    return manifest


def _make_room(conn: psycopg.Connection, *, force: bool) -> None:
    if others := neighbours(conn):
        raise DatabaseInUseError(f"{others} other sessions use this database: stop ingest, calibrate, api and the rest")
    there = tables(conn)
    if not there:
        return
    if not force:
        raise DatabaseNotEmptyError(
            f"the database holds {len(there)} tables already: restore into an empty one, "
            "or drop all that is in it with --force"
        )
    conn.execute("DROP EXTENSION IF EXISTS timescaledb CASCADE")
    conn.execute("DROP SCHEMA IF EXISTS restricted CASCADE")
    conn.execute("DROP SCHEMA public CASCADE")
    conn.execute("CREATE SCHEMA public")


def _make_roles(conn: psycopg.Connection, roles: list[str]) -> None:
    """Make the roles that rights are given to, without a login: a server that is new has none of them."""
    for name in roles:
        if conn.execute("SELECT FROM pg_roles WHERE rolname = %s", (name,)).fetchone() is None:
            conn.execute(SQL("CREATE ROLE {} NOLOGIN").format(Identifier(name)))


def _begin_timescale(conn: psycopg.Connection, manifest: Manifest) -> None:
    """Make the extension in the version of the dump, and tell it that its own tables are about to come."""
    version = manifest.extensions.get(TIMESCALE)
    if version is None:
        return
    conn.execute(SQL("CREATE EXTENSION IF NOT EXISTS timescaledb VERSION {}").format(Literal(version)))
    conn.execute("SELECT timescaledb_pre_restore()")
