"""What the tables take on disk, on plain PostgreSQL and with TimescaleDB."""

from dataclasses import dataclass

import psycopg

from storage.retention import in_chunks
from storage.statements import sql


@dataclass(frozen=True, slots=True)
class Size:
    """A table as a whole [bytes]; of what lies in the columnstore, what it took before and what it takes now.

    `largest_chunk` is the largest one kept as rows, `buffers` the server's shared_buffers; all 0 for a plain table.
    """

    name: str
    bytes: int
    before: int = 0
    after: int = 0
    largest_chunk: int = 0
    buffers: int = 0

    @property
    def ratio(self) -> float | None:
        """How much smaller the columnstore is; None where nothing is in it yet."""
        return self.before / self.after if self.after else None


def table_sizes(conn: psycopg.Connection) -> list[Size]:
    """List the tables, the largest first."""
    found = {name: Size(name, size) for name, size in conn.execute(sql("table_sizes"))}
    if in_chunks(conn):
        found |= {row[0]: Size(*row) for row in conn.execute(sql("hypertable_sizes"))}
    return sorted(found.values(), key=lambda one: (-one.bytes, one.name))
