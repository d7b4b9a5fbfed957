"""The recalculate job: validate a past range again, a piece at a time, going on where it was stopped.

What comes out as before is not written; what comes out otherwise is a new revision. So a second run changes nothing.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg

import storage.calibrations
import storage.jobs
from luchtbrug.jobs.calibrate import HOUR, refit_property, validate_property

PIECE = timedelta(days=7)
"""Hours validated in one piece; after each the progress is committed."""

Progress = Callable[[int, int], None]
"""Called with the hours done and the hours in all."""


class RangeError(ValueError):
    """A range of time that holds no complete hour; the message says what was asked for."""


@dataclass(frozen=True, slots=True)
class Range:
    """What to recalculate: full hours [begin, end) of some properties, with new fits or with what was valid then."""

    begin: datetime
    end: datetime
    observed_properties: tuple[str, ...]
    refit: bool = False

    def __post_init__(self) -> None:
        for bound in (self.begin, self.end):
            if bound.timestamp() % 3600:
                raise RangeError(f"{bound.isoformat()} is not a full hour")
        if self.begin >= self.end:
            raise RangeError(f"{self.begin.isoformat()} is not before {self.end.isoformat()}: there is nothing between")

    @property
    def job_id(self) -> str:
        """Name the work, so that the same question finds its own progress."""
        names = ",".join(self.observed_properties)
        return f"recalculate {names} {self.begin:%Y-%m-%dT%H} {self.end:%Y-%m-%dT%H}{' refit' if self.refit else ''}"


@dataclass(frozen=True, slots=True)
class Recalculated:
    """What a run did: where it took up the work, how many hours got another outcome, how many fits were new."""

    resumed_at: datetime
    changed: int
    fitted: int


def recalculate(
    conn: psycopg.Connection[Any],
    wanted: Range,
    *,
    now: datetime,
    window: timedelta,
    refit_every: timedelta,
    progress: Progress,
) -> Recalculated:
    """Do the work, or what an interrupted run of the same left of it. Commits each piece; raw means stay as they are.

    With `refit` every calibration that was fitted in the range is fitted again on what is known by now, at its own
    time and from its own past, and at least one every `refit_every`; the calibrations of before are kept.
    """
    job = storage.jobs.find(conn, wanted.job_id)
    resumed = job.reached if job and job.ended_at is None else wanted.begin
    done = Recalculated(resumed, 0, 0)
    hours = (wanted.end - wanted.begin) // HOUR
    progress((resumed - wanted.begin) // HOUR, hours)
    for begin, end in _pieces(conn, wanted, resumed, refit_every):
        fitted = sum(refit_property(conn, name, at=begin, window=window) for name in _refitted(wanted))
        changed = sum(
            validate_property(conn, name, begin=begin, end=end, window=window) for name in wanted.observed_properties
        )
        storage.jobs.reach(conn, wanted.job_id, end, now=now, ended=end == wanted.end)
        conn.commit()
        done = Recalculated(resumed, done.changed + changed, done.fitted + fitted)
        progress((end - wanted.begin) // HOUR, hours)
    return done


def _refitted(wanted: Range) -> Sequence[str]:
    return wanted.observed_properties if wanted.refit else ()


def _pieces(
    conn: psycopg.Connection[Any], wanted: Range, begin: datetime, refit_every: timedelta
) -> Iterator[tuple[datetime, datetime]]:
    """Cut the rest of the range; with `refit` also wherever a calibration began to be valid, so that none survives."""
    cuts = {begin, wanted.end}
    if wanted.refit:
        for name in wanted.observed_properties:
            cuts.update(storage.calibrations.changes(conn, name, begin, wanted.end))
    longest = refit_every if wanted.refit else PIECE
    known = sorted(cuts)
    for first, last in itertools.pairwise(known):
        while first < last:
            end = min(first + longest, last)
            yield first, end
            first = end
