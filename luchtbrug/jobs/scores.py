"""The score job: once a day, how wrong the platform is at official stations that it was not shown; stored for all."""

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

import storage.jobs
import storage.scores
from luchtbrug.jobs.leave_out import BANDS_KM, Comparison, Group, agree, compare_all
from luchtbrug.jobs.network import CALIBRATED, fetch_network, numpy_hour
from storage.scores import Score
from validation import calibrations, policy

SCORED = timedelta(weeks=8)
"""How far back a score looks."""

FIRST = timedelta(hours=1)
"""A platform that has just started has other things to do."""

Progress = Callable[[str, int, int], bool]
"""Called with the observed property, the references done and those in all; False stops the job."""


def version() -> str:
    """Name the method and its numbers: another one is scored anew."""
    return f"{calibrations.METHOD} {policy.VERSION}"


def score_due(conn: psycopg.Connection[Any], *, now: datetime, window: timedelta, progress: Progress) -> int:
    """Score the first property whose turn it is today, if any; return the number of new scores. Commits."""
    looked = storage.jobs.find(conn, "look")
    if looked is None or now - looked.begun_at < FIRST:
        return 0
    for name in CALIBRATED:
        done = storage.jobs.find(conn, _job_id(name))
        if done is None or done.reached < midnight(now):
            return score_property(conn, name, now=now, window=window, progress=progress)
    return 0


def score_property(
    conn: psycopg.Connection[Any], observed_property: str, *, now: datetime, window: timedelta, progress: Progress
) -> int:
    """Score the eight weeks before the day of `now` (UTC), and store what that day lacks. Commits.

    Fits learn from up to `window` before. A day that this version has scored is not computed again.
    """
    end = midnight(now)
    stored = 0
    if not storage.scores.exists(conn, end.date(), version(), observed_property):
        scores = _score(conn, observed_property, end=end, now=now, window=window, progress=progress)
        if scores is None:
            return 0
        stored = storage.scores.store(conn, scores)
    storage.jobs.reach(conn, _job_id(observed_property), end, now=now, ended=True)
    conn.commit()
    return stored


def midnight(now: datetime) -> datetime:
    """Return the begin of the day, UTC."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _score(
    conn: psycopg.Connection[Any],
    observed_property: str,
    *,
    end: datetime,
    now: datetime,
    window: timedelta,
    progress: Progress,
) -> list[Score] | None:
    """Return the scores, an empty list where there is nothing to compare, None when `progress` stopped the job."""
    begin = end - SCORED
    fetched = fetch_network(conn, observed_property, begin=begin - window, end=end)
    conn.commit()  # the work is long, and no transaction stays open while it is done
    if fetched is None:
        return []
    count = len(fetched.network.reference_id)
    groups: dict[Group, list[Comparison]] = defaultdict(list)
    for done, comparisons in enumerate(compare_all(fetched.network, numpy_hour(begin)), start=1):
        for comparison in comparisons:
            groups[comparison.group].append(comparison)
        if not progress(observed_property, done, count):
            return None
    found = (_row(group, groups[group], observed_property, begin, end, now) for group in sorted(groups))
    return [score for score in found if score is not None]


def _row(
    group: Group, comparisons: list[Comparison], observed_property: str, begin: datetime, end: datetime, now: datetime
) -> Score | None:
    found = agree(comparisons)
    if found is None:
        return None
    return Score(
        day=end.date(),
        version=version(),
        observed_property=observed_property,
        sensor_model=group.sensor_model,
        band_begin_km=BANDS_KM[group.band],
        band_end_km=BANDS_KM[group.band + 1] if group.band + 1 < len(BANDS_KM) else None,
        product=group.product,
        scored_begin=begin,
        scored_end=end,
        reference_count=found.references,
        station_count=found.stations,
        hours=found.hours,
        rmse=found.rmse,
        bias=found.bias,
        slope=found.slope,
        coverage=found.coverage,
        half_width=found.half_width,
        validated_share=found.validated_share,
        computed_at=now,
    )


def _job_id(observed_property: str) -> str:
    return f"score {observed_property}"
