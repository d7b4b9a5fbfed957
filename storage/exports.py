"""Many hours at once as CSV, straight from PostgreSQL's COPY: bytes pass through, no row becomes an object."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import psycopg
from psycopg_pool import ConnectionPool

from storage.connection import borrow
from storage.statements import sql

BLOCK = 1 << 18  # [bytes] handed on at once
TIMEOUT_MS = 900_000  # of one export; questions of the other routes have seconds

Layout = Literal["full", "excel", "eea", "openair"]

STATEMENTS: Mapping[Layout, tuple[str, str]] = {
    "full": ("export_hours", "FORMAT csv, HEADER"),
    "excel": ("export_hours_excel", "FORMAT csv, HEADER, DELIMITER ';'"),
    "eea": ("export_hours_eea", "FORMAT csv, HEADER"),
    "openair": ("export_hours_openair", "FORMAT csv, HEADER"),
}
"""Layout → statement and options of COPY."""


@dataclass(frozen=True, slots=True)
class FlagLevels:
    """The masks that make a QARTOD level: missing 9, fail 4, suspect 3, not evaluated 2; the words are the caller's."""

    missing: int
    fail: int
    suspect: int
    not_evaluated: int


class HourExport:
    """One export of the hours of some series in [begin, end): read its blocks, or cancel it from another thread."""

    def __init__(
        self,
        pool: ConnectionPool[psycopg.Connection],
        layout: Layout,
        series_keys: Collection[int],
        begin: datetime,
        end: datetime,
        levels: FlagLevels,
    ) -> None:
        self._pool = pool
        self._statement, self._options = STATEMENTS[layout]
        self._parameters: dict[str, Any] = {
            "series_keys": list(series_keys),
            "begin": begin,
            "end": end,
            "missing": levels.missing,
            "fail": levels.fail,
            "suspect": levels.suspect,
            "not_evaluated": levels.not_evaluated,
        }
        self._conn: psycopg.Connection | None = None
        self._cancelled = False

    def blocks(self, *, timeout_s: float = 5.0) -> Iterator[bytes]:
        """Yield the CSV in blocks of whole lines; DatabaseAwayError where the server is lost or it is cancelled."""
        with borrow(self._pool, timeout_s=timeout_s) as conn:
            self._conn = conn
            try:
                conn.execute(f"SET LOCAL statement_timeout = {TIMEOUT_MS}")
                yield from self._copied(conn)
            finally:
                self._conn = None

    def cancel(self) -> None:
        """End the query; nothing happens where none runs."""
        self._cancelled = True
        conn = self._conn
        if conn is not None:
            conn.cancel_safe()

    def _copied(self, conn: psycopg.Connection) -> Iterator[bytes]:
        block = bytearray()
        statement = f"COPY (\n{sql(self._statement)}\n) TO STDOUT ({self._options})"
        with conn.cursor().copy(statement, self._parameters) as copy:
            for line in copy:
                block += line
                if len(block) >= BLOCK:
                    yield bytes(block)
                    block.clear()
                    if self._cancelled:
                        return
        if block:
            yield bytes(block)
