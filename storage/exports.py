"""Many hours at once, straight from PostgreSQL's COPY: as CSV bytes pass through, else C++ reads them into columns."""

from collections.abc import Collection, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import psycopg
import pyarrow as pa
from psycopg_pool import ConnectionPool

from storage.columns import GROUP_ROWS, HOUR_NUMBERS, UTC_TIME, tables
from storage.connection import borrow
from storage.parquet import Encoding, encoded
from storage.statements import sql

BLOCK = 1 << 18  # [bytes] of CSV handed on at once
COLUMN_BLOCK = 1 << 20  # [bytes] read into columns at once; four times as many took 40 MB more
TIMEOUT_MS = 900_000  # of one export; questions of the other routes have seconds

Layout = Literal["full", "excel", "eea", "openair"]
Format = Literal["csv"] | Encoding

FULL = pa.schema(
    {
        "station_id": pa.string(),
        "series_id": pa.int32(),
        **dict.fromkeys(("sensor_model", "observed_property", "unit"), pa.string()),
        **dict.fromkeys(("begin", "end"), UTC_TIME),
        **HOUR_NUMBERS,
        "flag_mask": pa.int32(),
        "quality": pa.int8(),
        "calibration_id": pa.string(),
    }
)

EEA = pa.schema(
    {
        "Samplingpoint": pa.string(),
        "Pollutant": pa.int32(),
        "Start": pa.timestamp("us"),
        "End": pa.timestamp("us"),
        "Value": pa.float64(),
        "Unit": pa.string(),
        "AggType": pa.string(),
        "Validity": pa.int32(),
        "Verification": pa.int32(),
        "ResultTime": pa.timestamp("us"),
        "DataCapture": pa.float64(),
        "FkObservationLog": pa.string(),
    }
)


@dataclass(frozen=True, slots=True)
class Shape:
    """How a layout is written: its statement, COPY's options for its CSV, and its columns; None: CSV is all it is."""

    statement: str
    options: str = "FORMAT csv, HEADER"
    schema: pa.Schema | None = None


SHAPES: Mapping[Layout, Shape] = {
    "full": Shape("export_hours", schema=FULL),
    "excel": Shape("export_hours_excel", "FORMAT csv, HEADER, DELIMITER ';'"),
    "eea": Shape("export_hours_eea", schema=EEA),
    "openair": Shape("export_hours_openair"),
}


@dataclass(frozen=True, slots=True)
class FlagLevels:
    """The masks that make a QARTOD level: missing 9, fail 4, suspect 3, not evaluated 2; the words are the caller's."""

    missing: int
    fail: int
    suspect: int
    not_evaluated: int


@dataclass(frozen=True, slots=True)
class Selection:
    """The hours of some series in [begin, end), in the order of the keys; the masks are for their quality."""

    series_keys: Collection[int]
    begin: datetime
    end: datetime
    levels: FlagLevels

    def parameters(self) -> dict[str, Any]:
        """Name everything for the statements."""
        masks = {name: getattr(self.levels, name) for name in FlagLevels.__slots__}
        return {"series_keys": list(self.series_keys), "begin": self.begin, "end": self.end, **masks}


class Export:
    """One export: read its blocks, or cancel it from another thread."""

    def __init__(
        self,
        pool: ConnectionPool[psycopg.Connection],
        shape: Shape,
        parameters: Mapping[str, Any],
        *,
        timeout_ms: int = TIMEOUT_MS,
    ) -> None:
        self._pool = pool
        self._shape = shape
        self._parameters = parameters
        self._timeout_ms = timeout_ms
        self._conn: psycopg.Connection | None = None
        self._cancelled = False

    def blocks(self, form: Format = "csv", *, timeout_s: float = 5.0) -> Generator[bytes, None, None]:
        """Yield the file in blocks, those of CSV of whole lines.

        Raises DatabaseAwayError where the server is lost or it is cancelled; ValueError for a layout that is CSV only.
        """
        if form == "csv":
            return self._lines(self._shape.options, BLOCK, timeout_s)
        if self._shape.schema is None:
            raise ValueError(f"{self._shape.statement} has no columns of fixed types: only CSV is made of it")
        return encoded(self.tables(timeout_s=timeout_s), self._shape.schema, form)

    def tables(self, *, rows: int = GROUP_ROWS, timeout_s: float = 5.0) -> Generator[pa.Table, None, None]:
        """Yield the rows as tables of so many; errors as :meth:`blocks` has them."""
        return tables(self._lines("FORMAT csv", COLUMN_BLOCK, timeout_s), self._shape.schema, rows=rows)

    def cancel(self) -> None:
        """End the query; nothing happens where none runs."""
        self._cancelled = True
        conn = self._conn
        if conn is not None:
            conn.cancel_safe()

    def _lines(self, options: str, size: int, timeout_s: float) -> Generator[bytes, None, None]:
        with borrow(self._pool, timeout_s=timeout_s) as conn:
            self._conn = conn
            try:
                conn.execute(f"SET LOCAL statement_timeout = {self._timeout_ms}")
                with closing(self._copied(conn, options, size)) as lines:
                    yield from lines
            finally:
                self._conn = None

    def _copied(self, conn: psycopg.Connection, options: str, size: int) -> Generator[bytes, None, None]:
        block = bytearray()
        statement = f"COPY (\n{sql(self._shape.statement)}\n) TO STDOUT ({options})"
        with conn.cursor().copy(statement, self._parameters) as copy:
            for line in copy:
                block += line
                if len(block) >= size:
                    yield bytes(block)
                    block.clear()
                    if self._cancelled:
                        return
        if block:
            yield bytes(block)


def hour_export(
    pool: ConnectionPool[psycopg.Connection], layout: Layout, selection: Selection, *, timeout_ms: int = TIMEOUT_MS
) -> Export:
    """Make an export of hours in a layout."""
    return Export(pool, SHAPES[layout], selection.parameters(), timeout_ms=timeout_ms)
