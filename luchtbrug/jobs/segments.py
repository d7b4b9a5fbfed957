"""Changes of stations as the calibrate job needs them: what of a series may be learnt from, and when it is paused.

Changes are events (docs/quality-control.md): of owners, and of what quality control found.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg

import storage.events
from luchtbrug.jobs.network import Fetched, numpy_hour, utc
from storage.events import CHANGED, PAUSED, RESUMED
from storage.rows import StationChange
from validation.calibrations import Calibrations
from validation.flags import Flag
from validation.history import Network, Validated
from validation.segments import before, blank, forget, mark

Bools = npt.NDArray[np.bool_]
Hours = npt.NDArray[np.datetime64]

HOUR = timedelta(hours=1)
KINDS = (*CHANGED, PAUSED, RESUMED)
APART = timedelta(days=7)
"""A finding this near to the begin of the segment is that same change, seen again."""

_ONE = np.timedelta64(1, "h")
_FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Segments:
    """What is known of the columns of a network: `changed` (S,), the hour in which a series last changed (NaT: never),
    `begin` (S,), the first whole hour after that; pauses as (column, first hour, first hour after it)."""

    fetched: Fetched
    changed: Hours
    begin: Hours
    pauses: tuple[tuple[int, np.datetime64, np.datetime64], ...]

    @property
    def paused(self) -> Bools:
        """Mark the hours (H,S) of which some part lies in a pause."""
        hours = self.fetched.network.hours
        found = np.zeros(self.fetched.network.raw.shape, bool)
        for column, first, after in self.pauses:
            found[(hours >= first) & (hours < after), column] = True
        return found

    def paused_at(self, at: datetime) -> Bools:
        """Mark the series (S,) whose pause goes on after the hour that begins at `at`."""
        found = np.zeros(len(self.begin), bool)
        hour = numpy_hour(at)
        found[[column for column, first, after in self.pauses if first <= hour < after - _ONE]] = True
        return found

    def to_learn_from(self) -> Network:
        """Give the network without what lies before a change or in a pause."""
        network = self.fetched.network
        return blank(network, before(network.hours, self.begin) | self.paused)

    def to_validate(self) -> Network:
        """Give the network without what lies before the hour of a change or in a pause."""
        network = self.fetched.network
        return blank(network, before(network.hours, self.changed) | self.paused)

    def forgotten(self, previous: Calibrations | None) -> Calibrations | None:
        """Give what may be held over."""
        return None if previous is None else forget(previous, self.begin)

    def marked(self, calibrations: Calibrations, at: datetime) -> Calibrations:
        """Note segments and pauses in the calibrations fitted at a time."""
        return mark(calibrations, self.begin, self.paused_at(at))

    def told(self, found: Validated) -> Validated:
        """Say of paused hours that they are."""
        paused = self.paused[np.isin(self.fetched.network.hours, found.hours)]
        said = found.flags & ~np.int32(Flag.MISSING) | np.int32(Flag.PAUSED | Flag.NOT_CALIBRATED)
        return replace(found, flags=np.where(paused, said, found.flags).astype(np.int32))


def find_segments(
    conn: psycopg.Connection[Any], fetched: Fetched, at: datetime, *, until: datetime | None = None
) -> Segments:
    """Look up what changed up to the hour that begins at `at`, and the pauses up to `until` (else to the same hour)."""
    changes = storage.events.station_changes(conn, KINDS, before=_seen(at, until))
    return segments_of(changes, fetched, at, until=until)


def segments_of(
    changes: Sequence[StationChange], fetched: Fetched, at: datetime, *, until: datetime | None = None
) -> Segments:
    """Do as :func:`find_segments` with changes that were looked up already, the oldest first."""
    seen, last = at + HOUR, _seen(at, until)
    changed, begin = np.full((2, len(fetched.series_key)), np.datetime64("NaT"), "datetime64[h]")
    columns, happened = _columns_of(fetched), [change for change in changes if change.time < last]
    for change in happened:  # few: what happened to stations, not what they sent
        if change.kind in CHANGED and change.time < seen:
            mine = _concerned(change, fetched, columns)
            changed[mine], begin[mine] = numpy_hour(change.time), _ceil(change.time)
    pauses = [
        (column, numpy_hour(pause.time), _ceil(end))
        for pause, end in _pauses(happened)
        for column in _concerned(pause, fetched, columns)
    ]
    return Segments(fetched, changed, begin, tuple(pauses))


def _pauses(changes: Sequence[StationChange]) -> list[tuple[StationChange, datetime]]:
    """Pair pauses with their ends, as ingest.pauses has it: who resumes a sensor does not resume a paused station."""
    ended: list[tuple[StationChange, datetime]] = []
    going: list[StationChange] = []
    for change in changes:
        if change.kind == PAUSED:
            going.append(change)
        elif change.kind == RESUMED:
            over = [pause for pause in going if _ends(change, pause)]
            ended += [(pause, change.time) for pause in over]
            going = [pause for pause in going if pause not in over]
    return ended + [(pause, _FOR_EVER) for pause in going]


def _ends(resumed: StationChange, pause: StationChange) -> bool:
    sensor = resumed.detail.get("sensor")
    return resumed.station_id == pause.station_id and sensor in (None, pause.detail.get("sensor"))


def _seen(at: datetime, until: datetime | None) -> datetime:
    """Return the time before which changes are looked at."""
    return max(at + HOUR, until or at + HOUR)


def note_found(
    conn: psycopg.Connection[Any], segments: Segments, scores: Mapping[str, npt.NDArray[np.float64]], at: datetime
) -> int:
    """Write steps and drifts found by a fit at `at` down as changes, so that the next fit begins anew; return how many.

    What the present segment began with is not written again. The caller commits.
    """
    fetched, count = segments.fetched, 0
    for kind, days, size in (("step_found", "step_days", "step"), ("drift_found", "drift_days", "drift_change")):
        for column in np.flatnonzero(np.isfinite(scores[days])):
            begun = at - timedelta(days=float(scores[days][column]))
            known = segments.begin[column]
            if not np.isnat(known) and begun - utc(known) < APART:
                continue
            detail = {
                "sensor": fetched.sensor_name[column],
                "observed_property": fetched.network.observed_property,
                "size": round(float(scores[size][column]), 3),
                "text": "found by quality control",
            }
            station_id = fetched.network.station_id[column]
            storage.events.record(conn, kind, time=begun, station_id=station_id, detail=detail)
            count += 1
    return count


def series_concerned(changes: Sequence[StationChange], fetched: Fetched) -> frozenset[int]:
    """List the keys of the series that any of the changes is about."""
    columns = _columns_of(fetched)
    return frozenset(int(fetched.series_key[c]) for change in changes for c in _concerned(change, fetched, columns))


def _columns_of(fetched: Fetched) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for column, station_id in enumerate(fetched.network.station_id):
        found.setdefault(station_id, []).append(column)
    return found


def _concerned(change: StationChange, fetched: Fetched, columns: dict[str, list[int]]) -> list[int]:
    name = fetched.network.observed_property
    return [
        column
        for column in columns.get(change.station_id, [])
        if change.concerns(change.station_id, fetched.sensor_name[column], name)
    ]


def _ceil(time: datetime) -> np.datetime64:
    """Return the first whole hour that begins at or after a time."""
    hour = numpy_hour(time)
    return hour if time.timestamp() % 3600 == 0 else hour + _ONE
