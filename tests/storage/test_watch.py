"""What tells a long-running reader that something has changed."""

from collections.abc import Callable
from datetime import UTC, datetime

import psycopg

from storage.events import record
from storage.rows import NewStation
from storage.stations import add_station, remove_station
from storage.watch import watermark


def test_the_watermark_moves_with_every_change(
    connection: psycopg.Connection, new_station: Callable[..., NewStation]
) -> None:
    """Adding, reformatting, pausing and removing a station each give another watermark, looking gives the same."""
    marks = [watermark(connection)]
    add_station(connection, new_station())
    marks.append(watermark(connection))
    record(connection, "paused", time=datetime(2026, 5, 17, tzinfo=UTC), station_id="hilversum-1")
    marks.append(watermark(connection))
    connection.execute("UPDATE station SET format = 'airrohr'")
    marks.append(watermark(connection))
    remove_station(connection, "hilversum-1", datetime(2026, 5, 18, tzinfo=UTC))
    marks.append(watermark(connection))
    assert len(set(marks)) == 5
    assert watermark(connection) == marks[-1]
