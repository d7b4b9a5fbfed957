"""Reads from storage what the checks look back on, for series that this process meets for the first time."""

from datetime import UTC, datetime, timedelta

import numpy as np
import psycopg
from storage.readings import recent

from ingest.series_table import NEVER, TAIL, SeriesTable
from ingest.timeline import Columns, series_of

LOOK_BACK = timedelta(hours=6)
"""Readings older than this say nothing about the next one."""


def warm(connection: psycopg.Connection, columns: Columns, table: SeriesTable) -> None:
    """Fill the tails of the batch's series that have none yet; cheap where there are none such."""
    if not len(columns.row):
        return
    rows = series_of(columns, table)
    cold = rows[~table.warm[rows]]
    if not len(cold):
        return
    since = datetime.fromtimestamp(int(columns.time.min()) / 1e6, UTC) - LOOK_BACK
    keys = table.series_key[cold]
    stored = recent(connection, keys.tolist(), count=TAIL, since=since)
    order = np.argsort(keys)
    place = order[np.searchsorted(keys[order], stored.series_key)]
    table.tail_time[cold], table.tail_raw[cold] = NEVER, np.nan
    first = np.searchsorted(stored.series_key, stored.series_key)  # ordered by series: where each one's readings begin
    column = np.arange(len(place)) - first
    table.tail_time[cold[place], column] = stored.time.view(np.int64)
    table.tail_raw[cold[place], column] = stored.raw
    table.warm[cold] = True
