"""Databases as earlier releases left them: each step of the schema, and the rows that could be in it then."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from storage.contents import tables
from storage.statements import sql

RELEASED = Path(__file__).parent / "released"
PLAIN = sorted(file.name.removesuffix(".sql") for file in files("storage").joinpath("migrations").iterdir())
HYPERTABLES = "timescale/0001_hypertables"

Rows = dict[str, tuple[list[str], list[Any]]]
"""Of each table the columns that it had, and its rows as text."""


def begin_history(conn: psycopg.Connection) -> None:
    """Make the table that says which migrations a database has."""
    conn.execute(sql("create_schema_migration"))
    conn.commit()


def step(conn: psycopg.Connection, name: str, *, schema: bool = True, rows: bool = True) -> None:
    """Apply one migration as its release did, and write the rows that it allows; or one of the two."""
    if schema:
        apply(conn, f"migrations/{name}")
    written = RELEASED / f"{name}.sql"
    if rows and written.exists():
        conn.execute(written.read_bytes())
    conn.commit()


def apply(conn: psycopg.Connection, name: str) -> None:
    """Apply a migration, and write down that it was."""
    conn.execute(files("storage").joinpath(f"{name}.sql").read_bytes())
    conn.execute("INSERT INTO schema_migration (name) VALUES (%s)", (name,))
    conn.commit()


def rows_of(conn: psycopg.Connection, before: Rows | None = None, *, end: bool = True) -> Rows:
    """Read every table, and `end` the transaction; with `before` only its tables, with the columns they had then."""
    found: Rows = {}
    for schema, name in tables(conn):
        key = f"{schema}.{name}"
        if name == "schema_migration" or (before is not None and key not in before):
            continue
        columns = before[key][0] if before else _columns(conn, schema, name)
        listed = SQL(", ").join(SQL("{}::text").format(Identifier(column)) for column in columns)
        query = SQL("SELECT {} FROM {}.{} ORDER BY 1, 2").format(listed, Identifier(schema), Identifier(name))
        found[key] = (columns, sorted(conn.execute(query).fetchall(), key=repr))
    if end:
        conn.rollback()
    return found


def _columns(conn: psycopg.Connection, schema: str, name: str) -> list[str]:
    query = (
        "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s"
        " ORDER BY ordinal_position"
    )
    return [row[0] for row in conn.execute(query, (schema, name))]
