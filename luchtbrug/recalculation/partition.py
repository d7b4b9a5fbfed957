"""One piece of the work, whole or not at all: a month of hours handed out to areas, an area's month validated anew.

Both read files and write files, and depend on nothing else: where and when they run makes no difference to any bit.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import storage.calibrations
from luchtbrug.jobs.calibrate import calibration_record, fit_segments, read_calibrations, validated_hours
from luchtbrug.jobs.network import lay_out
from luchtbrug.jobs.segments import Segments, segments_of
from luchtbrug.recalculation.plan import Area, Piece, Plan
from luchtbrug.recalculation.source import READ, LakeSource, read_changes, read_positions, read_table
from storage.columns import UTC_TIME
from storage.lake import Lake
from storage.parquet import parquet_writer
from storage.rows import Ints, NewCalibration, SeriesPosition, ValidatedHours

MEMORY = timedelta(days=14)
"""Screening looks back this far behind the hours it judges."""

HOURS = pa.schema(
    {
        "series_id": pa.int32(),
        "begin": UTC_TIME,
        **dict.fromkeys(("value", "lower", "upper", "estimate", "estimate_lower", "estimate_upper"), pa.float32()),
        "flag_mask": pa.int32(),
        "calibration_id": pa.string(),
    }
)
CALIBRATIONS = pa.schema({"calibration_id": pa.string(), "series_id": pa.int32(), "record": pa.string()})
"""The record is that of the database, as JSON."""

PLAN = "plan.json"

Current = Mapping[int, NewCalibration]


class Handing(msgspec.Struct, frozen=True):
    """A month to hand out to the areas of the plan that lies beside the result."""

    lake: str
    work: str
    month: datetime

    @property
    def mark(self) -> str:
        """Name the file that says that it is done."""
        return f"{self.work}/input/{self.month:%Y-%m}.json"


class Partition(msgspec.Struct, frozen=True):
    """A month of an area and property to validate, and the months that it is validated with."""

    lake: str
    work: str
    observed_property: str
    area: Area
    month: datetime
    months: list[datetime]
    pieces: list[Piece]
    window_h: int
    first: bool

    def file(self, name: str, month: datetime | None = None) -> str:
        """Name a file of the result, of this month or of another."""
        where = f"property={self.observed_property}/area={self.area.name}"
        return f"{self.work}/{name}/{where}/{month or self.month:%Y-%m}.parquet"

    @property
    def mark(self) -> str:
        """Name the file that is written last."""
        return self.file("hours")


def is_done(lake: Lake, task: Handing | Partition) -> bool:
    """Tell whether a piece of work was done already."""
    return bool(lake.fs.exists(lake.path(task.mark)))


def hand_out(task: Handing) -> int:
    """Write what each area needs of a month's hours, and return the rows read: each file is read once for all areas."""
    lake = Lake.at(task.lake)
    name = f"hours/year={task.month:%Y}/month={task.month:%m}/hours.parquet"
    rows = 0
    place = lake.below(task.work)
    with place.workroom() as folder:
        if lake.fs.exists(lake.path(name)):
            rows = _divide(lake, name, task, folder)
        for made in sorted(folder.glob("*.parquet")):
            place.put(made, _input(made.stem, task.month))
    place.put_text(json.dumps({"rows": rows}), f"input/{task.month:%Y-%m}.json")
    return rows


def _input(area: str, month: datetime) -> str:
    return f"input/area={area}/{month:%Y-%m}.parquet"


def _divide(lake: Lake, name: str, task: Handing, folder: Path) -> int:
    """Divide a file row group by row group: the memory that it takes does not grow with the file."""
    areas = read_plan(lake, task.work).areas
    keys = _series_of(areas, read_positions(lake))
    with lake.fs.open(lake.path(name), "rb") as file, ExitStack() as stack:
        parquet = pq.ParquetFile(file)
        writers: dict[str, pq.ParquetWriter] = {}
        for number in range(parquet.num_row_groups):
            table = parquet.read_row_group(number, columns=READ)
            series = table.column("series_id").to_numpy()
            for area, wanted in zip(areas, keys, strict=True):
                mine = np.isin(series, wanted)
                if mine.any():
                    part = table.filter(pa.array(mine))
                    if area.name not in writers:
                        path = folder / f"{area.name}.parquet"
                        writers[area.name] = stack.enter_context(parquet_writer(path, part.schema))
                    writers[area.name].write_table(part)
        return int(parquet.metadata.num_rows)


def _series_of(areas: Sequence[Area], positions: Sequence[SeriesPosition]) -> list[Ints]:
    """List the keys of the series that each area needs."""
    found: dict[str, list[int]] = {}
    for row in positions:
        found.setdefault(row.station_id, []).append(row.series_key)
    return [
        np.array([key for one in (*area.stations, *area.around) for key in found.get(one, ())], np.int64)
        for area in areas
    ]


def read_plan(lake: Lake, work: str) -> Plan:
    """Read the plan of a result."""
    return msgspec.json.decode(lake.fs.cat_file(lake.path(f"{work}/{PLAN}")), type=Plan)


def validate_partition(task: Partition) -> int:
    """Fit and validate an area's month and write what came out; return its hours."""
    lake = Lake.at(task.lake)
    found = _Run(lake, task)
    for piece in task.pieces:
        found.go(piece)
    found.write(lake.below(task.work))
    return found.rows


class _Run:
    """The pieces of a partition one after the other, each from the calibrations of the one before."""

    def __init__(self, lake: Lake, task: Partition) -> None:
        self._task = task
        stations = [*task.area.stations, *task.area.around]
        self._source = _source(lake, task, stations)
        self._changes = [one for one in read_changes(lake) if one.station_id in set(stations)]
        own = set(task.area.stations)
        self._own = np.array([row.series_key for row in self._source.series if row.station_id in own])
        self._current = {} if task.first else _read_state(lake, task)
        self._fitted: list[NewCalibration] = []
        self._tables: list[pa.Table] = []

    @property
    def rows(self) -> int:
        """Count the hours that were validated."""
        return sum(table.num_rows for table in self._tables)

    def go(self, piece: Piece) -> None:
        """Fit where it is due, and validate."""
        name, window = self._task.observed_property, timedelta(hours=self._task.window_h)
        if piece.fit:
            self._current = self._fit(name, piece.begin, window) or self._current
        fetched = lay_out(self._source, name, begin=piece.begin - min(MEMORY, window), end=piece.end)
        if fetched is None or any(key not in self._current for key in fetched.series_key.tolist()):
            return
        segments = segments_of(self._changes, fetched, piece.begin, until=piece.end)
        number = np.arange(len(fetched.series_key))
        calibrations = read_calibrations(fetched, self._current)
        hours = validated_hours(segments, calibrations, number, piece.begin, piece.end)
        ids = [self._current[key].calibration_id for key in fetched.series_key.tolist()]
        self._tables.append(_table(hours, ids, self._own))

    def _fit(self, name: str, at: datetime, window: timedelta) -> Current:
        fetched = lay_out(self._source, name, begin=at - window, end=at)
        if fetched is None:
            return {}
        keys = fetched.series_key.tolist()
        known = all(key in self._current for key in keys)
        segments: Segments = segments_of(self._changes, fetched, at)
        found = fit_segments(segments, at, read_calibrations(fetched, self._current) if known else None)
        records = [_kept(calibration_record(found, index, key, at)) for index, key in enumerate(keys)]
        self._fitted += [record for record in records if record.series_key in set(self._own.tolist())]
        return {record.series_key: record for record in records}

    def write(self, place: Lake) -> None:
        """Write what the next month goes on from, the calibrations, and last the hours, which say that it is done."""
        task = self._task
        hours = pa.concat_tables([HOURS.empty_table(), *self._tables])
        hours = hours.sort_by([("series_id", "ascending"), ("begin", "ascending")])
        state = _calibrations(list(self._current.values()))
        for name, table in (("state", state), ("calibrations", _calibrations(self._fitted)), ("hours", hours)):
            with place.workroom() as folder:
                made = folder / "made.parquet"
                with parquet_writer(made, table.schema) as writer:
                    writer.write_table(table)
                place.put(made, task.file(name).removeprefix(f"{task.work}/"))


def _source(lake: Lake, task: Partition, stations: Sequence[str]) -> LakeSource:
    first = min(task.pieces[0].begin - timedelta(hours=task.window_h), task.pieces[0].begin - MEMORY)
    paths = [f"{task.work}/{_input(task.area.name, month)}" for month in task.months]
    return LakeSource(lake, read_positions(lake, stations), paths, first, task.pieces[-1].end)


def _kept(calibration: NewCalibration) -> NewCalibration:
    """Give a record as it will be read back: a run that goes on and one that takes up again see the same."""
    return storage.calibrations.of_record(storage.calibrations.as_record(calibration))


def _read_state(lake: Lake, task: Partition) -> Current:
    before = task.file("state", (task.month - timedelta(days=1)).replace(day=1))
    records = [json.loads(text) for text in read_table(lake, before, ["record"]).column("record").to_pylist()]
    return {record["series_key"]: storage.calibrations.of_record(record) for record in records}


def _calibrations(records: Sequence[NewCalibration]) -> pa.Table:
    columns: dict[str, list[Any]] = {
        "calibration_id": [one.calibration_id for one in records],
        "series_id": [one.series_key for one in records],
        "record": [json.dumps(storage.calibrations.as_record(one)) for one in records],
    }
    return pa.table(columns, schema=CALIBRATIONS)


def _table(hours: ValidatedHours, ids: Sequence[str], own: Any) -> pa.Table:
    """Lay out the hours of the area's own series; what cannot be given is null, and numbers have the lake's width."""
    mine = np.isin(hours.series_key, own)
    names = ("value", "lower", "upper", "estimate", "estimate_lower", "estimate_upper")
    numbers = {name: pa.array(getattr(hours, name)[mine].astype(np.float32), from_pandas=True) for name in names}
    columns = {
        "series_id": pa.array(hours.series_key[mine].astype(np.int32)),
        "begin": pa.array(hours.begin[mine]).cast(UTC_TIME),
        **numbers,
        "flag_mask": pa.array(hours.flags[mine].astype(np.int32)),
        "calibration_id": pa.array(ids, pa.string()).take(pa.array(hours.calibration_key[mine])),
    }
    return pa.table(columns, schema=HOURS)
