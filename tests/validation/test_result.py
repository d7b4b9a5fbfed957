"""The two intervals of an hour, and the flags of its calibration, by hand."""

from dataclasses import replace
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pytest

from tests.validation.test_calibrations import made
from validation.calibrations import FULL, GIVES_VALUE, NO_SKILL, NONE, PRIOR, SHORT, Interval
from validation.field import Field
from validation.flags import Flag
from validation.history import Network, Validated
from validation.humidity import water_share
from validation.look import Look
from validation.policy import DEFAULT, PROPERTIES
from validation.result import conclude
from validation.trail import Layout

Floats = npt.NDArray[np.float64]
PM = PROPERTIES["pm2_5"]
NOW = np.datetime64("2026-03-20T00", "h")
NOTHING = cast(Any, None)
UP, DOWN, NOISE, MORE, LESS, ROUGH = 3.0, 2.0, 1.5, 2.5, 1.0, 1.2
"""Parts of the interval of the value, and of the estimate, at the level 20."""


def concluded(
    *, raw: float = 20.0, humidity: float = 50.0, weeks: float = 0.0, value: float = 20.0, measured: bool = False,
    status: str = FULL, references: int = 3, seen: int = 0,
) -> Validated:  # fmt: skip
    """Conclude one hour of one series, at the median, of a calibration that has seen raw of 10 to 30."""
    none, one = np.zeros((1, 0)), np.zeros(1)
    recent = Network(
        np.array([NOW]), np.array([[raw]]), np.array([[humidity]]), np.zeros((1, 1)), one, one, ("SPS30",),
        none, none[0], none[0], (), "pm2_5",
    )  # fmt: skip
    parts = Interval(*(np.array([part]) for part in (20.0, UP, DOWN, NOISE, MORE, LESS, ROUGH)))
    known = replace(
        made((status,)), interval=parts, window_end=np.array([NOW - np.timedelta64(int(168 * weeks), "h")]),
        scores={"lowest_raw": np.array([10.0]), "highest_raw": np.array([30.0])},
    )  # fmt: skip
    look = Look(none, Field(none, one, np.array([references])), NOTHING, np.full((1, 1), seen, np.int32), none, none)
    layout = Layout(NOTHING, NOTHING, NOTHING, np.array([status]), np.isin([status], GIVES_VALUE))
    guess = np.array([[20.0]])
    return conclude(
        recent, look, np.array([[value]]), guess, np.array([[measured]]), known, layout, PM, DEFAULT
    )  # fmt: skip


def ends(found: Validated) -> list[float]:
    """By how much 2.1 standard errors lie below and above value and estimate."""
    assert (found.hours.tolist(), found.estimate.tolist()) == ([NOW.item()], [[20.0]])
    each = (found.lower, found.upper, found.estimate_lower, found.estimate_upper)
    return [float((20.0 - end if k % 2 == 0 else end - 20.0)[0, 0] / 2.1) for k, end in enumerate(each)]


@pytest.mark.parametrize(
    ("case", "factor"), [({}, 1.0), ({"weeks": 10.0}, 1.2), ({"raw": 40.0}, 1.5), ({"raw": 40.0, "weeks": 10.0}, 1.8)]
)
def test_age_and_unseen_readings_widen(case: dict[str, Any], factor: float) -> None:
    """By 2 % a week and by how far raw lies outside what was learnt from: of a value the noise, of an estimate all."""
    expected = [np.hypot(DOWN, NOISE * factor), np.hypot(UP, NOISE * factor)]
    expected += [factor * np.hypot(LESS, ROUGH), factor * np.hypot(MORE, ROUGH)]
    assert ends(concluded(**case)) == pytest.approx(expected)


def test_an_estimate_without_the_sensor_is_wider() -> None:
    """The field alone is a third less sure, and what the sensor reads, however wild, is no matter."""
    found = concluded(value=np.nan, raw=400.0, weeks=10.0, humidity=95.0)
    assert ends(found)[2:] == pytest.approx([1.2 * 1.3 * np.hypot(LESS, ROUGH), 1.2 * 1.3 * np.hypot(MORE, ROUGH)])
    assert np.isnan([found.value[0, 0], found.lower[0, 0], found.upper[0, 0]]).all()


def test_where_a_reference_measures_its_noise_is_all() -> None:
    """Of an estimate that is the reference the error is 1 µg/m³, in wet air and with an old calibration too."""
    assert ends(concluded(measured=True, weeks=10.0, humidity=95.0))[2:] == pytest.approx([1.0, 1.0])


def test_water_lowers_the_lower_end() -> None:
    """By half the share of the reading that may be water; of an estimate by the part of that it takes over."""
    water = float(water_share(np.array([95.0]), PM)[0])
    expected = [np.hypot(np.hypot(DOWN, NOISE), 0.5 * water * 20), np.hypot(UP, NOISE)]
    expected += [np.hypot(np.hypot(LESS, ROUGH), 0.5 * water * (1 - water) * 20), np.hypot(MORE, ROUGH)]
    assert ends(concluded(humidity=95.0)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("case", "flag"),
    [
        ({}, 0), ({"status": SHORT}, Flag.SHORT_WINDOW), ({"status": PRIOR}, Flag.CALIBRATION_PRIOR),
        ({"status": NONE}, Flag.NOT_CALIBRATED), ({"status": NO_SKILL}, Flag.NOT_CALIBRATED | Flag.NO_SKILL),
        ({"weeks": 1.0}, Flag.CALIBRATION_HELD), ({"status": NONE, "weeks": 1.0}, Flag.NOT_CALIBRATED),
        ({"references": 2}, 0), ({"references": 1}, Flag.FEW_REFERENCES), ({"raw": 40.0}, Flag.EXTRAPOLATED),
        ({"raw": 40.0, "value": np.nan}, 0), ({"seen": Flag.RATE, "status": SHORT}, Flag.RATE | Flag.SHORT_WINDOW),
        ({"seen": Flag.RATE, "raw": 40.0}, Flag.RATE | Flag.EXTRAPOLATED),
    ],
)  # fmt: skip
def test_an_hour_says_what_calibration_it_had(case: dict[str, Any], flag: int) -> None:
    """And keeps what the checks said; without a calibration none is held, without a value none is extrapolated."""
    assert concluded(**case).flags.tolist() == [[flag]]
