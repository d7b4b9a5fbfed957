"""Rows of fixed width between numpy and PostgreSQL's binary COPY format, without a Python loop over values.

The format (PostgreSQL manual, COPY, "Binary Format") is a header, then per row the number of fields and per field its
size and bytes, big-endian, then a trailer. NULL makes rows of unequal width: it is written but not read; in what comes
out, SQL has turned it into NaN or 0.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)  # signature, no flags, no extension
TRAILER = b"\xff\xff"
EPOCH_US = 946_684_800_000_000  # 2000-01-01, PostgreSQL's zero, in Unix time [µs]

FORMATS = {"int2": ">i2", "int4": ">i4", "int8": ">i8", "float4": ">f4", "float8": ">f8", "timestamptz": ">i8"}

Layout = Mapping[str, str]  # column name -> type, in the order of the columns
Masks = Mapping[str, npt.NDArray[np.bool_]]  # column name -> which rows

_NO_MASKS: Masks = MappingProxyType({})


def encode(layout: Layout, columns: Mapping[str, npt.NDArray[Any]], nulls: Masks = _NO_MASKS) -> bytes:
    """Pack equally long columns as a whole COPY stream; columns of unequal length and NaT are a ValueError.

    `nulls` says for columns which rows are NULL, whatever stands there.
    """
    lengths = {name: len(columns[name]) for name in layout}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"columns are of unequal length: {lengths}")
    rows = np.empty(next(iter(lengths.values())), _row_type(layout))
    rows["fields"] = len(layout)
    for name, kind in layout.items():
        rows[f"{name} size"] = np.dtype(FORMATS[kind]).itemsize
        with np.errstate(over="ignore"):  # beyond float32 is infinite: the range check has flagged it long before
            rows[name] = _to_wire(columns[name], kind)
    return HEADER + (_leave_out(rows, nulls) if nulls else rows).tobytes() + TRAILER


def decode(layout: Layout, stream: bytes) -> dict[str, npt.NDArray[Any]]:
    """Unpack a whole COPY stream into float64, int64 and datetime64[us] columns; a NULL in it is a ValueError."""
    row_type = _row_type(layout)
    body = memoryview(stream)[len(HEADER) : len(stream) - len(TRAILER)]
    if len(body) % row_type.itemsize:
        raise ValueError(
            f"{len(body)} bytes are not rows of {row_type.itemsize} bytes: is a column NULL or of another type?"
        )
    rows = np.frombuffer(body, row_type)
    for name, kind in layout.items():
        if (rows[f"{name} size"] != np.dtype(FORMATS[kind]).itemsize).any():
            raise ValueError(f"column {name} is not {kind}, or NULL")
    return {name: _from_wire(rows[name], kind) for name, kind in layout.items()}


def _leave_out(rows: npt.NDArray[np.void], nulls: Masks) -> npt.NDArray[np.uint8]:
    """Write NULL as the format does: a size of -1 and no bytes."""
    kept = np.ones((len(rows), rows.dtype.itemsize), np.bool_)
    offset = {} if rows.dtype.fields is None else {name: place[1] for name, place in rows.dtype.fields.items()}
    for name, null in nulls.items():
        rows[f"{name} size"][null] = -1
        kept[null, offset[name] : offset[name] + rows.dtype[name].itemsize] = False
    return rows.view(np.uint8).reshape(kept.shape)[kept]


def _row_type(layout: Layout) -> np.dtype[np.void]:
    fields = [("fields", ">i2")]
    for name, kind in layout.items():
        fields += [(f"{name} size", ">i4"), (name, FORMATS[kind])]
    return np.dtype(fields)


def _to_wire(column: npt.NDArray[Any], kind: str) -> npt.NDArray[Any]:
    if kind != "timestamptz":
        return column
    if np.isnat(column).any():
        raise ValueError("a time is NaT")  # its bits would be a time in the year 294246
    return column.astype("datetime64[us]").view(np.int64) - EPOCH_US


def _from_wire(column: npt.NDArray[Any], kind: str) -> npt.NDArray[Any]:
    if kind == "timestamptz":
        return (column.astype(np.int64) + EPOCH_US).view("datetime64[us]")
    return column.astype(np.float64 if kind.startswith("float") else np.int64)
