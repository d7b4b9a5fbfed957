"""What a database holds, table by table, in numbers that two databases can be compared by."""

from collections.abc import Mapping
from dataclasses import dataclass

import psycopg
from psycopg.sql import SQL, Identifier

from storage.statements import sql

_SPELLING = "SET LOCAL DateStyle = 'ISO, MDY'; SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'"
"""How rows are written is a setting; a checksum must not depend on it."""

_SUM = SQL("SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {}.{} AS t")


@dataclass(frozen=True, slots=True)
class TableContents:
    """Rows of a table, and the sum of their hashes: the same in whatever order they lie."""

    rows: int
    checksum: str


@dataclass(frozen=True, slots=True)
class Contents:
    """All of ours in a database: tables by `schema.name`, and where each sequence has come to."""

    tables: Mapping[str, TableContents]
    sequences: Mapping[str, int]


def contents(conn: psycopg.Connection) -> Contents:
    """Count and hash every row of every table of ours; reads all of the database once.

    Within a transaction of the caller's own isolation, so that it may be of the moment of a dump.
    """
    conn.execute(_SPELLING)
    return Contents({f"{schema}.{name}": _table(conn, schema, name) for schema, name in tables(conn)}, _sequences(conn))


def tables(conn: psycopg.Connection) -> list[tuple[str, str]]:
    """List schema and name of every table of ours."""
    return [(schema, name) for schema, name in conn.execute(sql("list_tables"))]


def grantees(conn: psycopg.Connection) -> list[str]:
    """List the roles that have been given rights: they belong to the server, and are in no dump of a database."""
    return [row[0] for row in conn.execute(sql("list_grantees"))]


def extensions(conn: psycopg.Connection) -> dict[str, str]:
    """Map the extensions to their versions, but for PostgreSQL's own language."""
    return dict(conn.execute("SELECT extname, extversion FROM pg_extension WHERE extname <> 'plpgsql'").fetchall())


def neighbours(conn: psycopg.Connection) -> int:
    """Count the other sessions of our login in this database."""
    row = conn.execute(sql("neighbour_sessions")).fetchone()
    return int(row[0]) if row else 0


def differences(wanted: Contents, found: Contents) -> list[str]:
    """Say in words where two databases differ; [] where they hold the same."""
    said = []
    for name in sorted(wanted.tables.keys() | found.tables.keys()):
        one, other = wanted.tables.get(name), found.tables.get(name)
        if one is None or other is None:
            said.append(f"{name} is {'missing' if other is None else 'too many'}")
        elif one.rows != other.rows:
            said.append(f"{name} has {other.rows} rows, not {one.rows}")
        elif one != other:
            said.append(f"{name} has other rows")
    said += [f"{name} stands at another number" for name, value in wanted.sequences.items()
             if found.sequences.get(name) != value]  # fmt: skip
    return said


def _table(conn: psycopg.Connection, schema: str, name: str) -> TableContents:
    row = conn.execute(_SUM.format(Identifier(schema), Identifier(name))).fetchone()
    rows, checksum = row or (0, "0")
    return TableContents(rows, checksum)


def _sequences(conn: psycopg.Connection) -> dict[str, int]:
    return dict(conn.execute(sql("list_sequences")).fetchall())
