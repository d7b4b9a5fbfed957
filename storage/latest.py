"""Last readings of many stations as lines of text: who shows them every second looks only at the lines that are new."""

import msgspec
import psycopg

from storage.pages import LatestRow, LatestWanted
from storage.statements import sql

_ROW = msgspec.json.Decoder(LatestRow, strict=False)  # PostgreSQL writes NaN as a text


def latest_lines(conn: psycopg.Connection, wanted: LatestWanted) -> list[str]:
    """Fetch what `storage.pages.latest` does, a line a row, which is the same text while the row is the same."""
    statement = f"WITH page AS (\n{sql('page_latest')}\n)\n" + sql("latest_lines")
    row = conn.execute(statement, wanted.parameters()).fetchone()
    return row[0].split("\n") if row and row[0] else []


def known_properties(conn: psycopg.Connection) -> list[str]:
    """List the observed properties that any station has told of, in alphabetical order."""
    return [name for (name,) in conn.execute(sql("known_properties"))]


def parse_line(line: str) -> LatestRow:
    """Read a line of :func:`latest_lines`."""
    return _ROW.decode(line)
