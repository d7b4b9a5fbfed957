"""The calibrate service: again and again fetch official hours, fit what is due, validate what is new or late."""

import threading
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import psycopg
import structlog

import storage.calibrations
import storage.hours
import storage.jobs
import storage.scores
from ingest.reference.fetch import fetch
from luchtbrug.jobs.calibrate import HOUR, Looked
from luchtbrug.jobs.changes import follow_changes
from luchtbrug.jobs.failing import FAULTS, LOOK, failure, look_anyway, note_failure, note_look
from luchtbrug.jobs.late import validate_late
from luchtbrug.jobs.official_networks import open_network, open_weather
from luchtbrug.jobs.scores import score_due
from luchtbrug.settings import Settings
from storage.connection import connect
from storage.errors import DatabaseAwayError
from storage.scores import Score

REPEATED = 6 * HOUR
"""Hours are validated again for this long: official values arrive up to some hours late."""

LOOKED = "look"
"""The job that says up to when arrivals have been looked at."""

FETCHED, FETCHED_WHOLE = "fetch official hours", "fetch official hours of five weeks"
"""The jobs that say when the official network was asked last: for what is new, and for what it corrected."""

OVERLAP = timedelta(minutes=10)
"""Readings are committed a little after the time of arrival that they carry."""

_LONGEST_PAUSE = 300.0

log = structlog.get_logger()


@dataclass(slots=True)
class Turns:
    """What the service has done so far; others may read it at any time."""

    turns: int = 0
    hours: int = 0
    validated: int = 0
    fitted: int = 0
    failed: int = 0
    failing: bool = False  # the last fit, or the last look as a whole, came to nothing
    seconds: float = 0.0
    fit_s: float = 0.0
    last: float = 0.0  # when the last turn ended, in Unix time [s]
    scores: list[Score] = field(default_factory=list)  # of the newest day that has any

    def add(self, done: Looked, seconds: float, scores: list[Score], *, failing: bool) -> None:
        """Count a turn that took so long."""
        self.failing = failing
        self.turns += 1
        self.hours += done.hours
        self.validated += done.validated
        self.fitted += done.fitted
        self.seconds += seconds
        self.fit_s += done.fit_s
        self.last = datetime.now(UTC).timestamp()
        self.scores = scores


def run(
    settings: Settings, database_url: str, stop: threading.Event, *, once: bool = False, turns: Turns | None = None
) -> None:
    """Look every `calibrate_seconds` until `stop` is set; a database that is away is waited for."""
    turns = turns or Turns()
    pause, away = settings.calibrate_seconds, False
    while not stop.is_set():
        try:
            done = _counted_turn(database_url, settings, stop, turns)
            if away or done.fitted:
                log.info("calibrated", hours=done.hours, validated=done.validated, fitted=done.fitted)
            pause, away = settings.calibrate_seconds, False
        except (DatabaseAwayError, psycopg.OperationalError, *FAULTS) as error:
            if once:
                raise
            turns.failed += 1
            away = _is_away(database_url, error, turns, before=away)
            pause = min(2 * pause, _LONGEST_PAUSE)
        if once:
            return
        stop.wait(pause)


def _counted_turn(database_url: str, settings: Settings, stop: threading.Event, turns: Turns) -> Looked:
    begin = monotonic()
    with connect(database_url) as conn:
        done = turn(conn, settings, stop, now=datetime.now(UTC))
        note_look(conn, now=datetime.now(UTC))
        scores = storage.scores.list_scores(conn)
        turns.add(done, monotonic() - begin, scores, failing=failure(conn) is not None)
    return done


def _is_away(database_url: str, error: BaseException, turns: Turns, *, before: bool) -> bool:
    """Say whether a look failed because the database is away; where it failed otherwise, write that down.

    The service goes on either way: without it nothing would be validated with the calibrations that are there.
    """
    if isinstance(error, DatabaseAwayError | psycopg.OperationalError):
        if not before:
            log.warning("database_away", error=str(error))
        return True
    turns.failing = True
    with suppress(DatabaseAwayError, psycopg.OperationalError), connect(database_url) as conn:
        note_failure(conn, error, now=datetime.now(UTC), of=LOOK)
    return False


def turn(conn: psycopg.Connection[Any], settings: Settings, stop: threading.Event, *, now: datetime) -> Looked:
    """Do everything that is due at `now`, once."""
    _fetch_references(conn, settings, stop, now)
    end = now.replace(minute=0, second=0, microsecond=0)
    window = timedelta(weeks=settings.window_weeks)
    last = storage.hours.last_begin(conn)
    begin = max(min(end - REPEATED, last if last else end - REPEATED), end - window)
    late = validate_late(conn, since=_since(conn, now), before=begin, now=now, window=window)
    late += follow_changes(conn, end=end, now=now, window=window)
    storage.hours.summarize(conn)
    due = _is_due(conn, settings, now)
    done = look_anyway(conn, begin=begin, end=end, now=now, refit=due, window=window)
    storage.jobs.reach(conn, LOOKED, now, now=now)
    conn.commit()
    score_due(conn, now=now, window=window, progress=lambda *_: not stop.is_set())
    return replace(done, validated=done.validated + late)


def _since(conn: psycopg.Connection[Any], now: datetime) -> datetime:
    """Return the time since which nothing that arrived has been looked at; what came while we were away counts."""
    looked = storage.jobs.find(conn, LOOKED)
    return looked.reached - OVERLAP if looked else now - 2 * REPEATED


def _is_due(conn: psycopg.Connection[Any], settings: Settings, now: datetime) -> bool:
    current = storage.calibrations.current(conn, now)
    newest = max((row.fitted_at for row in current), default=None)
    return newest is None or now - newest >= timedelta(hours=settings.refit_hours)


def _fetch_references(conn: psycopg.Connection[Any], settings: Settings, stop: threading.Event, now: datetime) -> None:
    """Fetch the official hours of the last two days every ten minutes, and once a day those of the last five weeks.

    A network that is away is an event, calibrations are held over.
    """
    if not _is_over(conn, FETCHED, now - OVERLAP):
        return
    whole = _is_over(conn, FETCHED_WHOLE, now - timedelta(days=1))
    begin = now - (timedelta(weeks=5) if whole else timedelta(days=2))
    with open_network(settings, stop) as air:
        networks = [network for network in (air, open_weather(settings)) if network is not None]
        found = [fetch(conn, network, begin=begin, end=now, now=now) for network in networks]
    if not found:
        return
    storage.jobs.reach(conn, FETCHED, now, now=now)
    if whole and all(each.lost is None for each in found):
        storage.jobs.reach(conn, FETCHED_WHOLE, now, now=now)
    conn.commit()


def _is_over(conn: psycopg.Connection[Any], job_id: str, limit: datetime) -> bool:
    """Tell whether a job reached no further than `limit`, or never ran."""
    job = storage.jobs.find(conn, job_id)
    return job is None or job.reached <= limit
