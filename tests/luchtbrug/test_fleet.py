"""A mixed fleet against the whole platform: a real broker, the real HTTP door, PostgreSQL, and its own ledger."""

from pathlib import Path

import pytest

from benchmarks.fleet import Run, balance, run_fleet
from benchmarks.fleet_world import programs_missing
from tests.ingest.brokers import missing

pytestmark = pytest.mark.long


@pytest.fixture
def run(database_url: str, tmp_path: Path) -> Run:
    """Let 32 stations in 16 formats measure three times, with more drops than in real life.

    They measure every 12 s: a state that is the same within 10 s is taken for a repetition.
    """
    if gone := programs_missing():
        missing(", ".join(gone))
    return run_fleet(database_url, tmp_path, stations=32, seconds=26, interval_s=12.0, drops=0.15)


@pytest.mark.mosquitto
def test_what_devices_said_is_stored_once_under_their_own_station(run: Run) -> None:
    """Of all that a mixed fleet's messages say nothing is lost, stored twice or put under another station."""
    assert (run.fleet.formats, run.fleet.refused) == (16, 0)
    assert run.fleet.drops > 0
    assert run.balance.said == run.fleet.readings > 100
    assert (run.balance.lost, run.balance.twice, run.balance.wrong_station) == (0, 0, 0)
    assert {*run.quarantined} <= {"no_payload_formatter", "values_refused"}


def test_the_balance_finds_what_it_is_there_for() -> None:
    """A reading that is lost, one stored twice and one under another station are counted as that and nothing else."""
    said = {("a", "pm2_5", None): [1.0, 2.0, 3.0], ("b", "pm2_5", 7): [4.0]}
    stored = {("a", "pm2_5", None): [1.0, 1.0, 3.00001], ("c", "pm2_5", 7): [4.0]}
    found = balance(said, stored)
    assert (found.said, found.stored) == (4, 4)
    assert (found.lost, found.twice, found.wrong_station) == (1, 1, 1)


def test_a_push_without_an_answer_is_not_stored_twice() -> None:
    """Of what nobody knows whether it was taken nothing is lost where it is not stored, nor twice where it is."""
    unclear = {("a", "pm2_5", None): [7.0], ("a", "pm10", 5): [9.0]}
    found = balance({("a", "pm2_5", None): [1.0]}, {("a", "pm2_5", None): [1.0, 7.0, 7.0]}, unclear)
    assert (found.lost, found.twice, found.wrong_station) == (0, 1, 0)
