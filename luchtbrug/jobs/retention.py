"""The retention job: what has been kept long enough goes, class by class, as the one table says, and is counted.

The table is api/web/transparency/transparency.toml, which the page and the papers are made of too.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import structlog

import storage.contacts
import storage.jobs
import storage.retention
import storage.stations
from api.web.transparency.source import policy
from luchtbrug.jobs.nights import until_night
from luchtbrug.sealing import Seal, SealError
from luchtbrug.settings import Settings
from storage import locks
from storage.connection import connect
from storage.errors import DatabaseAwayError

NIGHT = 3
"""The hour (UTC) of a nightly run: after that of the published files."""

JOB = "retention"
"""The job that says when it was last done."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Step:
    """What went of one class of data: all that is older than `before`, None where age is not what counts."""

    data_class: str
    before: datetime | None
    removed: int

    def said(self, *, dry_run: bool = False) -> str:
        """Say it in a line."""
        older = f" older than {self.before:%Y-%m-%d %H:%M} UTC" if self.before else ""
        return f"{self.data_class:<14} {self.removed:>9} {'would go' if dry_run else 'gone'}{older}"


@dataclass(slots=True)
class Nights:
    """What the service has removed so far; others may read it at any time."""

    removed: Counter[str] = field(default_factory=Counter)
    last: float = 0.0  # when the last sweep ended, in Unix time [s]
    failed: int = 0


def every_night(settings: Settings, database_url: str, stop: threading.Event, nights: Nights) -> None:
    """Sweep when the last one is a day ago, then each night, until `stop` is set; what failed is made up for later."""
    wait = 0.0
    while not stop.wait(wait):
        now = datetime.now(UTC)
        wait = until_night(now, hour=NIGHT).total_seconds()
        try:
            with connect(database_url) as conn:
                if _is_due(conn, now):
                    steps = sweep(conn, settings, now=now)
                    nights.removed.update({step.data_class: step.removed for step in steps})
                    nights.last = datetime.now(UTC).timestamp()
                    log.info("retention_swept", **{step.data_class: step.removed for step in steps if step.removed})
        except (DatabaseAwayError, psycopg.OperationalError, OSError, SealError) as error:
            nights.failed += 1
            wait = 600.0
            log.warning("retention_failed", error=str(error))


def sweep(conn: psycopg.Connection[Any], settings: Settings, *, now: datetime, dry_run: bool = False) -> list[Step]:
    """Delete what is due, each class in a transaction of its own, and say what that was. Commits, unless `dry_run`.

    Raises SealError where addresses were sealed with a key that is not there.
    """
    last = storage.jobs.find(conn, JOB)
    conn.commit()
    steps = []
    for data_class, before, act in _plan(conn, settings, now):
        conn.execute("SELECT pg_advisory_xact_lock(%s)", (locks.RETENTION,))
        steps.append(Step(data_class, before, act()))
        conn.rollback() if dry_run else conn.commit()
    steps.append(Step("visitors", _before("visitors", now), _forget_logs(settings, now, dry_run=dry_run)))
    if not dry_run:
        storage.contacts.reseal(conn, Seal.of(settings).renewed)
        storage.jobs.reach(conn, JOB, now, now=now)
        if storage.stations.removed_since(conn, last.reached if last else None):
            storage.retention.refresh_rollups(conn)
        conn.commit()
    return steps


Planned = tuple[str, datetime | None, Callable[[], int]]


def _plan(conn: psycopg.Connection[Any], settings: Settings, now: datetime) -> Iterator[Planned]:
    if settings.retention_days is not None:
        limit = now - timedelta(days=settings.retention_days)
        yield "readings", limit, lambda: storage.retention.forget_readings(conn, limit)
    for data_class in storage.retention.BY_AGE:
        before = _before(data_class, now)
        yield data_class, before, lambda name=data_class, at=before: storage.retention.forget(conn, name, at)  # type: ignore[misc]
    yield "contact", None, lambda: storage.retention.forget_leftovers(conn, now)
    yield "removed-series", None, lambda: _swept(conn)


def _swept(conn: psycopg.Connection[Any]) -> int:
    found = storage.stations.sweep_measurements(conn)
    return found.readings + found.hours + found.revisions


def _before(data_class: str, now: datetime) -> datetime:
    return now - timedelta(days=policy()[data_class].days)


def _forget_logs(settings: Settings, now: datetime, *, dry_run: bool) -> int:
    """Delete the log files below the data folder that nobody has written to for as long as logs are kept."""
    limit = _before("visitors", now).timestamp()
    old = [path for path in Path(settings.data_dir, "logs").glob("*.log*") if path.stat().st_mtime < limit]
    for path in [] if dry_run else old:
        path.unlink()
    return len(old)


def _is_due(conn: psycopg.Connection[Any], now: datetime) -> bool:
    job = storage.jobs.find(conn, JOB)
    conn.commit()
    return job is None or job.reached <= now - timedelta(hours=20)
