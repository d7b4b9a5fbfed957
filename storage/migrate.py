"""Bring a database to this release's schema, or say why it cannot be used. Files are applied in order, each once."""

from collections.abc import Iterable
from importlib.resources import files

import psycopg

from storage import locks
from storage.errors import SchemaMissingError, SchemaTooNewError
from storage.statements import sql

ON_PLAIN = "migrations"
ON_TIMESCALE = "timescale"


def migrate(conn: psycopg.Connection) -> list[str]:
    """Apply what is missing, in one transaction of its own, and return the names applied; a second call returns [].

    `conn` must be idle. Files in `timescale/` follow where the TimescaleDB extension is there or can be created.
    Raises SchemaTooNewError when the database knows a migration that this release does not.
    """
    with conn.transaction():
        conn.execute("SELECT pg_advisory_xact_lock(%s)", (locks.MIGRATION,))
        conn.execute(sql("create_schema_migration"))
        known = applied(conn)
        refuse_newer(known)
        done = _apply(conn, _names(ON_PLAIN), known)
        if _has_timescale(conn):
            done += _apply(conn, _names(ON_TIMESCALE), known)
    return done


def check(conn: psycopg.Connection) -> None:
    """Return when the schema is the one of this release.

    Raises SchemaMissingError when it is absent or older, SchemaTooNewError when it is newer.
    """
    if not _exists(conn, "SELECT to_regclass('public.schema_migration') IS NOT NULL"):
        raise SchemaMissingError("the database has no schema of luchtbrug yet: run `luchtbrug migrate`")
    known = applied(conn)
    refuse_newer(known)
    missing = [name for name in _names(ON_PLAIN) if name not in known]
    if missing:
        raise SchemaMissingError(f"the database lacks {', '.join(missing)}: run `luchtbrug migrate`")


def applied(conn: psycopg.Connection) -> set[str]:
    """Name the migrations that a database has."""
    return {row[0] for row in conn.execute("SELECT name FROM schema_migration")}


def refuse_newer(names: Iterable[str]) -> None:
    """Raise SchemaTooNewError where there is a migration among these that this release does not know."""
    unknown = sorted(set(names) - set(_names(ON_PLAIN)) - set(_names(ON_TIMESCALE)))
    if unknown:
        raise SchemaTooNewError(
            f"the database was migrated by a newer release ({', '.join(unknown)} is unknown here): "
            "install that release or a later one, or restore the backup made before its migration"
        )


def _names(folder: str) -> list[str]:
    found = sorted(file.name for file in files("storage").joinpath(folder).iterdir() if file.name.endswith(".sql"))
    return [f"{folder}/{name.removesuffix('.sql')}" for name in found]


def _apply(conn: psycopg.Connection, names: Iterable[str], known: set[str]) -> list[str]:
    missing = [name for name in names if name not in known]
    for name in missing:
        conn.execute(files("storage").joinpath(f"{name}.sql").read_bytes())
        conn.execute("INSERT INTO schema_migration (name) VALUES (%s)", (name,))
    return missing


def _has_timescale(conn: psycopg.Connection) -> bool:
    if not _exists(conn, sql("timescale_creatable")):
        return False
    try:
        with conn.transaction():
            conn.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")
    except psycopg.errors.InsufficientPrivilege:
        return False  # the same tables and answers on plain PostgreSQL
    # the Apache edition has hypertables only: neither columnstore nor continuous aggregates
    return _exists(conn, "SELECT current_setting('timescaledb.license', true) = 'timescale'")


def _exists(conn: psycopg.Connection, query: str) -> bool:
    row = conn.execute(query).fetchone()
    return bool(row and row[0])
