"""The public score, kept by day and version."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import psycopg
import pytest

from storage.scores import Score, exists, list_scores, store

At = Callable[[str], datetime]


@pytest.fixture
def score(at: At) -> Score:
    """Make a score of 2026-05-17."""
    return Score(
        day=date(2026, 5, 17), version="v1", observed_property="pm2_5", sensor_model="SPS30",
        band_begin_km=2.0, band_end_km=5.0, product="value",
        scored_begin=at("2026-03-22 00:00"), scored_end=at("2026-05-17 00:00"),
        reference_count=2, station_count=3, hours=4000, rmse=2.5, bias=-0.25, slope=0.75, coverage=0.9375,
        half_width=5.0, validated_share=0.5, computed_at=at("2026-05-17 04:00"),
    )  # fmt: skip


def test_a_score_comes_back_as_it_was_stored(connection: psycopg.Connection, score: Score) -> None:
    """Every field comes back, also an open band and a slope that is not known."""
    far = replace(score, band_begin_km=25.0, band_end_km=None, slope=None)
    assert store(connection, [score, far]) == 2
    assert list_scores(connection) == [score, far]


def test_a_day_is_scored_once_by_each_version(connection: psycopg.Connection, score: Score) -> None:
    """A second score of the same day and version changes nothing; another version stands beside it."""
    store(connection, [score])
    assert store(connection, [replace(score, rmse=9.0)]) == 0
    assert store(connection, [replace(score, version="v2", rmse=9.0)]) == 1
    assert [(row.version, row.rmse) for row in list_scores(connection)] == [("v1", 2.5), ("v2", 9.0)]
    assert exists(connection, score.day, "v1", "pm2_5")
    assert not exists(connection, score.day, "v1", "no2")


def test_the_newest_day_is_given_unless_another_is_asked_for(connection: psycopg.Connection, score: Score) -> None:
    """Without a day it is the newest that has scores of the property."""
    later = replace(score, day=date(2026, 5, 18), observed_property="no2")
    store(connection, [score, later])
    assert list_scores(connection) == [later]
    assert list_scores(connection, observed_property="pm2_5") == [score]
    assert list_scores(connection, day=score.day) == [score]
    assert list_scores(connection, day=date(2026, 1, 1)) == []
