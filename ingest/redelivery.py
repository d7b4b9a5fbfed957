"""Recognises readings without a time of their own that the broker delivers a second time.

A reading that has its own time ends at its key when it comes again. One that is stored at its time of receipt would be
stored anew: it gets the time of its first delivery, and then ends at its key as well.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ingest.message import Message
from ingest.series_table import NEVER, Ints, SeriesTable
from ingest.timeline import Columns
from validation.flags import Flag

AGE = 6 * 3600 * 1_000_000
"""How long after its first delivery a message is recognised [µs]."""


def give_first_times(columns: Columns, messages: Sequence[Message], table: SeriesTable) -> Columns:
    """Give readings of redelivered messages the time they were stored at, where all of the message is stored already.

    Only messages that the broker marks as redelivered are looked at: after a reconnect, and never in the usual run. The
    price: where a message that never arrived repeats every value of one of the last readings, it counts as that one.
    """
    redelivered = np.array([message.redelivered for message in messages], np.bool_)
    if not redelivered.any():
        return columns
    timeless = (columns.flags & Flag.TIME_RECEIVED) != 0
    again = np.flatnonzero(redelivered[columns.message] & timeless)
    before = _first_deliveries(columns, np.flatnonzero(~redelivered[columns.message] & timeless), again, table)
    first = np.array([before.get(_identity(columns, at), NEVER) for at in again.tolist()], np.int64)
    unknown = (first == NEVER) | (columns.time[again] - first > AGE)
    strangers = np.unique(columns.message[again[unknown]])
    known = ~np.isin(columns.message[again], strangers)
    time = columns.time.copy()
    time[again[known]] = first[known]
    return replace(columns, time=time)


def _first_deliveries(columns: Columns, fresh: Ints, again: Ints, table: SeriesTable) -> dict[tuple[int, float], int]:
    """Map series and raw value to the newest time at which they are stored, or stand in this batch."""
    rows = np.unique(columns.row[again])
    times, raws = table.tail_time[rows], table.tail_raw[rows]
    there = times != NEVER
    stored = zip(np.repeat(rows, there.sum(axis=1)).tolist(), raws[there].tolist(), times[there].tolist(), strict=True)
    before = {(row, raw): time for row, raw, time in stored}
    return before | {_identity(columns, at): int(columns.time[at]) for at in fresh.tolist()}


def _identity(columns: Columns, at: int) -> tuple[int, float]:
    return int(columns.row[at]), float(columns.raw[at])
