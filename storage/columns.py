"""Rows of PostgreSQL as Arrow columns: COPY's text is read in C++, no row becomes a Python object.

Text costs the server more than COPY's binary form, and spares an own decoder of texts, NULLs and times of any width.
"""

from collections.abc import Generator, Mapping
from contextlib import closing
from typing import Any

import psycopg
import pyarrow as pa
from pyarrow import csv

from storage.statements import sql

GROUP_ROWS = 1 << 15  # rows handed on at once and a Parquet row group: 33 MB of memory, twice as many took 45
SCAN = 1 << 23  # [bytes] read at once: a page of a series in one piece

UTC_TIME = pa.timestamp("us", "UTC")

READING_PAGE = pa.schema(
    {
        "time": UTC_TIME,
        "raw": pa.float64(),
        "value": pa.float32(),
        "lower": pa.float32(),
        "upper": pa.float32(),
        "flags": pa.int32(),
        "calibration_id": pa.string(),
    }
)
"""The columns of `page_readings`."""

HOUR_NUMBERS: Mapping[str, pa.DataType] = {
    **dict.fromkeys(("raw", "raw_min", "raw_max", "raw_sd"), pa.float32()),
    "observed_count": pa.int32(),
    **dict.fromkeys(("data_capture", "value", "lower", "upper"), pa.float32()),
    **dict.fromkeys(("estimate", "estimate_lower", "estimate_upper"), pa.float32()),
}
"""What an hour holds, wherever it is shown."""

HOUR_PAGE = pa.schema(
    {
        **dict.fromkeys(("begin", "end"), UTC_TIME),
        **HOUR_NUMBERS,
        "flags": pa.int32(),
        "calibration_id": pa.string(),
        "computed_at": UTC_TIME,
    }
)
"""The columns of `page_hours` and `page_hours_as_of`."""

DAY_PAGE = pa.schema(
    {
        "begin": UTC_TIME,
        "end": UTC_TIME,
        "raw": pa.float32(),
        "value": pa.float32(),
        "lower": pa.float32(),
        "upper": pa.float32(),
        "estimate": pa.float32(),
        "estimate_lower": pa.float32(),
        "estimate_upper": pa.float32(),
        "min": pa.float32(),
        "max": pa.float32(),
        "sd": pa.float32(),
        "quantiles": pa.string(),  # an array as PostgreSQL writes it: {5.1,7.25,…}
        "hours": pa.int32(),
        "coverage": pa.float64(),
        "flags": pa.int32(),
        "calibration_ids": pa.string(),
    }
)
"""The columns of `page_days`."""

LATEST_PAGE = pa.schema(
    {
        "station_id": pa.string(),
        "name": pa.string(),
        "latitude": pa.float64(),
        "longitude": pa.float64(),
        "municipality": pa.string(),
        "project": pa.string(),
        "simulated": pa.bool_(),
        "series_id": pa.int32(),
        "sensor_name": pa.string(),
        "sensor_model": pa.string(),
        "observed_property": pa.string(),
        "unit": pa.string(),
        "time": UTC_TIME,
        "raw": pa.float64(),
        "value": pa.float32(),
        "lower": pa.float32(),
        "upper": pa.float32(),
        "flags": pa.int32(),
        "calibration_id": pa.string(),
    }
)
"""The columns of `page_latest`."""


def fetch_table(conn: psycopg.Connection, name: str, schema: pa.Schema, parameters: Mapping[str, Any]) -> pa.Table:
    """Run `sql/<name>.sql`, whose columns are those of the schema in its order, and return them as a table."""
    with conn.cursor().copy(f"COPY (\n{sql(name)}\n) TO STDOUT (FORMAT csv)", parameters) as copy:
        return parse(b"".join(copy), schema)


def parse(text: bytes, schema: pa.Schema) -> pa.Table:
    """Read whole lines of COPY's CSV without a header; an unquoted nothing is null, a quoted one an empty text."""
    if not text:
        return schema.empty_table()
    return csv.read_csv(
        pa.BufferReader(text),
        read_options=csv.ReadOptions(column_names=schema.names, use_threads=False, block_size=max(len(text), SCAN)),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=schema,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    )


def tables(
    blocks: Generator[bytes, None, None], schema: pa.Schema, *, rows: int = GROUP_ROWS
) -> Generator[pa.Table, None, None]:
    """Read blocks of whole lines as tables of `rows` rows, the last of fewer; nothing for no lines."""
    waiting: list[pa.Table] = []
    count = 0
    with closing(blocks):  # the query behind them ends with this reader
        for block in blocks:
            waiting.append(parse(block, schema))
            count += len(waiting[-1])
            while count >= rows:
                whole = pa.concat_tables(waiting)
                yield whole.slice(0, rows)
                waiting, count = [whole.slice(rows)], count - rows
    if count:
        yield pa.concat_tables(waiting)
