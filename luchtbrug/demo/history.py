"""Fast-forward: simulated history through the same pipeline and the same calibrate job as live readings."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
INTERVAL_S, COARSE_INTERVAL_S = 300.0, 600.0
"""Stations of the past sent this often [s], and before the last week half as often: it is history to learn from."""

_FINE = timedelta(days=8)

_LOOK_DAYS = (3, 5, 7, 10, 14, 17, 21, 24, 28, 31)
"""Days of the history after which its hours are validated; at the end they are as well."""

_REFIT_DAYS = frozenset({3, 7, 14, 21, 28})
"""Days of the history after which calibrations are fitted; at the end they are as well."""

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
    """Send what `stations` measured in [begin, end) through the pipeline, some days at a time.

    After each piece its hours are validated with the calibrations of that time, and then some are fitted anew.
    `progress` is told the share that is done; when `stopping` is set it ends after the piece.
    """
    outcome, pipeline = Outcome(), Pipeline(partial(connect, database_url))
    with connect(database_url) as conn:
        for piece in _pieces(begin, end):
            if stopping.is_set():
                break
            for batch in batches(stations, piece.begin, piece.end, piece.interval_s):
                outcome += pipeline.process([_message(message) for message in batch], now=piece.end)
                progress((batch[-1].time - begin) / (end - begin) if batch else 0.0)
            _close(conn, city, piece, window)
    pipeline.close()
    progress(1.0)
    return outcome


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of history; its hours are complete."""

    begin: datetime
    end: datetime
    interval_s: float
    refit: bool


def _pieces(begin: datetime, end: datetime) -> Iterator[_Piece]:
    """Cut [begin, end) at full hours, a number of days after its begin, and where stations began to send more often."""
    first, fine = _hour(begin), _hour(end - _FINE)
    cuts = {first + timedelta(days=days): days in _REFIT_DAYS for days in _LOOK_DAYS}
    cuts = {fine: False, **cuts, end: True}
    for cut in sorted(time for time in cuts if begin < time <= end):
        yield _Piece(begin, cut, INTERVAL_S if begin >= fine else COARSE_INTERVAL_S, cuts[cut])
        begin = cut


def _close(conn: psycopg.Connection[Any], city: City, piece: _Piece, window: timedelta) -> None:
    first, last = _hour(piece.begin), _hour(piece.end)
    store_reference_hours(conn, city, begin=first, end=last)
    if last > first:
        look(conn, begin=first, end=last, now=piece.end, refit=piece.refit, window=window)


def _hour(time: datetime) -> datetime:
    return time.replace(minute=0, second=0, microsecond=0)


def _message(message: SimMessage) -> Message:
    return Message("replay", message.topic, message.payload, message.time)
