"""What two databases are compared by: rows and checksums of each table, and where sequences stand."""

from collections.abc import Callable

import psycopg
import pytest

from storage.connection import connect
from storage.contents import Contents, TableContents, contents, differences, extensions, grantees, neighbours, tables
from storage.rows import NewStation
from storage.stations import add_station


@pytest.fixture
def filled(connection: psycopg.Connection, new_station: Callable[..., NewStation]) -> psycopg.Connection:
    """Register two stations."""
    for station_id in ("s-one", "s-two"):
        add_station(connection, new_station(station_id))
    return connection


def test_a_checksum_is_of_the_rows_in_any_order(filled: psycopg.Connection) -> None:
    """Rows that lie in another order, written in another spelling of dates and numbers, are the same contents."""
    before = contents(filled)
    filled.execute("CREATE TEMPORARY TABLE kept AS SELECT * FROM restricted.station_position ORDER BY station_key DESC")
    filled.execute("DELETE FROM restricted.station_position")
    filled.execute("INSERT INTO restricted.station_position SELECT * FROM kept")
    filled.execute(
        "SET LOCAL DateStyle = 'German'; SET LOCAL extra_float_digits = -3; SET LOCAL bytea_output = 'escape'"
    )
    assert differences(before, contents(filled)) == []
    assert before.tables["public.station"].rows == 2


def test_a_changed_row_shows_where_the_count_does_not(filled: psycopg.Connection) -> None:
    """Another value, another number of rows and a sequence that went on are each said of their table."""
    before = contents(filled)
    filled.execute("UPDATE station SET name = 'other' WHERE station_id = 's-two'")
    assert differences(before, contents(filled)) == ["public.station has other rows"]
    filled.execute("DELETE FROM restricted.station_credential")
    filled.execute("SELECT nextval(pg_get_serial_sequence('event', 'event_key'))")
    assert differences(before, contents(filled)) == [
        "public.station has other rows",
        "restricted.station_credential has 0 rows, not 2",
        "public.event_event_key_seq stands at another number",
    ]


def test_a_table_may_be_missing_or_too_many() -> None:
    """Both are said; a sequence that only the other one has is no difference of what was wanted."""
    one, empty = TableContents(1, "7"), Contents({}, {})
    wanted = Contents({"public.hour": one}, {"public.hour_seq": 1})
    assert differences(wanted, empty) == ["public.hour is missing", "public.hour_seq stands at another number"]
    assert differences(empty, wanted) == ["public.hour is too many"]


def test_an_empty_database_holds_nothing(empty_database_url: str) -> None:
    """Before any migration there is no table of ours."""
    with connect(empty_database_url) as conn:
        assert (contents(conn), tables(conn), grantees(conn)) == (Contents({}, {}), [], [])
        assert "plpgsql" not in extensions(conn)


def test_a_dump_names_the_roles_that_it_does_not_hold(connection: psycopg.Connection) -> None:
    """They are those that migrations give rights to; neither the owner of the tables nor everybody is among them."""
    found = grantees(connection)
    assert found == sorted(found)
    assert {"luchtbrug_reader", "luchtbrug_position"} <= set(found)
    assert not {"postgres", "PUBLIC"} & set(found)


def test_others_in_the_database_are_counted(connection: psycopg.Connection, database_url: str) -> None:
    """Our own session is none, a second one of our login is one."""
    assert neighbours(connection) == 0
    connection.rollback()  # a transaction sees one moment's sessions
    with connect(database_url):
        assert neighbours(connection) == 1
