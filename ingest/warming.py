"""Reads from storage what the checks look back on, where this process did not store it itself."""

from datetime import UTC, datetime, timedelta

import numpy as np
import psycopg

from ingest.series_table import NEVER, TAIL, SeriesTable
from ingest.timeline import Columns, series_of
from storage.readings import recent

LOOK_BACK = timedelta(hours=6)
"""Readings older than this say nothing about the next one."""


def warm(connection: psycopg.Connection, columns: Columns, table: SeriesTable, *, anew: bool = False) -> None:
    """Fill the tails of the batch's series that have none yet, or of all: cheap where there are none such."""
    if not len(columns.row):
        return
    rows = series_of(columns, table)
    cold = rows if anew else rows[~table.warm[rows]]
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
