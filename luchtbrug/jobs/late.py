"""What came late: readings and official values that arrived or were corrected after their hour was validated.

The hours that depend on them are validated again; what then comes out otherwise is a new revision (docs/provenance.md).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg

import storage.hours
import storage.references
from luchtbrug.jobs.calibrate import HOUR, look, validate_property
from luchtbrug.jobs.network import CALIBRATED
from validation.flags import Flag
from validation.policy import DEFAULT

REACH = DEFAULT.lookback * HOUR
"""How long after an hour its raw value and its references still have a say: as far as screening looks back."""

LONGEST = timedelta(days=28)
"""Hours validated in one piece: more would need much memory on a large network."""

Stretch = tuple[datetime, datetime]


def validate_late(
    conn: psycopg.Connection[Any], *, since: datetime, before: datetime, now: datetime, window: timedelta
) -> int:
    """Validate again the hours before `before` that depend on what came since `since`; return how many changed.

    Commits each piece.
    """
    late = storage.hours.late_hours(conn, since=since, before=before, late=Flag.LATE)
    changed = 0
    for begin, end in stretches(late, before):
        changed += look(conn, begin=begin, end=end, now=now, refit=False, window=window).validated
    for name in CALIBRATED:
        revised = storage.references.revised_hours(conn, name, since=since, before=before)
        for begin, end in stretches(revised, before):
            changed += validate_property(conn, name, begin=begin, end=end, window=window)
    return changed


def stretches(hours: Sequence[datetime], before: datetime) -> list[Stretch]:
    """Cover the hours that depend on `hours` (ascending) by stretches [begin, end), none past `before` or too long."""
    found: list[Stretch] = []
    for hour in hours:
        end = min(hour + HOUR + REACH, before)
        if found and hour <= found[-1][1] and end - found[-1][0] <= LONGEST:
            found[-1] = (found[-1][0], end)
        else:
            begin = max(hour, found[-1][1]) if found else hour
            found.append((begin, end))
    return [(begin, end) for begin, end in found if begin < end]
