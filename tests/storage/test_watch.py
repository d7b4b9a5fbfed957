"""What tells a long-running reader that something has changed."""

from collections.abc import Callable
from datetime import UTC, datetime

import psycopg

from storage.rows import NewStation
from storage.stations import add_station, remove_station
from storage.watch import watermark


def test_the_watermark_moves_with_every_change(
    connection: psycopg.Connection, new_station: Callable[..., NewStation]
) -> None:
    """Adding, reformatting and removing a station each give another watermark, and looking gives the same."""
    marks = [watermark(connection)]
    add_station(connection, new_station())
    marks.append(watermark(connection))
    connection.execute("UPDATE station SET format = 'airrohr'")
    marks.append(watermark(connection))
    remove_station(connection, "hilversum-1", datetime(2026, 5, 18, tzinfo=UTC))
    marks.append(watermark(connection))
    assert len(set(marks)) == 4
    assert watermark(connection) == marks[-1]
