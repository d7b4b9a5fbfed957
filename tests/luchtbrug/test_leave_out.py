"""Official stations left out one by one: what the score is made of."""

from dataclasses import replace

import numpy as np
import pytest

from luchtbrug.jobs.leave_out import BANDS_KM, Comparison, Group, agree, band_of, compare_all
from validation.history import Network

HOURS = 15 * 24
KM = 1 / 111.19492664455873  # [degrees of latitude]
BEGIN = np.datetime64("2026-03-01T00", "h") + 10 * 24


def _network(*, offset: float = 0.0, third: bool = False) -> Network:
    """Two references 3 km apart whose air differs by `offset`, a sensor beside A, one beside B, one far from both."""
    rng = np.random.default_rng(2)
    wave = 12 + 6 * np.sin(np.arange(HOURS) / 9) + rng.normal(0, 0.5, HOURS)
    latitude = np.array([52.0, 52.0 + 3 * KM, 52.0 + 3.1 * KM][: 3 if third else 2])
    reference = np.column_stack([wave, wave + offset, wave + offset][: latitude.size])
    raw = 2 + 1.5 * wave[:, None] + rng.normal(0, 0.3, (HOURS, 3))
    return Network(
        hours=np.datetime64("2026-03-01T00", "h") + np.arange(HOURS),
        raw=raw,
        relative_humidity=np.full(raw.shape, 60.0),
        temperature=np.full(raw.shape, 12.0),
        latitude=np.array([52.0 + 0.5 * KM, 52.0 + 3.5 * KM, 52.0 - 9 * KM]),
        longitude=np.full(3, 5.0),
        sensor_model=("SPS30", "SDS011", "SPS30"),
        reference=reference,
        reference_latitude=latitude,
        reference_longitude=np.full(latitude.size, 5.0),
        reference_id=("A", "B", "C")[: latitude.size],
        observed_property="pm2_5",
    )


def _comparison(
    truth: list[float], predicted: list[float], half: float, *, asked: list[bool] | None = None, name: str = "A"
) -> Comparison:
    centre = np.array(predicted)
    mask = np.ones(len(truth), bool) if asked is None else np.array(asked)
    return Comparison(Group("SPS30", 1, "value"), name, np.array(truth), centre, centre - half, centre + half, mask)


def test_the_numbers_of_a_score_by_hand() -> None:
    """Errors 1, -1, 3, 1 over truths 0, 2, 4, 6: rmse √3, bias 1, slope 1.2, three of four inside ± 1."""
    found = agree([_comparison([0, 2, 4, 6], [1, 1, 7, 7], 1.0)])
    assert found is not None
    assert (found.references, found.stations, found.hours) == (1, 1, 4)
    assert found.rmse == pytest.approx(3**0.5)
    assert (found.bias, found.coverage, found.half_width, found.validated_share) == (1.0, 0.75, 1.0, 1.0)
    assert found.slope == pytest.approx(1.2)


def test_hours_are_pooled_over_stations() -> None:
    """Two stations at one reference and one at another are three stations and two references; hours count alike."""
    nan = float("nan")
    parts = [
        _comparison([1, 2], [2, nan], 1.0),
        _comparison([1, 2], [2, 3], 0.5, asked=[True, False]),
        _comparison([nan], [3], 1.0, asked=[False], name="B"),
    ]
    found = agree(parts)
    assert found is not None
    assert (found.references, found.stations, found.hours) == (2, 3, 2)
    assert (found.rmse, found.bias, found.slope) == (1.0, 1.0, None)
    assert (found.coverage, found.half_width) == (0.5, 0.75)
    assert found.validated_share == pytest.approx(2 / 3)


def test_nothing_given_is_no_score() -> None:
    """Without a single predicted hour there is no error to speak of."""
    assert agree([_comparison([1.0], [float("nan")], 1.0)]) is None


@pytest.mark.parametrize(("km", "band"), [(0.0, 0), (1.99, 0), (2.0, 1), (24.9, 3), (25.0, 4), (900.0, 4)])
def test_bands_are_half_open(km: float, band: int) -> None:
    """A distance belongs to the band that begins at it."""
    assert band_of(km) == band
    assert BANDS_KM[band] <= km


def test_the_field_without_a_reference_is_what_the_other_says() -> None:
    """Where the air at B is 2 higher all the time, the field at A without A is 2 too high, and the other way round."""
    lists = list(compare_all(_network(offset=2.0), BEGIN))
    fields = [next(one for one in found if one.group.product == "field") for found in lists]
    for one, bias in zip(fields, (2.0, -2.0), strict=True):
        found = agree([one])
        assert found is not None
        assert one.group == Group("", 1, "field")
        assert (found.hours, found.validated_share) == (5 * 24, 1.0)
        assert found.bias == pytest.approx(bias)
        assert found.rmse == pytest.approx(2.0)
        assert found.slope == pytest.approx(1.0)


def test_a_sensor_is_scored_at_the_reference_beside_it() -> None:
    """Each sensor within a kilometre gives value and estimate, in the band of the reference that remains."""
    beside_a, beside_b = compare_all(_network(), BEGIN)
    groups = [[one.group for one in found] for found in (beside_a, beside_b)]
    assert groups[0] == [Group("SPS30", 1, "value"), Group("SPS30", 1, "estimate"), Group("", 1, "field")]
    assert [group.sensor_model for group in groups[1]] == ["SDS011", "SDS011", ""]
    assert {one.reference_id for one in beside_b} == {"B"}


def test_the_reference_that_is_left_out_is_never_seen() -> None:
    """Whatever it measured, and whatever one at the same spot did, the predictions are the same to the last bit."""
    network = _network(third=True)
    changed = network.reference.copy()
    changed[:, 1:] = 3 * changed[:, 1:] + 40
    plain = list(compare_all(network, BEGIN))[1]
    other = list(compare_all(replace(network, reference=changed), BEGIN))[1]
    assert plain
    for one, two in zip(plain, other, strict=True):
        np.testing.assert_array_equal(one.predicted, two.predicted)
        assert not np.array_equal(one.truth, two.truth)


def test_what_cannot_be_compared_is_left_out() -> None:
    """A lone reference has nothing to be compared with, and one that was silent has no truth."""
    network = _network()
    alone = replace(
        network,
        reference=network.reference[:, :1],
        reference_latitude=network.reference_latitude[:1],
        reference_longitude=network.reference_longitude[:1],
        reference_id=("A",),
    )
    assert list(compare_all(alone, BEGIN)) == [[]]
    silent = network.reference.copy()
    silent[-5 * 24 :, 0] = np.nan
    assert next(iter(compare_all(replace(network, reference=silent), BEGIN))) == []
