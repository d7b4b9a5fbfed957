"""The field at columns: kriged where a covariance was learnt, and what a reference beside a station decides."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from validation.columns import Columns
from validation.field import References
from validation.kriging import Covariance, krige, learn_covariance
from validation.target import field_at, with_covariance

Floats = npt.NDArray[np.float64]
BETWEEN = np.abs(np.subtract.outer([0.0, 5.0, 12.0, 20.0], [0.0, 5.0, 12.0, 20.0]))
DISTANCE = BETWEEN[[0, 2]] + 1.0
OFFSET = np.array([1.0, 4.0, -2.0, 50.0])
KNOWN = References(OFFSET, np.array([1.0, 1.0, 3.0, 9.0]), np.array([True, True, True, False]))
COVARIANCE = Covariance(range_km=8.0, nugget=0.3, sill=4.0)
ALLOWED = np.array([[1.0, 1.0, 1.0, 0.0]] * 2)
COLUMNS = Columns(np.arange(2), np.array([0, -1]), np.full(2, -1), ALLOWED, np.zeros(2), DISTANCE, BETWEEN)
"""Two columns, the first beside the first reference; the fourth reference is not usable."""


def measured() -> Floats:
    return np.random.default_rng(1).normal(10.0, 2.0, (60, 4))


def test_references_covary_without_their_offsets_and_without_those_not_used() -> None:
    """What is learnt is that of the usable ones; whatever the others say."""
    reference = measured()
    expected = learn_covariance(reference[:, :3], BETWEEN[:3, :3])
    assert expected is not None
    for wild in (1.0, 500.0):
        shown = (reference + OFFSET) * np.array([1.0, 1.0, 1.0, wild])
        found = with_covariance(KNOWN, shown, BETWEEN).covariance
        assert found is not None
        assert (found.range_km, found.nugget, found.sill) == pytest.approx(
            (expected.range_km, expected.nugget, expected.sill)
        )


def test_a_place_is_kriged_from_what_the_references_say_beyond_their_offsets() -> None:
    """The noise of a reference is what it has more than the median one; the level given back is the median offset."""
    reference = measured()
    found = field_at(reference + OFFSET, replace(KNOWN, covariance=COVARIANCE), COLUMNS).value
    own = np.array([0.0, 0.0, 2.0, 8.0])
    expected = krige(reference, COVARIANCE, own, BETWEEN, DISTANCE[1:], ALLOWED[1:] > 0)[:, 0]
    np.testing.assert_allclose(found[:, 1], expected + 1.0)


def test_a_reference_beside_the_station_decides_while_it_measures() -> None:
    """Its column is the weighted mean, as without a covariance; in hours without it, the others are kriged."""
    reference = measured() + OFFSET
    reference[7, 0] = np.nan
    kriged, mean = (field_at(reference, replace(KNOWN, covariance=each), COLUMNS) for each in (COVARIANCE, None))
    same = kriged.value == mean.value
    assert np.flatnonzero(~same[:, 0]).tolist() == [7]
    assert not same[:, 1].any()
    assert kriged.count.tolist() == [2 if hour == 7 else 3 for hour in range(60)]


def test_without_a_usable_reference_there_is_no_field() -> None:
    """All that were learnt from are gone: nothing is known anywhere, and no warning of it."""
    gone = replace(KNOWN, usable=np.zeros(4, bool), covariance=COVARIANCE)
    columns = replace(COLUMNS, near=np.full(2, -1), weight=np.zeros((2, 4)))
    assert np.isnan(field_at(measured(), gone, columns).value).all()
