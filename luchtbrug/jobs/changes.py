"""What a change of a station asks for: its series fitted anew from that hour on, and the hours since validated again.

A change may be told late. Its job ends when all that follows from it is done, so an interrupted run is gone on with,
and a second one finds nothing to do.
"""

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg

import storage.calibrations
import storage.events
import storage.jobs
from luchtbrug.jobs.calibrate import HOUR, refit_property, validate_property
from luchtbrug.jobs.network import CALIBRATED, fetch_network, hour_of
from luchtbrug.jobs.segments import KINDS, series_concerned
from storage.rows import StationChange


def follow_changes(conn: psycopg.Connection[Any], *, end: datetime, now: datetime, window: timedelta) -> int:
    """Do what the changes ask for that were written down since the last time, up to the hour `end`. Commits as it goes.

    Returns the number of hours that got another outcome.

    Of a change before the window only the window is recalculated.
    """
    changes = storage.events.station_changes(conn, KINDS, before=end + HOUR, pending=True)
    changed = 0
    for name in CALIBRATED if changes else ():
        changed += _follow(conn, name, changes, end=end, window=window)
    for change in changes:
        storage.jobs.reach(conn, storage.events.change_job(change.event_key), end, now=now, ended=True)
    conn.commit()
    return changed


def _follow(
    conn: psycopg.Connection[Any],
    observed_property: str,
    changes: Sequence[StationChange],
    *,
    end: datetime,
    window: timedelta,
) -> int:
    # of the window, not of the last hour: official hours of the weather come later than that
    fetched = fetch_network(conn, observed_property, begin=end - window, end=end)
    keys = series_concerned(changes, fetched) if fetched else frozenset()
    if not keys:
        return 0
    times = {max(hour_of(change.time), end - window) for change in changes}
    times.update(storage.calibrations.changes(conn, observed_property, min(times), end))
    changed = 0
    for first, last in itertools.pairwise([*sorted(times), end]):
        refit_property(conn, observed_property, at=first, window=window, only=keys)
        changed += validate_property(conn, observed_property, begin=first, end=last, window=window)
    return changed
