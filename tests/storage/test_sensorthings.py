"""What a SensorThings question may cost, and that it ends with an error of ours."""

from datetime import UTC, datetime

import psycopg
import pytest

from storage.connection import connect
from storage.sensorthings import fetch
from storage.sensorthings.errors import TooExpensiveError, UnknownNameError
from storage.sensorthings.tree import Context, Query, Step

CONTEXT = Context("http://127.0.0.1/sta/v1.1", datetime(2026, 5, 17, tzinfo=UTC), ("missing", "range"), 2, 4)
OBSERVATIONS = (Step("Observations"),)
MANY = 1000


@pytest.fixture
def many_hours(connection: psycopg.Connection, series_key: int) -> int:
    """Store an hour more than MANY; return the key of their series."""
    connection.execute(
        """INSERT INTO hour
               (begin, series_key, raw, raw_min, raw_max, observed_count, data_capture, raw_flags, computed_at)
           SELECT '2000-01-01Z'::timestamptz + n * interval '1 hour', %s, 1, 1, 1, 12, 1, 3, now()
           FROM generate_series(0, %s) AS n""",
        (series_key, MANY),
    )
    return series_key


def test_what_is_too_much_to_count_is_refused(connection: psycopg.Connection, many_hours: int) -> None:
    """One above the bound is not counted, and the message says the bound; a filter that leaves fewer is answered."""
    with pytest.raises(TooExpensiveError, match=r"more than 1000, .* leave \$count out"):
        fetch.count(connection, OBSERVATIONS, Query(), CONTEXT, most=MANY)
    assert fetch.count(connection, OBSERVATIONS, Query(), CONTEXT) == MANY + 1
    one = (Step("Datastreams", many_hours * 2), Step("Observations", (262_968 << 32) + many_hours * 2))
    assert fetch.count(connection, one, Query(), CONTEXT) == 1  # 2000-01-01 00:00 is hour 262,968 since 1970


def test_counting_ends_before_a_second(connection: psycopg.Connection, series_key: int, database_url: str) -> None:
    """A count that would take longer is refused, with the way out."""
    assert series_key
    with connect(database_url) as other:
        other.execute("LOCK TABLE station")
        with pytest.raises(TooExpensiveError, match=r"over 800 ms: leave \$count out"):
            fetch.count(connection, (Step("Things"),), Query(), CONTEXT)


def test_the_flags_of_an_hour_are_named_by_their_bits(connection: psycopg.Connection, many_hours: int) -> None:
    """Bits 0 and 1 are the first and the second name, and a bit of the failing mask makes quality 4."""
    found = fetch.page(connection, (Step("Datastreams", many_hours * 2), Step("Observations")), Query(top=1), CONTEXT)
    assert '"quality":4,"flags":["missing","range"],"flagMask":3' in found.documents
    assert found.more


def test_a_question_that_takes_too_long_ends_with_an_error_of_ours(
    connection: psycopg.Connection, series_key: int, database_url: str
) -> None:
    """A statement that the server cancels is TooExpensiveError, not a lost database."""
    assert series_key
    with connect(database_url) as other:
        other.execute("LOCK TABLE station")
        connection.execute("SET LOCAL statement_timeout = '100ms'")
        with pytest.raises(TooExpensiveError, match="too long"):
            fetch.page(connection, (Step("Things"),), Query(), CONTEXT)


def test_a_path_to_nowhere_is_unknown() -> None:
    """Sets and navigations that there are not are named."""
    with pytest.raises(UnknownNameError, match="'Nothing'"):
        fetch.walk((Step("Nothing"),))
    with pytest.raises(UnknownNameError, match="Locations"):
        fetch.walk((Step("Things", 1), Step("Nothing")))
