"""Last readings as lines of text."""

from collections.abc import Callable

import numpy as np
import psycopg
import pytest

from storage import pages
from storage.latest import latest_lines, parse_line
from storage.pages import LatestWanted
from storage.readings import store
from storage.rows import ReadingColumns


@pytest.mark.parametrize(
    ("raw", "value", "time"),
    [(1 / 3, 7.3, "2026-05-17T12:00:00.123456"), (1e-300, np.nan, "2026-05-17T12:00"), (-0.1, 1e30, "2026-12-31")],
)
def test_a_line_is_its_row(
    connection: psycopg.Connection, readings: Callable[..., ReadingColumns], raw: float, value: float, time: str
) -> None:
    """What a line says is, to the last digit, the row that the page has; a name with a line break is one line."""
    store(connection, readings([time], [raw], value=[value], lower=[value], upper=[value], flags=[(1 << 17) | 2]))
    connection.execute("UPDATE station SET name = E'Dak \"oost\"\\nhoek\\\\ µ', municipality = 'Hilversum'")

    lines = latest_lines(connection, LatestWanted(observed_property="pm2_5"))

    assert [parse_line(line) for line in lines] == pages.latest(connection, LatestWanted(observed_property="pm2_5"))
    assert len(lines) == 1


def test_a_raw_value_that_is_no_number_breaks_no_map(
    connection: psycopg.Connection, readings: Callable[..., ReadingColumns]
) -> None:
    """NaN and the infinities, which a column of floats can hold, are read as such."""
    store(connection, readings(["2026-05-17T12:00"], [1.0]))
    for text in ("NaN", "Infinity", "-Infinity"):
        connection.execute("UPDATE latest SET raw = %s::float8", [text])
        (line,) = latest_lines(connection, LatestWanted(observed_property="pm2_5"))
        assert repr(parse_line(line).raw) == repr(float(text))


def test_only_what_changed_is_another_line(
    connection: psycopg.Connection, readings: Callable[..., ReadingColumns]
) -> None:
    """A line is the same text while its row is the same, and no row is no line."""
    assert latest_lines(connection, LatestWanted(observed_property="pm2_5")) == []
    store(connection, readings(["2026-05-17T12:00"], [1.0]))
    first = latest_lines(connection, LatestWanted(observed_property="pm2_5"))
    again = latest_lines(connection, LatestWanted(observed_property="pm2_5"))
    store(connection, readings(["2026-05-17T12:05"], [1.0]))

    assert again == first
    assert latest_lines(connection, LatestWanted(observed_property="pm2_5")) != first
    assert latest_lines(connection, LatestWanted(observed_property="pm2_5", bbox=(6.0, 52.0, 7.0, 53.0))) == []


def test_a_reading_from_the_future_is_not_the_last_one_for_ever(
    connection: psycopg.Connection, readings: Callable[..., ReadingColumns]
) -> None:
    """What came while a clock was years ahead gives way to the first reading after it; the usual order stays."""
    received = [np.datetime64("2199-01-01T00:00", "us")]
    store(connection, readings(["2199-01-01T00:00"], [1.0], received_at=received))
    for time, raw in (("2026-05-17T22:20", 2.0), ("2026-05-17T22:15", 3.0)):
        store(connection, readings([time], [raw]))
    (line,) = latest_lines(connection, LatestWanted(observed_property="pm2_5"))
    assert parse_line(line).raw == 2.0
