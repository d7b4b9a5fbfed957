"""The reference field: offsets, dead and wrong references, and how few references are enough."""

import numpy as np
import numpy.typing as npt
import pytest

from validation.field import (
    clean_references,
    interpolate,
    learn_references,
    nearest_within,
    reference_weights,
)
from validation.policy import DEFAULT, PROPERTIES

LIMITS = PROPERTIES["pm2_5"]
Floats = npt.NDArray[np.float64]


def air(hours: int = 400, references: int = 4) -> Floats:
    rng = np.random.default_rng(1)
    level = 10 + 5 * np.sin(np.arange(hours) / 12)
    return level[:, None] + 0.5 * rng.normal(size=(hours, references))


def test_offsets_are_found_whatever_is_missing() -> None:
    """Constant offsets come back to a tenth although a third of the hours is missing."""
    offset = np.array([0.0, 3.0, -2.0, 1.0])
    reference = air() + offset
    reference[np.random.default_rng(2).random(reference.shape) < 0.33] = np.nan
    learnt = learn_references(reference, LIMITS, DEFAULT).offset
    np.testing.assert_allclose(learnt - learnt.mean(), offset - offset.mean(), atol=0.15)


def test_a_missing_reference_does_not_shift_the_field() -> None:
    """With a reference of +8 gone for a while, the field moves by less than half a unit."""
    reference = air() + np.array([0.0, 8.0, 0.0, 0.0])
    gone = reference.copy()
    gone[300:, 1] = np.nan
    learnt = learn_references(gone, LIMITS, DEFAULT)
    weight, near = reference_weights(learnt, np.full((1, 4), 3.0), np.array([-1]), LIMITS, DEFAULT), np.array([-1])
    shift = interpolate(gone, learnt, weight, near).value - interpolate(reference, learnt, weight, near).value
    assert np.abs(shift[300:].mean()) < 0.3


def test_a_wrong_reference_is_left_out() -> None:
    """A reference that swings on its own among three that agree is not usable."""
    reference = air()
    reference[:, 2] += 25 * np.random.default_rng(3).normal(size=len(reference))
    assert learn_references(reference, LIMITS, DEFAULT).usable.tolist() == [True, True, False, True]


def test_of_three_references_the_one_that_two_contradict_is_wrong() -> None:
    """Two that agree outvote a third that swings by 25; by as much as they differ themselves, all three are used."""
    reference = air()[:, :3]
    swing = np.random.default_rng(3).normal(size=len(reference))
    for wrong in range(3):
        other = reference.copy()
        other[:, wrong] += 25 * swing
        assert learn_references(other, LIMITS, DEFAULT).usable.tolist() == [r != wrong for r in range(3)]
    assert learn_references(reference + np.outer(swing, [0.0, 3.0, -3.0]), LIMITS, DEFAULT).usable.all()


def test_a_reference_is_wrong_from_four_times_what_is_usual() -> None:
    """Three lie 0.46 from the median of the others: beyond 4 × (0.46 + 1) = 5.8 of the fourth is too far."""
    swing = np.where(np.arange(400) // 2 % 2, 1.0, -1.0)
    for size, usable in ((5.5, True), (6.0, False)):
        reference = air()
        reference[:, 2] += size * swing
        assert learn_references(reference, LIMITS, DEFAULT).usable.tolist() == [True, True, usable, True]


def test_forty_eight_hours_in_common_are_enough_to_judge() -> None:
    """With 48 of them a reference that swings is found, with 47 it is not judged; hours of its own do not count."""
    for common, usable in ((47, True), (48, False)):
        reference = air(600, 4)
        reference[:, 3] += 25 * np.random.default_rng(3).normal(size=len(reference))
        reference[common:300, 3], reference[300:, :3] = np.nan, np.nan
        assert learn_references(reference, LIMITS, DEFAULT).usable.tolist() == [True, True, True, usable]


def test_a_reference_that_measured_alone_hides_no_wrong_one() -> None:
    """One that ended before the others began, or met them for an hour, is not judged, and is no obstacle to finding
    the one that swings; nor does it make two of the others three, who could outvote one."""
    reference = air(600, 5)
    reference[:, 2] += 25 * np.random.default_rng(3).normal(size=len(reference))
    reference[200:, 4], reference[:200, :4] = np.nan, np.nan
    for common in (0, 1):
        reference[200 : 200 + common, 4] = 400.0
        usable = learn_references(reference, LIMITS, DEFAULT).usable
        assert usable.tolist() == [True, True, False, True, True]
        two = learn_references(reference[:, [0, 2, 4]], LIMITS, DEFAULT).usable
        assert two.tolist() == [True, True, True]


def test_a_stuck_or_coded_reference_is_blank() -> None:
    """After a day of equal values an analyser is dead, and a code is no measurement."""
    reference = air(60, 1)
    reference[10:50] = 7.0
    reference[55] = -999.0
    cleaned = clean_references(reference, LIMITS)[:, 0]
    assert np.flatnonzero(np.isnan(cleaned)).tolist() == [*range(34, 50), 55]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_references_never_raise(count: int) -> None:
    """With no reference the field is missing, with one or two it is their own."""
    reference = air(100, count)
    learnt = learn_references(reference, LIMITS, DEFAULT)
    weight = reference_weights(learnt, np.full((2, count), 5.0), np.array([-1, -1]), LIMITS, DEFAULT)
    field = interpolate(reference, learnt, weight, np.array([-1, -1])).value
    if count == 0:
        assert np.isnan(field).all()
    else:
        np.testing.assert_allclose(field[:, 0], reference.mean(1), atol=1.5)


def test_a_reference_beside_the_station_decides() -> None:
    """The station's field is the reference 100 m away with its own offset, and the others when that is missing."""
    reference = air() + np.array([6.0, 0.0, 0.0, 0.0])
    reference[200:, 0] = np.nan
    distance = np.array([[0.1, 2.0, 3.0, 4.0]])
    near = nearest_within(distance, 0.5)
    learnt = learn_references(reference, LIMITS, DEFAULT)
    field = interpolate(reference, learnt, reference_weights(learnt, distance, near, LIMITS, DEFAULT), near).value[:, 0]
    np.testing.assert_allclose(field[:200], reference[:200, 0], atol=0.02)
    np.testing.assert_allclose(field[200:].mean(), reference[200:, 1:].mean() + 6.0, atol=0.5)
