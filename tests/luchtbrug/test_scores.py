"""The score job on a real database."""

from datetime import date, timedelta

import psycopg
import pytest

from luchtbrug.jobs.scores import score_due, score_property, version
from storage.jobs import find, reach
from storage.scores import list_scores

from .conftest import BEGIN, END, HOUR, WINDOW, SmallNetwork

NOW = END + 5 * HOUR


def _score(network: SmallNetwork, name: str = "pm2_5") -> int:
    return score_property(network.conn, name, now=NOW, window=WINDOW, progress=lambda *_: True)


def test_a_day_is_scored_once(connection: psycopg.Connection, validated: SmallNetwork) -> None:
    """The field at three left-out stations and the sensors beside one are scored; a second run adds nothing."""
    assert _score(validated) > 0
    rows = list_scores(connection)
    assert _score(validated) == 0
    assert list_scores(connection) == rows
    assert {(row.day, row.version, row.scored_end) for row in rows} == {(date(2026, 5, 14), version(), END)}
    fields = [row for row in rows if row.product == "field"]
    assert sum(row.reference_count for row in fields) == 3
    assert sum(row.hours for row in fields) == 3 * ((END - BEGIN) // HOUR - 72)  # three days are only learnt from
    assert all(row.rmse < 1.0 and row.validated_share == 1.0 for row in fields)
    assert {row.sensor_model for row in rows} == {"", "SPS30"}


def test_a_stopped_score_stores_nothing_and_is_due_again(
    connection: psycopg.Connection, validated: SmallNetwork
) -> None:
    """Half a score is none: what a stop left is computed again from the beginning."""
    stopped = score_property(connection, "pm2_5", now=NOW, window=WINDOW, progress=lambda *_: False)
    assert stopped == 0
    assert list_scores(connection) == []
    assert find(connection, "score pm2_5") is None
    assert _score(validated) > 0


@pytest.mark.parametrize(("age", "due"), [(None, False), (timedelta(minutes=59), False), (timedelta(hours=1), True)])
def test_a_platform_that_has_just_started_scores_later(
    connection: psycopg.Connection, validated: SmallNetwork, age: timedelta | None, due: bool
) -> None:
    """The service scores when it has looked for an hour, one property after the other, each once a day."""
    if age is not None:
        reach(connection, "look", NOW, now=NOW - age)

    def turn() -> int:
        return score_due(connection, now=NOW, window=WINDOW, progress=lambda *_: True)

    assert (turn() > 0) is due
    assert [turn(), turn(), turn(), turn()] == [0, 0, 0, 0]
    done = [name for name in ("pm2_5", "pm10", "no2", "o3") if find(connection, f"score {name}")]
    assert done == (["pm2_5", "pm10", "no2", "o3"] if due else [])
