"""What a mixed fleet measures and when it is out of reach, the same at each start."""

import itertools
import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from firmware_sim.devices import FORMATS
from firmware_sim.draws import stream
from firmware_sim.stations import make_mixed_stations
from firmware_sim.turns import LONGEST_DROP, Turn, dropped, turns

BEGIN = datetime(2026, 11, 22, 12, tzinfo=UTC)
STREAMS = np.array([stream("s", number) for number in range(50)], np.uint64)
STEPS = np.arange(1000, 3000, dtype=np.int64)


@pytest.fixture(scope="module")
def fleet_turns() -> list[Turn]:
    """Ten minutes of 32 stations that measure every ten seconds, with many faults."""
    stations = make_mixed_stations(32, 1, list(FORMATS))
    source = turns(stations, BEGIN, 10.0, faults=6.0, drops=0.02)
    return list(itertools.takewhile(lambda turn: turn.time < BEGIN + timedelta(minutes=10), source))


def test_every_station_has_its_turn_on_its_own_place_of_the_grid(fleet_turns: list[Turn]) -> None:
    """Turns come in the order of time, each station's exactly ten seconds apart."""
    times = [turn.time for turn in fleet_turns]
    assert times == sorted(times)
    for name in {turn.station.station_id for turn in fleet_turns}:
        own = [turn.time for turn in fleet_turns if turn.station.station_id == name]
        assert {later - earlier for earlier, later in itertools.pairwise(own)} == {timedelta(seconds=10)}
        assert len(own) == 60


def test_two_starts_measure_the_same(fleet_turns: list[Turn]) -> None:
    """A fleet that begins five minutes later has the same turns from there on."""
    later = turns(make_mixed_stations(32, 1, list(FORMATS)), BEGIN + timedelta(minutes=5), 10.0, faults=6.0, drops=0.02)
    wanted = [turn for turn in fleet_turns if turn.time >= BEGIN + timedelta(minutes=5)]
    found = list(itertools.islice(later, len(wanted)))
    assert [(t.time, t.away, t.restarted, t.row.stated_ms) for t in found] == [
        (t.time, t.away, t.restarted, t.row.stated_ms) for t in wanted
    ]
    values = [[turn.row.values["pm2_5"] for turn in some] for some in (found, wanted)]
    np.testing.assert_allclose(values[0], values[1], rtol=1e-9)


def test_a_failed_sensor_has_no_mass_and_only_clocks_go_wrong(fleet_turns: list[Turn]) -> None:
    """Sentinels become missing masses; a device without a clock always states the true time, or none after a cut."""
    assert any(math.isnan(turn.row.values["pm2_5"]) for turn in fleet_turns)
    assert not any(math.isnan(turn.row.values["temperature"]) for turn in fleet_turns)
    clockless = [turn.row for turn in fleet_turns if turn.station.format == "esphome"]
    assert {row.stated_ms for row in clockless if row.stated_ms != row.clock_ms} <= {None}


def test_drops_are_short_and_as_frequent_as_asked() -> None:
    """With a share of 1 % a station is away for 1 to 6 turns, 3.5 % of the time, and some drops are power cuts."""
    away, restarted = dropped(STREAMS, STEPS, 0.01)
    assert 0.028 < away.mean() < 0.04
    assert 0.15 < restarted.sum() / (away[:-1] & ~away[1:]).sum() < 0.45
    assert not (restarted & away).any()
    lengths = [
        len(list(group)) for column in away.T for is_away, group in itertools.groupby(column.tolist()) if is_away
    ]
    assert np.median(lengths) <= LONGEST_DROP
    assert not dropped(STREAMS, STEPS, 0.0)[0].any()
