"""The calibrate job on a real database."""

from datetime import timedelta
from itertools import pairwise

import numpy as np
import psycopg

from storage import pages
from storage.calibrations import history
from storage.pages import Window
from storage.revisions import list_changes

from .conftest import BEGIN, END, HOUR, SmallNetwork


def test_each_hour_has_the_calibration_that_was_valid_at_it(
    connection: psycopg.Connection, validated: SmallNetwork
) -> None:
    """A look over two refits gives each hour the newest calibration that began before it."""
    key = validated.series_keys[0]
    fits = sorted((row.valid_begin, row.calibration_id) for row in history(connection, key))
    assert [begin for begin, _ in fits] == [BEGIN, BEGIN + timedelta(days=4), BEGIN + timedelta(days=7)]
    assert validated.look(BEGIN, END, refit=False) == 0
    hours = pages.hours(connection, Window(key, BEGIN, END))
    assert len(hours) == (END - BEGIN) // HOUR
    for (begin, name), (end, _) in pairwise([*fits, (END, "")]):
        assert {row.calibration_id for row in hours if begin <= row.begin < end} == {name}


def test_looking_again_publishes_nothing(connection: psycopg.Connection, validated: SmallNetwork) -> None:
    """The look that the service repeats all the time writes only when something is really otherwise."""
    assert validated.look(END - 6 * HOUR, END, refit=False) == 0
    assert list_changes(connection, since=BEGIN) == []


def test_values_follow_the_air(connection: psycopg.Connection, validated: SmallNetwork) -> None:
    """After the second fit the published values are within a microgram of the air that was put in, at most hours."""
    hours = pages.hours(connection, Window(validated.series_keys[0], BEGIN + timedelta(days=7), END))
    error = np.array([row.value if row.value is not None else np.nan for row in hours]) - validated.wave[-72:]
    assert np.isfinite(error).all()
    assert np.sqrt(np.mean(error**2)) < 1.0
