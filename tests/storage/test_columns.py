"""COPY's text as columns: what is null, what is empty, and that memory is that of a group, not of the file."""

from collections.abc import Generator
from datetime import UTC, datetime

import psycopg
import pyarrow as pa
import pytest

from storage.columns import fetch_table, parse, tables
from storage.parquet import Encoding, encoded

SCHEMA = pa.schema({"place": pa.string(), "time": pa.timestamp("us", "UTC"), "value": pa.float32(), "real": pa.bool_()})


def test_nulls_texts_and_line_breaks() -> None:
    """Nothing is null, quoted nothing an empty text; a text may hold commas, quotes and line breaks."""
    text = b',2026-05-17 09:05:00+00,,t\n"",2026-05-17 09:05:00.25+00,1e-3,f\n"a, ""b""\nc",,-2.5,\n'
    moment = datetime(2026, 5, 17, 9, 5, tzinfo=UTC)

    assert [tuple(row.values()) for row in parse(text, SCHEMA).to_pylist()] == [
        (None, moment, None, True),
        ("", moment.replace(microsecond=250_000), pytest.approx(0.001), False),
        ('a, "b"\nc', None, -2.5, None),
    ]
    assert parse(b"", SCHEMA) == SCHEMA.empty_table()


def test_a_statement_comes_as_columns(connection: psycopg.Connection) -> None:
    """What PostgreSQL writes of a table is read in the types of the schema."""
    connection.execute(
        "INSERT INTO station (station_id, name, latitude, longitude, simulated) "
        "VALUES ('s-1', 'Dak, \"oost\"', 52, 5, true)"
    )
    schema = pa.schema(
        {
            **dict.fromkeys(("station_id", "name", "municipality", "project"), pa.string()),
            "simulated": pa.bool_(),
            **dict.fromkeys(("created_at", "removed_at"), pa.timestamp("us", "UTC")),
            **dict.fromkeys(("latitude", "longitude"), pa.float64()),
        }
    )
    [row] = fetch_table(connection, "lake_stations", schema, {}).to_pylist()

    assert (row["name"], row["municipality"], row["simulated"], row["longitude"]) == ('Dak, "oost"', None, True, 5.0)
    assert row["created_at"].tzinfo is not None


def test_tables_have_the_size_that_is_asked_for() -> None:
    """Blocks of any size come as tables of `rows` rows, in order, the last with what is left."""

    def blocks() -> Generator[bytes, None, None]:
        for begin in range(0, 70, 7):
            yield b"".join(b"%d\n" % number for number in range(begin, begin + 7))

    found = list(tables(blocks(), pa.schema({"number": pa.int32()}), rows=20))

    assert [table.num_rows for table in found] == [20, 20, 20, 10]
    assert pa.concat_tables(found).column("number").to_pylist() == list(range(70))


def test_who_stops_reading_closes_what_is_behind() -> None:
    """A file that is not read to its end closes the query that it is made of."""
    closed = []

    def blocks() -> Generator[bytes, None, None]:
        try:
            while True:
                yield b"1\n"
        finally:
            closed.append(True)

    schema = pa.schema({"number": pa.int32()})
    file = encoded(tables(blocks(), schema, rows=2), schema, "arrow")
    next(file)
    file.close()

    assert closed == [True]


@pytest.mark.parametrize("encoding", ["parquet", "arrow"])
def test_memory_does_not_grow_with_the_rows(encoding: Encoding) -> None:
    """Eight times the rows are written in the same memory, a fraction of the file's size."""
    block = b"".join(b"%d,%d\n" % (number, number * 7919 % 65_536) for number in range(50_000))
    schema = pa.schema({"number": pa.int64(), "value": pa.int32()})

    def peak(count: int) -> tuple[int, int]:
        before, highest, size = pa.total_allocated_bytes(), 0, 0
        for part in encoded(tables((block for _ in range(count)), schema), schema, encoding):
            highest = max(highest, pa.total_allocated_bytes() - before)
            size += len(part)
        return highest, size

    small, _ = peak(8)
    large, size = peak(64)

    assert size > 10_000_000
    assert large < max(1.3 * small, size / 8)
