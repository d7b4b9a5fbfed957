"""The nightly files: hours as Parquet by year and month, stations, series and calibrations, listed with checksums.

Only months in which something changed are written again. A run that was stopped is gone on with, for the package is
written after each file; a run twice in a row writes nothing.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import psycopg
import pyarrow as pa
from msgspec.structs import replace
from psycopg_pool import ConnectionPool

from api.routes.exports import LEVELS
from luchtbrug.jobs.lake_tables import DESCRIPTION, LICENSES, TITLE, WHOLE, described
from storage import locks
from storage.columns import fetch_table
from storage.connection import borrow
from storage.exports import FULL, Export, Selection, Shape, hour_export
from storage.lake import Lake, Package, Resource
from storage.parquet import parquet_writer
from storage.statements import sql

OVERLAP = timedelta(days=1)
"""Hours are committed some time after the time that they carry; a mark shows what was written already."""

TIMEOUT_MS = 6 * 3_600_000
"""Of one month's query; a month of the whole country takes minutes."""

GROUP_ROWS = 1 << 17
"""Of a row group: what DuckDB and the like read at once."""

Progress = Callable[[int, int], None]


class LakeBusyError(Exception):
    """Another run writes the files of this database."""


@dataclass(frozen=True, slots=True)
class Wrote:
    """The names of the files that were written and of those that were as they should be."""

    written: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def write_lake(
    pool: ConnectionPool[psycopg.Connection], lake: Lake, *, now: datetime, progress: Progress = lambda *_: None
) -> Wrote:
    """Bring the files to what the database holds; raise LakeBusyError while another run does so."""
    with borrow(pool) as conn, _alone(conn):
        lake.tidy()
        package, since = _found(lake)
        months = conn.execute(sql("lake_months"), {"since": since}).fetchall()
        series_keys = fetch_table(conn, "lake_series", WHOLE["series"].schema, {}).column("series_id").to_pylist()
        conn.commit()
        writer = _Writer(pool, lake, package)
        for done, (month, mark) in enumerate(months):
            progress(done, len(months))
            writer.month(month, mark, series_keys)
        for name in WHOLE:
            writer.whole(name)
        created = now.isoformat() if writer.wrote.written or not package.created else package.created
        lake.publish(replace(writer.package, created=created, checked=now.isoformat()))
        progress(len(months), len(months))
        return writer.wrote


@contextmanager
def _alone(conn: psycopg.Connection) -> Iterator[None]:
    """Hold the lock; raise LakeBusyError where another run holds it."""
    row = conn.execute("SELECT pg_try_advisory_lock(%s)", [locks.LAKE]).fetchone()
    conn.commit()
    if row is None or not row[0]:
        raise LakeBusyError("Another run writes the files of this database: wait until it ends.")
    try:
        yield
    finally:
        conn.rollback()
        conn.execute("SELECT pg_advisory_unlock(%s)", [locks.LAKE])


def _found(lake: Lake) -> tuple[Package, datetime | None]:
    """Read the package without the files that are not whole, and the time since which to look for changes."""
    found = lake.package()
    if found is None:
        return Package("luchtbrug", TITLE, DESCRIPTION, LICENSES), None
    whole = [one for one in found.resources if lake.is_whole(one)]
    complete = len(whole) == len(found.resources) and found.checked
    return replace(found, resources=whole), datetime.fromisoformat(found.checked) - OVERLAP if complete else None


class _Writer:
    """Writes what differs, and after each file the package, so that a run that is stopped is gone on with."""

    def __init__(self, pool: ConnectionPool[psycopg.Connection], lake: Lake, package: Package) -> None:
        self.package = package
        self.wrote = Wrote()
        self._pool, self._lake = pool, lake

    def month(self, month: datetime, mark: str, series_keys: Collection[int]) -> None:
        """Write the hours of a month, unless its mark is that of the file that is there."""
        name = f"hours-{month:%Y-%m}"
        known = self.package.resource(name)
        if known is not None and known.mark == mark:
            self.wrote.kept.append(name)
            return
        end = (month + timedelta(days=32)).replace(day=1)
        selection = Selection(series_keys, month, end, LEVELS)
        export = hour_export(self._pool, "full", selection, timeout_ms=TIMEOUT_MS)
        path = f"hours/year={month:%Y}/month={month:%m}/hours.parquet"
        title = f"Hours of {month:%Y-%m}, by series and time"
        self._bring(
            Resource(name, path, title, 0, "", 0, described(FULL), mark=mark), export.tables(rows=GROUP_ROWS), FULL
        )

    def whole(self, name: str) -> None:
        """Write a table that is one file."""
        whole = WHOLE[name]
        tables: Iterable[pa.Table] = Export(self._pool, Shape(whole.statement, schema=whole.schema), {}).tables()
        schema = whole.schema
        if whole.complete is not None:
            table = whole.complete(pa.concat_tables([schema.empty_table(), *tables]))
            tables, schema = [table], table.schema
        self._bring(Resource(name, f"{name}.parquet", whole.title, 0, "", 0, described(schema)), tables, schema)

    def _bring(self, resource: Resource, tables: Iterable[pa.Table], schema: pa.Schema) -> None:
        """Write a file here, and bring it to its place where it is not the one that is there already."""
        with self._lake.workroom() as folder:
            made = folder / "file.parquet"
            rows = 0
            with parquet_writer(made, schema) as writer:
                for table in tables:
                    writer.write_table(table)
                    rows += table.num_rows
            with made.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            resource = replace(resource, size=made.stat().st_size, sha256=digest, rows=rows)
            known = self.package.resource(resource.name)
            same = known is not None and known.sha256 == digest
            if not same:
                self._lake.put(made, resource.path)
        (self.wrote.kept if same else self.wrote.written).append(resource.name)
        self.package = self.package.having(resource)
        self._lake.publish(self.package)
