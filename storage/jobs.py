"""How far long work has come, so that it goes on where it was stopped."""

from dataclasses import dataclass
from datetime import datetime

import psycopg

from storage.statements import fetch_row, sql


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work: all before `reached` is done; `ended_at` is None while it is still to be gone on with."""

    job_id: str
    begun_at: datetime
    reached: datetime
    ended_at: datetime | None


def find(conn: psycopg.Connection, job_id: str) -> Job | None:
    """Return a job, None when it never ran."""
    return fetch_row(conn, Job, "find_job", {"job_id": job_id})


def reach(conn: psycopg.Connection, job_id: str, reached: datetime, *, now: datetime, ended: bool = False) -> None:
    """Write down how far a job has come; one that had ended begins anew."""
    parameters = {"job_id": job_id, "reached": reached, "now": now, "ended": ended}
    conn.execute(sql("reach_job"), parameters)
