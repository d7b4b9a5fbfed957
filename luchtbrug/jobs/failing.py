"""When calibrations cannot be fitted: values go on with those that are there, and operators are told.

A fit that fails is tried again each hour. The event `calibration_failed` says when and by what, `calibration_back` that
it is over; `luchtbrug doctor` and the figures for Prometheus say it too.
"""

from datetime import datetime, timedelta
from typing import Any, Literal

import psycopg
import structlog

from luchtbrug.jobs.calibrate import HOUR, Looked, look
from storage import events
from storage.rows import Event

FAILED, BACK = "calibration_failed", "calibration_back"

Stage = Literal["fit", "look"]
LOOK: Stage = "look"

FAULTS = (
    psycopg.DataError, psycopg.IntegrityError, psycopg.InternalError, psycopg.ProgrammingError, ValueError, TypeError,
    LookupError, ArithmeticError, AttributeError, MemoryError, RecursionError,
)  # fmt: skip
"""What data can bring about in a fit, or in the database where it is stored; a lost database is not among them."""

RETRY = HOUR
"""A fit takes minutes on a large network, and what made it fail is seldom over in one."""

log = structlog.get_logger()


def look_anyway(
    conn: psycopg.Connection[Any], *, begin: datetime, end: datetime, now: datetime, refit: bool, window: timedelta
) -> Looked:
    """Do as `look`; where the fit fails, record that and validate with the calibrations that are there. Commits."""
    if not refit or not _may_try(conn, now):
        return look(conn, begin=begin, end=end, now=now, refit=False, window=window)
    try:
        done = look(conn, begin=begin, end=end, now=now, refit=True, window=window)
    except FAULTS as error:
        conn.rollback()
        note_failure(conn, error, now=now)
        return look(conn, begin=begin, end=end, now=now, refit=False, window=window)
    note_success(conn, now=now)
    return done


def note_failure(conn: psycopg.Connection[Any], error: BaseException, *, now: datetime, of: Stage = "fit") -> None:
    """Tell operators that calibrating failed, and by what: the fit, or the look as a whole. Commits."""
    said = (str(error).splitlines() or [""])[0][:200]
    events.record(conn, FAILED, time=now, detail={"error": type(error).__name__, "message": said, "of": of})
    conn.commit()
    log.error(FAILED, error=type(error).__name__, message=said, exc_info=error)


def note_success(conn: psycopg.Connection[Any], *, now: datetime) -> None:
    """Tell them that it is over, where it had failed before. Commits."""
    if failure(conn) is not None:
        events.record(conn, BACK, time=now)
        conn.commit()
        log.info(BACK)


def note_look(conn: psycopg.Connection[Any], *, now: datetime) -> None:
    """Tell them that it is over where a look as a whole had failed, and this one did not. Commits."""
    last = failure(conn)
    if last is not None and last.detail.get("of") == LOOK:
        note_success(conn, now=now)


def failure(conn: psycopg.Connection[Any]) -> Event | None:
    """Give the last failure; None where calibrating has succeeded since, or never failed."""
    last, back = (next(iter(events.list_events(conn, kind=kind, limit=1)), None) for kind in (FAILED, BACK))
    return None if last is None or (back is not None and back.time >= last.time) else last


def _may_try(conn: psycopg.Connection[Any], now: datetime) -> bool:
    last = failure(conn)
    return last is None or last.detail.get("of") == LOOK or now - last.time >= RETRY
