"""From every released schema to the newest, with rows in every table that the release had."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from storage.connection import connect
from storage.contents import tables
from storage.migrate import check, migrate

from .history import PLAIN, Rows, begin_history, rows_of, step

RENAMED = {("station_paused", '{"note": "holiday"}'): ("paused", '{"text": "holiday"}')}
"""What 0009 changed in rows that were there: the names of owners' events."""

Release = tuple[str, str, Rows]
"""Its last migration, the URL of a database as it left it, and what stands in that."""


@pytest.fixture(scope="module")
def releases(postgres_url: str) -> Iterator[list[Release]]:
    """Walk through the releases once, and keep a copy of the database as each left it."""
    made: list[Release] = []
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        _make(admin, "upgrade_now", "template1")
        for name in PLAIN:
            with connect(postgres_url.replace("/postgres?", "/upgrade_now?")) as conn:
                begin_history(conn)
                step(conn, name)
                rows = rows_of(conn)
            copy = f"upgrade_{name[:4]}"
            _make(admin, copy, "upgrade_now")
            made.append((name, postgres_url.replace("/postgres?", f"/{copy}?"), rows))
        yield made
        for name in ["upgrade_now", *(f"upgrade_{name[:4]}" for name in PLAIN)]:
            admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def _make(admin: psycopg.Connection, name: str, template: str) -> None:
    copy = SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
    admin.execute(copy.format(Identifier(name), Identifier(template)))


def renamed(rows: Rows) -> Rows:
    """Give rows of an early release as they are to be found after 0009."""
    columns, events = rows["public.event"]
    kind, detail = columns.index("kind"), columns.index("detail")
    told = []
    for row in events:
        named = RENAMED.get((row[kind], row[detail]), (row[kind], row[detail]))
        told.append(
            tuple(named[(kind, detail).index(at)] if at in (kind, detail) else row[at] for at in range(len(row)))
        )
    return {**rows, "public.event": (columns, sorted(told, key=repr))}


def test_every_release_migrates_with_all_its_rows(releases: list[Release]) -> None:
    """A database of any release comes to the newest schema in one go, and every row of it is as it was."""
    for name, url, before in releases:
        with connect(url) as conn:
            applied = migrate(conn)
            assert applied == [f"migrations/{later}" for later in PLAIN if later > name]
            check(conn)
            assert rows_of(conn, before) == renamed(before), name


def test_every_table_of_the_newest_schema_was_filled(releases: list[Release]) -> None:
    """No table is empty in these databases: a new one needs rows in tests/storage/released."""
    with connect(releases[-1][1]) as conn:
        empty = [
            name
            for schema, name in tables(conn)
            if conn.execute(SQL("SELECT FROM {}.{} LIMIT 1").format(Identifier(schema), Identifier(name))).rowcount == 0
        ]
    assert empty == []
