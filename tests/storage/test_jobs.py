"""How far long work has come."""

from collections.abc import Callable
from datetime import datetime

import psycopg

from storage.jobs import Job, find, reach

At = Callable[[str], datetime]


def test_a_job_goes_on_until_it_has_ended_and_then_begins_anew(connection: psycopg.Connection, at: At) -> None:
    """While it runs its begin stays; after its end the next step is the first of a new run."""
    one, two, three = at("2026-05-17 12:00"), at("2026-05-17 13:00"), at("2026-05-17 14:00")
    assert find(connection, "recalculate") is None
    reach(connection, "recalculate", at("2026-04-01 00:00"), now=one)
    reach(connection, "recalculate", at("2026-04-02 00:00"), now=two)
    assert find(connection, "recalculate") == Job("recalculate", one, at("2026-04-02 00:00"), None)
    reach(connection, "recalculate", at("2026-04-03 00:00"), now=two, ended=True)
    assert find(connection, "recalculate") == Job("recalculate", one, at("2026-04-03 00:00"), two)
    reach(connection, "recalculate", at("2026-04-01 00:00"), now=three)
    assert find(connection, "recalculate") == Job("recalculate", three, at("2026-04-01 00:00"), None)
