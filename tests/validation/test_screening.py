"""Hour-level flags: exact masks by hand, and no look ahead."""

from dataclasses import replace
from typing import Any

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


def screened(
    raw: Floats, *, field: float = np.nan, humidity: float = 50.0, usual: Expectation = USUAL, name: str = "pm2_5",
    neighbours: npt.NDArray[np.int64] = ALONE,
) -> npt.NDArray[np.int32]:  # fmt: skip
    """The flags (H,S) of raw (H,S)."""
    full = np.ones(raw.shape)
    return screen(raw, humidity * full, field * full, usual, neighbours, limits=PROPERTIES[name]).flags


def last_flag(*raw: float, **how: Any) -> int:
    return int(screened(np.array(raw)[:, None], **how)[-1, 0])


def test_the_range_ends_where_the_table_says() -> None:
    """At 1000 and at 0, and around 999.9 with its rounding; twice as far for PM10, where that code is a level."""
    assert last_flag(999.6, field=800.0) == 0
    assert last_flag(999.75, field=800.0) == last_flag(1000.5, field=800.0) == Flag.RANGE
    assert last_flag(0.0) == 0
    assert last_flag(-0.001) == Flag.RANGE
    assert last_flag(2000.0, field=1800.0, name="pm10") == 0
    assert last_flag(2000.5, field=1800.0, name="pm10") == Flag.RANGE


def test_a_code_is_one_only_in_a_fine_gas_series() -> None:
    """-1, 0 and the like fail where hours are never equal; a coarse series may have them; 100,000 is none of either."""
    coarse = replace(USUAL, repeat=np.array([3]))
    wide = replace(USUAL, scale=np.array([1e9]))
    for code in (-1.0, 0.0, -999.0, 6553.5):
        assert last_flag(code, usual=wide, name="no2") == Flag.RANGE
        assert last_flag(code, usual=replace(coarse, scale=np.array([1e9])), name="no2") == 0
    assert last_flag(-0.9, usual=wide, name="no2") == 0
    assert last_flag(1e5, usual=wide, name="no2") == last_flag(-1e5, usual=wide, name="no2") == 0
    assert last_flag(1.001e5, usual=wide, name="no2") == last_flag(-1.001e5, usual=wide, name="no2") == Flag.RANGE


def test_zeros_in_clean_air_may_repeat_eight_times() -> None:
    """Up to 0.05 seven equal hours pass where the field says at most 6 or nothing, or as many as is usual; a cell has
    no clean air."""
    assert last_flag(*[0.05] * 7, field=6.0) == last_flag(*[0.05] * 7) == 0
    assert last_flag(*[0.05] * 8, field=6.0) == Flag.STUCK
    assert last_flag(*[0.05] * 2, field=6.1) & Flag.STUCK
    assert last_flag(*[0.06] * 2, field=6.0) & Flag.STUCK
    slow = replace(USUAL, repeat=np.array([12]))
    assert not last_flag(*[0.05] * 11, field=6.0, usual=slow) & Flag.STUCK
    assert last_flag(*[0.05] * 12, field=6.0, usual=slow) & Flag.STUCK
    assert last_flag(*[0.04] * 2, name="no2") & Flag.STUCK


def test_humidity_warns_above_its_bounds_and_not_at_them() -> None:
    """90 and 97 % are dry enough; a cell is not asked."""
    assert [last_flag(8.0, humidity=h) for h in (90.0, 97.0)] == [0, Flag.HUMIDITY_HIGH]
    assert last_flag(8.0, humidity=99.0, name="no2") == 0


def test_a_spike_is_above_all_that_could_explain_it() -> None:
    """Twice the highest of three hours, 1.3 times the field, 1.8 times the neighbours' quartile, each with 8 more."""
    for reading, flag in ((32.0, 0), (32.1, Flag.SPIKE)):  # 2 · 12 + 8
        assert last_flag(10.0, 12.0, 11.0, reading, field=5.0) == flag
        assert last_flag(30.0, 10.0, 12.0, 11.0, reading, field=5.0) == flag  # four hours ago does not count ...
        assert last_flag(12.0, np.nan, np.nan, np.nan, reading, field=5.0) == flag  # ... unless nothing came since
        assert last_flag(12.0, *[np.nan] * 7, reading, field=5.0) == flag
    assert last_flag(12.0, *[np.nan] * 8, 100.0) == 0  # nothing to compare with
    for reading, flag in ((60.0, 0), (60.1, Flag.SPIKE)):  # 1.3 · 40 + 8
        assert last_flag(10.0, 12.0, 11.0, reading, field=40.0) == flag
    for reading, flag in ((98.0, 0), (98.1, Flag.SPIKE)):  # 1.8 · 50 + 8, of 50, 55 and 60
        raw = np.array([[8.0] * 4, [8.5] * 4, [reading, 50.0, 55.0, 60.0]])
        usual = Expectation(np.zeros(4), np.ones(4), np.ones(4), np.full(4, 2))
        found = screened(raw, field=8.0, usual=usual, neighbours=np.array([[1, 2, 3]] * 4))
        assert found[2, 0] == flag


def test_the_quartile_is_the_second_of_five_neighbours() -> None:
    """A single low one does not hide what the others see."""
    raw = np.array([[8.0] * 6, [8.5] * 6, [98.0, 9.0, 50.0, 55.0, 60.0, 65.0]])
    usual = Expectation(np.zeros(6), np.ones(6), np.ones(6), np.full(6, 2))
    around = np.array([[1, 2, 3, 4, 5]] * 6)
    assert screened(raw, field=8.0, usual=usual, neighbours=around)[2, 0] == 0
    raw[2, 0] = 98.1
    assert screened(raw, field=8.0, usual=usual, neighbours=around)[2, 0] == Flag.SPIKE


def test_the_level_that_the_field_lets_expect_is_that_of_the_series() -> None:
    """Offset and gain of the series turn the field into its raw: 5 + 2 · 10 expects 25, and so allows 40.5."""
    own = replace(USUAL, offset=np.array([5.0]), gain=np.array([2.0]))
    assert [last_flag(3.0, reading, field=10.0, usual=own) for reading in (40.4, 40.6)] == [0, Flag.SPIKE]


def test_an_event_is_four_hours_within_a_factor() -> None:
    """180 after 100 is 1.8 times as high, and still one; 181 is not. Below zero the factor is the same."""
    for highest, flag in ((180.0, 0), (181.0, Flag.SPIKE)):
        assert last_flag(8.0, 9.0, 100.0, highest, 120.0, 115.0) == flag
    for lowest, flag in ((-180.0, 0), (-181.0, Flag.SPIKE)):
        assert last_flag(30.0, 31.0, -100.0, lowest, -120.0, -115.0, name="no2") == flag


def test_a_zero_is_a_fault_after_three_hours_above_four() -> None:
    """Where hours are often equal: 4.0 and less may fall to 0.05 within the hour, and so may what the field expects;
    the median of the believed ones of three hours decides, the lower one of two."""
    coarse = replace(USUAL, repeat=np.array([3]))

    def zero(*raw: float, field: float = 12.0, usual: Expectation = coarse) -> bool:
        return bool(last_flag(*raw, field=field, usual=usual) & Flag.ZERO)

    assert [zero(4.2, 4.1, 4.3, last) for last in (0.0, 0.05, 0.06)] == [True, True, False]
    assert [zero(9.0, 4.1, middle, 3.0, 0.0) for middle in (4.1, 4.0)] == [True, False]
    assert not zero(9.0, 9.0, 3.9, 3.0, 4.5, 0.0)
    assert zero(1.0, 3.9, 4.1, 4.2, 0.0)  # of four the lower median would be 3.9
    assert [zero(4.2, 4.1, 4.3, 0.0, field=level) for level in (4.0, 4.1, np.nan)] == [False, True, True]
    assert [zero(*two, np.nan, 0.0) for two in ((4.1, 9.0), (9.0, 4.0))] == [True, False]
    assert [zero(0.04, 0.03, last, 0.0) for last in (4.1, 4.0)] == [True, False]  # zeros before it do not count
    assert not zero(0.0)
    assert [zero(1.2, 1.1, last, 0.0, usual=USUAL) for last in (1.3, 0.9)] == [True, True]
    assert not zero(1.2, 1.0, 0.9, 0.0, usual=USUAL)
    assert not last_flag(12.0, 12.5, 12.2, 0.0, field=12.0, usual=coarse, name="no2") & Flag.ZERO


def test_the_expectation_by_hand() -> None:
    """A line through the medians of both halves of the field, and 1.4826 times the median distance from it; readings
    out of range and hours without a field do not count."""
    field = np.array([1.0, 2, 3, 4, 11, 12, 13, 14, np.nan, 5, 6])[:, None]
    raw = np.array([5.0, 7, 9, 11, 25, 27, 29, 31, 500, 1000, -1.0])[:, None]
    raw[[0, 7], 0] += [-1.0, 3.0]
    found = learn_expectation(raw, field, PM)
    np.testing.assert_allclose([found.gain[0], found.offset[0], found.scale[0]], [2.0, 3.0, 0.0], atol=1e-12)
    raw[:8, 0] = [5.0, 8, 8, 11, 25, 26, 30, 31]
    found = learn_expectation(raw, field, PM)
    np.testing.assert_allclose([found.gain[0], found.offset[0], found.scale[0]], [2.0, 3.0, 1.4826 * 0.5], atol=1e-12)
    assert found.repeat.tolist() == [24]


def test_without_a_field_the_scale_is_the_series_own() -> None:
    """1.4826 times the median distance from its median; a series without hours knows nothing, and expects nothing."""
    raw = np.array([[1.0, np.nan], [2, np.nan], [4, np.nan], [8, np.nan], [np.nan, np.nan]])
    found = learn_expectation(raw, np.full(raw.shape, np.nan), PM)
    np.testing.assert_allclose(found.scale, [1.4826 * 1.5, np.nan])  # of 2, 1, 1 and 5
    odd = np.array([[1.0], [2], [4], [8], [16]])
    np.testing.assert_allclose(learn_expectation(odd, odd * np.nan, PM).scale, [1.4826 * 3])  # of 3, 2, 0, 4 and 12
    assert found.gain.tolist() == [0.0, 0.0]
    assert np.isnan(found.offset).all()
    assert np.isnan(learn_expectation(raw[:0], raw[:0], PM).scale).all()


def test_what_was_said_before_is_gone_on_with() -> None:
    """Hours screened in two parts say what they say at once, in each of the three things that are kept."""
    rng = np.random.default_rng(3)
    raw = np.round(np.abs(10 + np.cumsum(rng.normal(size=(60, 3)), axis=0)) + 0.1, 1)
    raw[rng.random(raw.shape) < 0.3] *= 8
    raw[20:30, 1], raw[33:36, 2] = 7.0, 90.0
    usual = Expectation(np.zeros(3), np.ones(3), np.ones(3), np.full(3, 3))
    full, around = np.ones(raw.shape), np.array([[1, 2, -1], [0, 2, -1], [0, 1, -1]])
    whole = screen(raw, 50 * full, 10 * full, usual, around, limits=PM)
    for cut in (5, 22, 34, 35, 36):
        first = screen(raw[:cut], 50 * full[:cut], 10 * full[:cut], usual, around, limits=PM)
        rest = screen(raw, 50 * full[cut:], 10 * full[cut:], usual, around, limits=PM, before=first)
        for name in ("flags", "length", "suspect"):
            np.testing.assert_array_equal(getattr(first.then(rest), name), getattr(whole, name))
            np.testing.assert_array_equal(getattr(whole.last(7), name), getattr(whole, name)[-7:])


def test_a_stuck_hour_says_nothing_of_the_next() -> None:
    """What failed is not compared with: after stuck, coded and spoiled hours a jump is measured from the believed."""
    assert last_flag(*[20.0] * 12, 25.0, field=5.0) == Flag.SPIKE
    assert last_flag(10.0, 11.0, 999.9, 40.0, field=5.0) == Flag.SPIKE
