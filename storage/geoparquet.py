"""Points as GeoParquet 1.1: WKB geometry with a covering box of each row, in longitude and latitude (OGC:CRS84).

Specification: geoparquet.org/releases/v1.1.0.
"""

import json
from typing import Any

import numpy as np
import pyarrow as pa

WKB_POINT = np.dtype([("order", "u1"), ("type", "<u4"), ("x", "<f8"), ("y", "<f8")])


def with_points(table: pa.Table) -> pa.Table:
    """Add `geometry` and `bbox` to a table with `longitude` and `latitude` [degrees], and the metadata for both."""
    x, y = (table.column(name).to_numpy() for name in ("longitude", "latitude"))
    corners = (x, y, x, y)
    box = pa.StructArray.from_arrays([pa.array(one) for one in corners], ["xmin", "ymin", "xmax", "ymax"])
    table = table.append_column("geometry", _wkb(x, y)).append_column("bbox", box)
    return table.replace_schema_metadata({"geo": json.dumps(_metadata(x, y))})


def _wkb(x: Any, y: Any) -> pa.Array:
    points = np.zeros(len(x), WKB_POINT)
    points["order"], points["type"], points["x"], points["y"] = 1, 1, x, y
    offsets = np.arange(len(x) + 1, dtype=np.int32) * WKB_POINT.itemsize
    buffers = [None, pa.py_buffer(offsets.tobytes()), pa.py_buffer(points.tobytes())]
    return pa.Array.from_buffers(pa.binary(), len(x), buffers)


def _metadata(x: Any, y: Any) -> dict[str, Any]:
    covering = {corner: ["bbox", corner] for corner in ("xmin", "ymin", "xmax", "ymax")}
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": ["Point"], "covering": {"bbox": covering}}
    if len(x):
        column["bbox"] = [float(one) for one in (x.min(), y.min(), x.max(), y.max())]
    return {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
