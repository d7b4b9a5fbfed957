"""Fast-forward: simulated history through the same pipeline and the same calibrate job as live readings."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from threading import Event
from typing import Any

import psycopg

from firmware_sim.messages import SimMessage, batches
from firmware_sim.stations import SimStation
from ingest.message import Message
from ingest.outcome import Outcome
from ingest.pipeline import Pipeline
from luchtbrug.demo.city import City, store_reference_hours
from luchtbrug.jobs.calibrate import look
from storage.connection import connect

LENGTH = timedelta(weeks=5)
INTERVAL_S = 300.0
"""Stations of the past sent this often [s]: once in each of an hour's twelve slots."""

_REFIT_DAYS = frozenset({3, 7, 14, 21, 28})
"""Days of the history after which calibrations are fitted; and once more at its end."""

DAY = timedelta(days=1)


Progress = Callable[[float], None]


def fast_forward(
    database_url: str,
    city: City,
    stations: list[SimStation],
    *,
    begin: datetime,
    end: datetime,
    window: timedelta,
    progress: Progress,
    stopping: Event,
) -> Outcome:
    """Send what `stations` measured in [begin, end) through the pipeline, a day at a time.

    After each day its hours are validated with the calibrations of that time, which then are fitted anew.
    `progress` is told the share that is done; when `stopping` is set it ends after the day.
    """
    first = _hour(begin)
    outcome, pipeline = Outcome(), Pipeline(partial(connect, database_url))
    with connect(database_url) as conn:
        for day_begin, day_end in _days(begin, end):
            if stopping.is_set():
                break
            for batch in batches(stations, day_begin, day_end, INTERVAL_S):
                outcome += pipeline.process([_message(message) for message in batch], now=day_end)
                progress((batch[-1].time - begin) / (end - begin) if batch else 0.0)
            _close_day(
                conn,
                city,
                day_begin,
                day_end,
                refit=day_end == end or (day_end - first).days in _REFIT_DAYS,
                window=window,
            )
    pipeline.close()
    progress(1.0)
    return outcome


def _close_day(
    conn: psycopg.Connection[Any], city: City, begin: datetime, end: datetime, *, refit: bool, window: timedelta
) -> None:
    first, last = _hour(begin), _hour(end)
    store_reference_hours(conn, city, begin=first, end=last)
    if last > first:
        look(conn, begin=first, end=last, now=end, refit=refit, window=window)


def _days(begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    while begin < end:
        yield begin, min(_hour(begin) + DAY, end)
        begin = _hour(begin) + DAY


def _hour(time: datetime) -> datetime:
    return time.replace(minute=0, second=0, microsecond=0)


def _message(message: SimMessage) -> Message:
    return Message("replay", message.topic, message.payload, message.time)
