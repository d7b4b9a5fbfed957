"""Pages as columns: Parquet or an Arrow stream with the names, values and order of the CSV, and no object a row."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic.alias_generators import to_snake
from starlette.responses import Response

from api.items import COVERAGE_NEEDED, findings
from api.negotiation import PARQUET
from api.tables import written
from storage.parquet import encoded
from validation.flags import Flag

PERCENTILES = ("p_5", "p_25", "p_50", "p_75", "p_95")  # as the CSV names them


def columns_answer(
    table: pa.Table, media_type: str, *, columns: Sequence[str], headers: dict[str, str] | None = None
) -> Response:
    """Write the columns that a CSV has, in its order, from a table of storage whose `flags` are masks."""
    table = with_findings(table).select([to_snake(name) for name in columns])
    body = b"".join(encoded((part for part in (table,)), table.schema, "parquet" if media_type == PARQUET else "arrow"))
    return written(body, media_type, headers)


def with_findings(table: pa.Table) -> pa.Table:
    """Put the names, the mask and the QARTOD level of the flags where the mask was; few different masks occur."""
    mask = table.column("flags").combine_chunks()
    codes = mask.dictionary_encode()
    found = [findings(flags) for flags in codes.dictionary.to_pylist()]
    names = pa.array([" ".join(named) for named, _ in found], pa.string()).take(codes.indices)
    levels = pa.array([level for _, level in found], pa.int8()).take(codes.indices)
    place = table.schema.get_field_index("flags")
    return table.set_column(place, "flags", names).append_column("flag_mask", mask).append_column("quality", levels)


def days(table: pa.Table) -> pa.Table:
    """Complete days as :func:`api.items.day` does: `low_capture`, quantiles by name, ids with a space between."""
    low = pc.less(table.column("coverage"), COVERAGE_NEEDED).to_numpy()
    masks = table.column("flags").to_numpy() | np.where(low, int(Flag.LOW_CAPTURE), 0)
    table = _replaced(table, "flags", pa.array(masks, pa.int32()))
    table = _replaced(table, "coverage", pc.round(table.column("coverage"), 4))
    table = _replaced(table, "calibration_ids", pc.replace_substring(_bare(table.column("calibration_ids")), ",", " "))
    for name, column in zip(PERCENTILES, _quantiles(table), strict=True):
        table = table.append_column(name, column)
    return table


def _quantiles(table: pa.Table) -> Iterator[Any]:
    """Read PostgreSQL's arrays of five numbers; null where the day has no value."""
    parts = pc.split_pattern(_bare(table.column("quantiles")), ",")
    known = pc.and_(pc.is_valid(table.column("value")), pc.equal(pc.list_value_length(parts), len(PERCENTILES)))
    full = pc.if_else(known, parts, pa.scalar(["NaN"] * len(PERCENTILES)))
    for place in range(len(PERCENTILES)):
        numbers = pc.cast(pc.list_element(full, place), pa.float64())
        yield pc.if_else(known, numbers, pa.scalar(None, pa.float64()))


def _bare(arrays: Any) -> Any:
    return pc.utf8_trim(arrays, "{}")


def _replaced(table: pa.Table, name: str, column: Any) -> pa.Table:
    return table.set_column(table.schema.get_field_index(name), name, column)
