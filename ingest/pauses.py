"""The pauses that ingest knows: what a station sends while its owner has paused it is kept, flagged and not used."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import psycopg

from ingest.series_table import SeriesTable
from ingest.timeline import Columns
from storage.events import PAUSED, RESUMED, station_changes
from validation.flags import Flag

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FOR_EVER = np.iinfo(np.int64).max
_PAUSED = np.int32(Flag.PAUSED | Flag.NOT_CALIBRATED)


class _Pause(NamedTuple):
    """A pause [begin, end) [µs since 1970] of one sensor, None for all of the station."""

    sensor: str | None
    begin: int
    end: int


class Pauses:
    """Pauses by station."""

    def __init__(self) -> None:
        self._of: dict[str, list[_Pause]] = {}

    def load(self, connection: psycopg.Connection) -> None:
        """Learn all pauses anew; a pause that no event ends goes on."""
        self._of = {}
        for change in station_changes(connection, (PAUSED, RESUMED), before=datetime.max.replace(tzinfo=UTC)):
            sensor, at = change.detail.get("sensor"), (change.time - _EPOCH) // _MICROSECOND
            known = self._of.setdefault(change.station_id, [])
            if change.kind == PAUSED:
                known.append(_Pause(sensor, at, _FOR_EVER))
            else:
                ended = [each._replace(end=min(each.end, at)) for each in known]
                known[:] = [b if sensor in (None, a.sensor) else a for a, b in zip(known, ended, strict=True)]

    def flag(self, columns: Columns, station_ids: Collection[str], table: SeriesTable) -> npt.NDArray[np.int32]:
        """Give the flags of a batch from these stations, with PAUSED where a reading's time lies in a pause."""
        flags = columns.flags.copy()
        for station_id in self._of.keys() & station_ids:
            series = table.of_station(station_id)
            for pause in self._of[station_id]:
                rows = [row for (sensor, _), row in series.items() if pause.sensor in (None, sensor)]
                inside = (columns.time >= pause.begin) & (columns.time < pause.end) & np.isin(columns.row, rows)
                flags[inside] |= _PAUSED
        return flags
