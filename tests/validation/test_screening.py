"""Hour-level flags: exact masks by hand, and no look ahead."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from validation.flags import Flag
from validation.policy import PROPERTIES
from validation.screening import Expectation, learn_expectation, screen

Floats = npt.NDArray[np.float64]
ALONE = np.zeros((1, 0), np.int64)
USUAL = Expectation(np.array([0.0]), np.array([1.0]), np.array([1.0]), np.array([2]))
PM = PROPERTIES["pm2_5"]


def flags_of(raw: list[float], field: float = 8.0, humidity: float = 50.0) -> list[int]:
    column = np.array(raw)[:, None]
    known = np.full(column.shape, field)
    found = screen(column, np.full(column.shape, humidity), known, USUAL, ALONE, limits=PM).flags
    return [int(flag) for flag in found[:, 0]]


def test_sentinels_and_negatives_are_out_of_range() -> None:
    """Codes of devices fail, a missing hour is missing."""
    assert flags_of([8.0, 999.9, -1.0, 6553.5, np.nan, 9.0]) == [
        0, Flag.RANGE, Flag.RANGE, Flag.RANGE, Flag.MISSING, 0,
    ]  # fmt: skip


def test_a_repeat_of_a_fine_series_is_stuck() -> None:
    """From the second equal hour on a finely resolved series is stuck."""
    assert flags_of([8.0, 8.5, 8.5, 8.5, 8.6]) == [0, 0, Flag.STUCK, Flag.STUCK, 0]


def test_spikes_do_not_excuse_each_other() -> None:
    """Spikes of different heights are all flagged, and what lies between them passes."""
    assert flags_of([8.0, 9.0, 150.0, 60.0, 9.5, 300.0, 8.0]) == [0, 0, Flag.SPIKE, Flag.SPIKE, 0, Flag.SPIKE, 0]


def test_four_alike_in_a_row_are_an_event() -> None:
    """The fourth of four high hours within a factor of 1.8 is believed, and so is what follows."""
    assert flags_of([8.0, 9.0, 100.0, 110.0, 120.0, 115.0, 118.0])[2:] == [Flag.SPIKE] * 3 + [0, 0]


def test_the_field_explains_a_rise() -> None:
    """What would be a spike in clean air is none when the references say 100."""
    assert flags_of([8.0, 9.0, 90.0], field=100.0) == [0, 0, 0]


def test_zero_in_the_middle_of_a_level_is_a_fault() -> None:
    """Zero after hours of 12 while the field says 12 fails; in clean air it passes."""
    assert flags_of([12.0, 12.5, 12.2, 0.0, 12.1], field=12.0) == [0, 0, 0, Flag.ZERO, 0]
    assert flags_of([0.3, 0.2, 0.1, 0.0, 0.1], field=0.5) == [0, 0, 0, 0, 0]


def test_a_fine_series_does_not_reach_zero_in_clean_air() -> None:
    """After hours of 2 a zero fails where hours are never equal, and passes where they often are."""
    assert flags_of([2.1, 2.3, 2.0, 0.0, 2.2], field=2.0) == [0, 0, 0, Flag.ZERO, 0]
    raw = np.array([2.1, 2.3, 2.0, 0.0, 2.2])[:, None]
    coarse = replace(USUAL, repeat=np.array([6]))
    found = screen(raw, np.full(raw.shape, 50.0), np.full(raw.shape, 2.0), coarse, ALONE, limits=PM)
    assert not found.flags.any()


def test_humidity_warns_but_does_not_fail() -> None:
    """Above 90 % the hour is suspect, above 97 % droplets are counted."""
    assert flags_of([8.0], humidity=98.0) == [Flag.HUMIDITY_HIGH | Flag.CONDENSATION]


def test_a_flag_depends_on_no_later_hour() -> None:
    """Cutting the series anywhere leaves the flags before the cut as they are."""
    rng = np.random.default_rng(1)
    raw = np.abs(10 + np.cumsum(rng.normal(size=(300, 4)), axis=0)) + 0.1
    raw[rng.random(raw.shape) < 0.15] *= 12
    field, humidity = np.full(raw.shape, 10.0), np.full(raw.shape, 60.0)
    neighbours = np.array([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]])
    usual = Expectation(np.zeros(4), np.ones(4), np.ones(4), np.full(4, 2))
    whole = screen(raw, humidity, field, usual, neighbours, limits=PM).flags
    for cut in (40, 150, 271):
        part = screen(raw[:cut], humidity[:cut], field[:cut], usual, neighbours, limits=PM).flags
        np.testing.assert_array_equal(part, whole[:cut])


def test_a_gas_is_judged_on_both_sides_in_its_own_scale() -> None:
    """A cell in nA with negative raw values is spoiled by a jump either way."""
    raw = np.array([-30.0, -31.0, -29.5, -210.5, -30.2, 90.0, -30.7])[:, None]
    humidity, field = np.full(raw.shape, 50.0), np.full(raw.shape, np.nan)
    found = screen(raw, humidity, field, USUAL, ALONE, limits=PROPERTIES["no2"]).flags
    assert np.flatnonzero(found[:, 0] & Flag.SPIKE).tolist() == [3, 5]


def test_a_jump_is_measured_from_every_hour_before_and_from_the_field() -> None:
    """More than six scales from the highest, the lowest and the expected; as far as one of them is explained."""

    def spikes(last: float, level: float = np.nan) -> bool:
        raw = np.array([45.0, 55.0, 50.0, last])[:, None]
        wide = replace(USUAL, scale=np.array([2.0]))
        field = np.full(raw.shape, level)
        found = screen(raw, np.full(raw.shape, 50.0), field, wide, ALONE, limits=PROPERTIES["no2"]).flags
        return bool(found[3, 0] & Flag.SPIKE)

    assert [spikes(67.1), spikes(67.0), spikes(32.9), spikes(33.0)] == [True, False, True, False]
    assert [spikes(90.0, 78.0), spikes(90.0, 77.0)] == [False, True]


def test_three_neighbours_explain_a_rise_and_two_do_not() -> None:
    """Their lower quartile does, and only where three of the model say so."""
    raw = np.array([[8.0, 8.0, 8.0, 8.0], [8.0, 8.0, 8.0, 8.0], [90.0, 95.0, 100.0, 110.0]])
    usual = Expectation(np.zeros(4), np.ones(4), np.ones(4), np.full(4, 2))
    steady, clean = np.full(raw.shape, 50.0), np.full(raw.shape, 8.0)
    for around, explained in (([1, 2, 3], True), ([1, 2, -1], False)):
        found = screen(raw + 0.1 * np.arange(3)[:, None], steady, clean, usual, np.array([around] * 4), limits=PM).flags
        assert bool(found[2, 0] & Flag.SPIKE) is not explained


def test_a_sensor_that_falls_when_the_field_rises_expects_nothing_of_it() -> None:
    """A particle counter has no negative gain; a cell may have one."""
    field = np.linspace(5.0, 25.0, 200)[:, None]
    raw = 100.0 - 2.0 * field
    assert learn_expectation(raw, field, PM).gain[0] == 0.0
    assert learn_expectation(raw, field, PROPERTIES["no2"]).gain[0] == pytest.approx(-2.0)


def test_half_the_hours_may_be_bad_for_the_expectation() -> None:
    """Gain and offset over the field survive 30 % of spikes."""
    rng = np.random.default_rng(2)
    field = 10 + 4 * np.sin(np.arange(1000) / 20)[:, None]
    raw = 1.5 + 2.0 * field + rng.normal(size=field.shape)
    raw[rng.random(raw.shape) < 0.3] *= 8
    learnt = learn_expectation(raw, field, PM)
    assert 1.6 < learnt.gain[0] < 3.2
    assert abs(learnt.offset[0] + learnt.gain[0] * 10 - 21.5) < 4.0


def test_an_hour_that_stands_still_is_stuck_at_once() -> None:
    """Equal readings spoil their first hour in a fine series; near zero, with few readings or in frost they do not."""

    def stuck(raw: float, spread: float, repeat: int = 2, name: str = "pm2_5") -> bool:
        column = np.array([[8.0], [raw]])
        usual = replace(USUAL, repeat=np.array([repeat]))
        found = screen(
            column, np.full((2, 1), 50.0), np.full((2, 1), 8.0), usual, ALONE,
            limits=PROPERTIES[name], spread=np.array([[1.0], [spread]]),
        )  # fmt: skip
        return bool(found.flags[1, 0] & Flag.STUCK)

    assert stuck(8.5, 0.0)
    assert not any([stuck(8.5, 0.1), stuck(8.5, np.nan), stuck(0.9, 0.0), stuck(8.5, 0.0, repeat=4)])
    assert not stuck(8.5, 0.0, name="temperature")
