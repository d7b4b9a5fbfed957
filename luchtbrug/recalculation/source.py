"""The published files as a source of hours: what the database would say, of the stations of one area."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from storage.lake import Lake
from storage.rows import RawHours, ReferenceHours, ReferenceStation, SeriesPosition, StationChange

READ = ["series_id", "begin", "raw", "raw_min", "raw_max", "observed_count", "data_capture"]
"""The columns of hours that validation starts from."""

_SEVERAL = 4  # readings of an hour tell a spread, as in raw_hours.sql


def read_table(
    lake: Lake, name: str, columns: Sequence[str] | None = None, filters: list[tuple[str, str, Any]] | None = None
) -> pa.Table:
    """Read one file of the lake, or some of its columns and rows."""
    with lake.fs.open(lake.path(name), "rb") as file:
        return pq.read_table(file, columns=None if columns is None else list(columns), filters=filters)


def read_positions(lake: Lake, station_ids: Collection[str] | None = None) -> list[SeriesPosition]:
    """List the series of stations that were not withdrawn (of these, or of all), in the order of their keys.

    At their public positions: the files have no other.
    """
    wanted = None if station_ids is None else [("station_id", "in", set(station_ids))]
    columns = ["station_id", "latitude", "longitude", "removed_at"]
    stations = read_table(lake, "stations.parquet", columns, wanted).to_pylist()
    place = {row["station_id"]: row for row in stations if row["removed_at"] is None}
    return [
        SeriesPosition(
            row["series_id"], row["station_id"], row["sensor_name"], row["sensor_model"], row["observed_property"],
            place[row["station_id"]]["latitude"], place[row["station_id"]]["longitude"],
        )
        for row in read_table(lake, "series.parquet", filters=wanted).to_pylist()
        if row["station_id"] in place
    ]  # fmt: skip


def read_changes(lake: Lake) -> list[StationChange]:
    """List the changes of stations and their pauses, the oldest first."""
    return [
        StationChange(
            row["event_id"], row["time"], row["kind"], row["station_id"],
            {"sensor": row["sensor_name"], "observed_property": row["observed_property"]},
        )
        for row in read_table(lake, "changes.parquet").to_pylist()
    ]  # fmt: skip


@dataclass(frozen=True)
class LakeSource:
    """Hours of some series out of some files, and all official hours; each file is read once."""

    lake: Lake
    series: Sequence[SeriesPosition]
    paths: Sequence[str]
    begin: datetime
    end: datetime

    def positions(self, observed_properties: Collection[str]) -> list[SeriesPosition]:
        """List the series of some properties in the order of their keys."""
        return [row for row in self.series if row.observed_property in observed_properties]

    def stations(self) -> list[ReferenceStation]:
        """List the official stations by id."""
        return [ReferenceStation(**row) for row in read_table(self.lake, "reference-stations.parquet").to_pylist()]

    def raw_hours(self, observed_properties: Collection[str], begin: datetime, end: datetime) -> RawHours:
        """Give the raw hourly means in [begin, end)."""
        keys = np.array([row.series_key for row in self.positions(observed_properties)], np.int64)
        found = self._hours
        rows = _between(found["begin"], begin, end) & np.isin(found["series_id"], keys)
        several = found["observed_count"][rows] >= _SEVERAL
        return RawHours(
            series_key=found["series_id"][rows].astype(np.int64),
            begin=found["begin"][rows],
            raw=found["raw"][rows].astype(np.float64),
            data_capture=found["data_capture"][rows].astype(np.float64),
            flags=np.zeros(int(rows.sum()), np.int64),  # of single readings: no file has them, no calibration asks
            spread=np.where(several, found["raw_max"][rows] - found["raw_min"][rows], np.nan).astype(np.float64),
        )

    def reference_hours(self, observed_property: str, begin: datetime, end: datetime) -> ReferenceHours:
        """Give the official hours in [begin, end)."""
        table = self._official
        rows = table.filter(pc.equal(table.column("observed_property"), observed_property))
        times = _numpy(rows, "begin").astype("datetime64[us]")
        inside = _between(times, begin, end)
        rows = rows.filter(pa.array(inside))
        return ReferenceHours(
            reference_station_id=tuple(rows.column("reference_station_id").to_pylist()),
            observed_property=(observed_property,) * rows.num_rows,
            begin=times[inside],
            value=_numpy(rows, "value").astype(np.float64),
            validity=_numpy(rows, "validity").astype(np.int64),
            verification=_numpy(rows, "verification").astype(np.int64),
        )

    @cached_property
    def _hours(self) -> dict[str, npt.NDArray[Any]]:
        tables = [read_table(self.lake, path, READ) for path in self.paths if self.lake.fs.exists(self.lake.path(path))]
        table = pa.concat_tables(tables) if tables else _EMPTY
        found = {name: _numpy(table, name) for name in READ}
        return found | {"begin": found["begin"].astype("datetime64[us]")}

    @cached_property
    def _official(self) -> pa.Table:
        """Read the official hours of the time that is asked for: they are ordered by it."""
        bounds = [("begin", ">=", self.begin), ("begin", "<", self.end)]
        return read_table(self.lake, "reference-hours.parquet", filters=bounds)


_EMPTY = pa.schema(
    {
        "series_id": pa.int32(),
        "begin": pa.timestamp("us", "UTC"),
        **dict.fromkeys(("raw", "raw_min", "raw_max", "data_capture"), pa.float32()),
        "observed_count": pa.int32(),
    }
).empty_table()


def _numpy(table: pa.Table, name: str) -> npt.NDArray[Any]:
    """Give a column as an array; null is NaN."""
    column: npt.NDArray[Any] = table.column(name).to_numpy()
    return column


def _between(times: npt.NDArray[np.datetime64], begin: datetime, end: datetime) -> npt.NDArray[np.bool_]:
    first, last = (np.datetime64(int(time.timestamp()), "s") for time in (begin, end))
    inside: npt.NDArray[np.bool_] = (times >= first) & (times < last)
    return inside
