"""Broken stations stay broken in the same way, and not too often."""

import numpy as np
import pytest

from firmware_sim import faults
from firmware_sim.draws import Ints, stream
from firmware_sim.faults import Troubles
from firmware_sim.readings import NO_TIME, Fleet, Readings, make_fleet, read
from firmware_sim.stations import make_stations
from firmware_sim.times import DAY_MS

STEPS = np.arange(2_985_120, 2_985_120 + 144 * 21, dtype=np.int64)  # three weeks of ten minutes, from October 2026


@pytest.fixture(scope="module")
def fleet() -> Fleet:
    """Forty stations with the usual faults."""
    return make_fleet(make_stations(40, 1), 600, level=1.0)


@pytest.fixture(scope="module")
def readings(fleet: Fleet) -> Readings:
    """Their readings."""
    return read(fleet, STEPS)


def test_shares(readings: Readings) -> None:
    """Between 5 and 10 % of messages have a fault, of all kinds."""
    any_fault = np.any(list(readings.findings.values()), axis=0)
    assert 0.05 < any_fault.mean() < 0.11
    shares = {name: float(mask.mean()) for name, mask in readings.findings.items()}
    assert set(shares) == {
        *("condensation", "spike", "stuck", "sentinel"),
        *("wrong clock", "reboot", "duplicate", "offline"),
    }
    assert all(0.001 < share < 0.05 for share in shares.values()), shares


def test_faults_can_be_switched_off_and_scaled(fleet: Fleet, readings: Readings) -> None:
    """Level 0 has no fault at all, and half the level about half of the faults."""
    clean = read(make_fleet(fleet.stations, 600, level=0.0), STEPS[:1000])
    assert not any(mask.any() for mask in clean.findings.values())
    half = read(make_fleet(fleet.stations, 600, level=0.5), STEPS)
    for name in ("stuck", "spike", "offline"):
        assert 0.3 < half.findings[name].mean() / readings.findings[name].mean() < 0.75


def test_stuck_values_do_not_move(readings: Readings) -> None:
    """All readings of a stuck block have one value, unless a sentinel stands there."""
    frozen = readings.findings["stuck"] & ~readings.findings["sentinel"]
    day = readings.clock_ms // DAY_MS
    blocks = 0
    for station in range(frozen.shape[1]):
        for number in np.unique(day[frozen[:, station], station]):
            values = readings.values["pm2_5"][frozen[:, station] & (day[:, station] == number), station]
            assert np.ptp(values) < 1e-9
            blocks += len(values) > 3
    assert blocks > 20


def test_droplets_need_wet_air(fleet: Fleet, readings: Readings) -> None:
    """Condensation happens in wet air only, and raises PM2.5."""
    wet = readings.findings["condensation"] & ~readings.findings["stuck"] & ~readings.findings["sentinel"]
    assert readings.values["relative_humidity"][wet].min() > 80
    clean = read(make_fleet(fleet.stations, 600, level=0.0), STEPS)
    assert np.median(readings.values["pm2_5"][wet] / clean.values["pm2_5"][wet]) > 1.7


def test_faultless_cells_are_untouched(fleet: Fleet, readings: Readings) -> None:
    """Where no fault is, a faulty fleet reads what a healthy one reads."""
    clean = read(make_fleet(fleet.stations, 600, level=0.0), STEPS)
    untouched = ~np.any([readings.findings[name] for name in ("condensation", "spike", "stuck", "sentinel")], axis=0)
    np.testing.assert_array_equal(readings.values["pm2_5"][untouched], clean.values["pm2_5"][untouched])


def test_wrong_clocks(readings: Readings) -> None:
    """A wrong clock says 1970, or is 1 to 3 h ahead, or 20 to 90 minutes behind; a reboot says no time."""
    wrong = readings.findings["wrong clock"] & ~readings.findings["reboot"]
    error_s = (readings.stated_ms - readings.clock_ms)[wrong] / 1000
    in_1970 = error_s < -1e9
    ahead, behind = error_s > 0, (error_s < 0) & ~in_1970
    assert in_1970.any()
    assert ahead.any()
    assert behind.any()
    assert error_s[ahead].min() >= 3600
    assert error_s[ahead].max() <= 10_801
    assert -5400 <= error_s[behind].min() <= error_s[behind].max() <= -1199
    assert readings.stated_ms[wrong][in_1970].max() < DAY_MS
    assert (readings.stated_ms[readings.findings["reboot"]] == NO_TIME).all()


def test_airrohr_has_no_clock_to_go_wrong(fleet: Fleet, readings: Readings) -> None:
    """Stations without a clock have neither clock faults nor duplicates nor a backlog."""
    for name in ("wrong clock", "reboot", "duplicate"):
        assert not readings.findings[name][:, ~fleet.native].any()
    assert not readings.resumed[:, ~fleet.native].any()


def test_a_block_is_the_same_at_every_hour_of_its_day() -> None:
    """Any two times of one day find the same block, which lies within the day."""
    troubles = Troubles(np.array([stream("x")], np.uint64), np.array([5.0]))
    for day in range(20_600, 20_620):
        clock: Ints = day * DAY_MS + np.arange(0, DAY_MS, 1_800_000, dtype=np.int64)[:, None]
        block = faults.blocks(troubles, faults.OFFLINE, clock)
        assert len(np.unique(block.begin_ms)) == 1
        assert day * DAY_MS <= block.begin_ms[0, 0] <= block.end_ms[0, 0] <= (day + 1) * DAY_MS
