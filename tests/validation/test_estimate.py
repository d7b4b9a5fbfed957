"""How value and field are joined, by hand: the sensor's share, what siblings and the same spot add, and the bounds."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from scipy.sparse import csr_array

from validation.calibrations import Shares
from validation.columns import Columns
from validation.estimate import Join, common_error, estimate, learn_shares, same_spot, sensor_share, shift
from validation.field import References
from validation.history import Network
from validation.policy import DEFAULT, PROPERTIES
from validation.surroundings import Surroundings

Floats = npt.NDArray[np.float64]
PM, GAS = PROPERTIES["pm2_5"], PROPERTIES["no2"]
NAN = np.nan
ONE = References(np.zeros(1), np.zeros(1), np.ones(1, bool))
THREE = References(np.zeros(3), np.array([2.0, 4.0, 100.0]), np.array([True, True, False]))


def columns(
    series: list[int], near: list[int], without: list[int] | None = None, nearest_km: list[float] | None = None
) -> Columns:
    count = len(series)
    nothing = np.zeros((count, 0))
    return Columns(
        np.array(series), np.array(near), np.full(count, -1) if without is None else np.array(without), nothing,
        np.zeros(count) if nearest_km is None else np.array(nearest_km), nothing, nothing,
    )  # fmt: skip


def network(models: tuple[str, ...]) -> Network:
    hours, series, none = np.zeros(0, "datetime64[h]"), np.zeros((0, len(models))), np.zeros(0)
    where = np.zeros(len(models))
    return Network(
        hours, series, series, series, where, where, models, np.zeros((0, 0)), none, none, (), "pm2_5"
    )  # fmt: skip


def spots(pairs: list[tuple[int, int]], count: int) -> Surroundings:
    both = np.array([*pairs, *[(b, a) for a, b in pairs]]).reshape(-1, 2).astype(np.int64)
    close = csr_array((np.ones(len(both)), (both[:, 0], both[:, 1])), shape=(count, count))
    nobody = np.zeros((count, 0), np.int64)
    return Surroundings(nobody, nobody, close, np.full(count, -1))


def shares(common: list[float], own: list[float]) -> Shares:
    unknown = np.zeros(len(own))
    return Shares(unknown, unknown, unknown, np.array(common), np.array(own))


def joined(value: float, field: float, *, level: float = 2.0, water: float = 0.0) -> float:
    """Join one value and field with scale 1 and share one half, at the median 20, where the others add 1."""
    join = Join(*(np.array([part]) for part in (level, 1.0, 0.5, 20.0)))
    one, two = np.array([[value]]), np.array([[field]])
    found = estimate(one, two, join, np.ones((1, 1)), np.array([[water]]), limits=PM)
    return float(found[0, 0])


def test_the_sensor_moves_the_field_within_three_scales() -> None:
    """Field, level, half of what the value is apart, and the shift; three scales up or down at most."""
    assert joined(24.0, 20.0) == 20.0 + 2.0 + 0.5 * 2.0 + 1.0
    assert joined(30.0, 20.0) == 20.0 + 2.0 + 0.5 * 3.0 + 1.0
    assert joined(10.0, 20.0) == 20.0 + 2.0 - 0.5 * 3.0 + 1.0


def test_the_bound_grows_with_the_level() -> None:
    """It is proportional to 20 and the field: twice as wide at 60 as at the usual 20, half as wide at 0 and below."""
    assert joined(90.0, 60.0) == 60.0 + 2.0 + 0.5 * 6.0 + 1.0
    assert joined(90.0, 0.0) == 2.0 + 0.5 * 1.5 + 1.0
    assert joined(90.0, -1.0) == -1.0 + 2.0 + 0.5 * 1.5 + 1.0


def test_water_takes_from_all_that_the_sensor_says() -> None:
    """A quarter water leaves three quarters of what sensor and siblings add, and all of the level."""
    assert joined(24.0, 20.0, water=0.25) == 20.0 + 2.0 + 0.75 * (0.5 * 2.0 + 1.0)


def test_what_is_missing_leaves_the_other() -> None:
    """Without a value the field with its level, without a field the value with its shift, without a level the field
    alone; without both nothing, and never less than zero."""
    assert joined(NAN, 20.0) == 22.0
    assert joined(24.0, NAN) == 25.0
    assert joined(24.0, 20.0, level=NAN) == 20.0
    assert np.isnan(joined(NAN, NAN))
    assert joined(NAN, -5.0) == 0.0


def test_siblings_beside_references_tell_the_error_they_share() -> None:
    """Each counts with the inverse of its own variance, divided among those at one reference, against the inverse of
    the shared one; nobody tells of itself, of another model, or of the reference it is judged by."""
    laid_out = columns(
        series=[0, 1, 2, 3, 4, 5, 0, 2], near=[0, 0, 1, -1, 2, -1, -1, -1], without=[-1, -1, -1, -1, -1, -1, 0, 1]
    )
    known = shares([0.5, 0.5, 0.5, 0.25, 0.5, 0.5], [2.0, 4.0, 1.0, NAN, 3.0, 2.0])
    beside = np.array([[1.0, 2.0, 4.0, NAN, 9.0, 7.0], [NAN, 2.0, NAN, NAN, 9.0, 7.0], [NAN] * 6])
    found = common_error(beside, known, laid_out, network(("m", "m", "m", "m", "n", "m")))
    told = 0.25 * 1 + 0.125 * 2 + 1 * 4
    np.testing.assert_allclose(
        found[0],
        [
            (told - 0.25) / (2 + 1.125), (told - 0.25) / (2 + 1.25), 0.5 / (2 + 0.375), told / (4 + 1.375), 0.0,
            told / (2 + 1.375), 4 / (2 + 1), 0.5 / (2 + 0.375),
        ],
    )  # fmt: skip
    np.testing.assert_allclose(
        found[1], [0.25 / 2.125, 0, 0.25 / 2.125, 0.25 / 4.125, 0, 0.25 / 2.125, 0, 0.25 / 2.125]
    )
    assert not found[2].any()


def test_without_a_sibling_beside_a_reference_no_error_is_shared() -> None:
    """Neither one with few hours nor one that stands beside none tells anything."""
    laid_out = columns(series=[0, 1], near=[0, -1])
    found = common_error(np.ones((3, 2)), shares([1.0, 1.0], [NAN, 2.0]), laid_out, network(("m", "m")))
    assert found.tolist() == [[0.0, 0.0]] * 3


def test_others_at_the_spot_say_how_far_off_a_value_is() -> None:
    """The mean of the others there minus the value, for the series and for it without its reference; 0 for those alone,
    where nobody else has a value, and without an own value."""
    laid_out = columns(series=[0, 1, 2, 3, 0], near=[-1] * 5)
    value = np.array([[10.0, 14, NAN, 5, 12], [10, 14, 18, 5, 12], [NAN, 14, NAN, 5, 1]])
    around = spots([(0, 1), (0, 2)], 4)
    assert same_spot(value, laid_out, around).tolist() == [[4, -4, 0, 0, 2], [6, -4, -8, 0, 4], [0, 0, 0, 0, 13]]
    assert same_spot(value, laid_out, spots([], 4)).tolist() == [[0.0] * 5] * 3


def test_what_the_others_add() -> None:
    """70 % of the error that siblings share and half of what others at the spot say."""
    laid_out = columns(series=[0, 1], near=[0, -1])
    value = np.array([[10.0, 14.0]])
    found = shift(
        value, np.array([[3.0, NAN]]), shares([1.0, 1.0], [0.25, NAN]), laid_out, network(("m", "m")),
        spots([(0, 1)], 2), DEFAULT,
    )  # fmt: skip
    np.testing.assert_allclose(found, [[0.5 * 4, 0.7 * 12 / 5 - 0.5 * 4]])


def test_a_sensor_earns_its_share_against_the_field() -> None:
    """The field's error, the median of the references' with the noise of an hour, over the whole; 85 % at most, and
    what is unknown or has one reference only gets that; ten unit scales count and no more."""
    apart = np.array([[4.0, 1.0, 30.0, NAN], [-4, -1, -30, NAN], [4, NAN, 30, NAN], [-4, 1, -30, NAN]])
    laid_out, together = columns([0, 1, 2, 3], [-1] * 4), np.zeros(4)
    found = sensor_share(apart, together, laid_out, THREE, PM, DEFAULT)
    np.testing.assert_allclose(found, [(3 + 1) / 16, 0.85, (3 + 1) / 100, 0.85])
    found = sensor_share(apart, together, laid_out, THREE, GAS, DEFAULT)
    np.testing.assert_allclose(found, [(3 + 2.25) / 16, 0.85, (3 + 2.25) / 225, 0.85])
    assert sensor_share(apart, together, laid_out, ONE, PM, DEFAULT).tolist() == [0.85] * 4
    quiet = replace(THREE, variance=np.zeros(3))
    found = sensor_share(apart / 8, together, laid_out, quiet, PROPERTIES["wind_speed"], DEFAULT)
    np.testing.assert_allclose(found[:2], [0.85, 0.85])
    found = sensor_share(apart / 4 * 0.75, together, laid_out, quiet, PROPERTIES["wind_speed"], DEFAULT)
    np.testing.assert_allclose(found[0], 0.25 / 0.5625)
    perfect = replace(THREE, variance=np.full(3, 1e-10))
    assert sensor_share(np.zeros((4, 4)), together, laid_out, perfect, PM, DEFAULT).tolist() == [0.85] * 4


def test_a_far_reference_that_breathes_the_same_air_knows_better() -> None:
    """Beyond 60 km and a correlation of 0.4 the sensor has 15 % at most; at either bound it keeps its own."""
    laid_out = columns([0, 1, 2, 3], [-1] * 4, nearest_km=[60.1, 60.0, 60.1, 60.1])
    together = np.array([0.41, 0.41, 0.40, 0.41])
    apart = np.array([[1.0, 1, 1, 10], [-1, -1, -1, -10]])
    found = sensor_share(apart, together, laid_out, THREE, PM, DEFAULT)
    np.testing.assert_allclose(found, [0.15, 0.85, 0.85, 4 / 100])


def learnt(value: Floats, field: Floats, beside: Floats, *, nearest_km: float = 0.0) -> tuple[Shares, Join]:
    laid_out = columns(list(range(value.shape[1])), [-1] * value.shape[1], nearest_km=[nearest_km] * value.shape[1])
    return learn_shares(value, field, beside, laid_out, ONE, limits=PM, policy=DEFAULT)


def test_level_and_scale_of_what_a_value_is_above_the_field() -> None:
    """The mean, and 1.4826 times the lower median of the distances from it, each as large as its own level makes it;
    a column without a field knows nothing; the shares are those of the series, the join that of all columns."""
    field = np.array([[60.0, NAN], [20, NAN], [20, NAN], [20, NAN], [0, NAN], [NAN, NAN]])
    value = field + np.array([1.0, 2, 3, 4, 10, 7])[:, None]
    series, join = learnt(value, field, np.full((6, 1), NAN))
    np.testing.assert_allclose(join.level, [4.0, NAN])
    np.testing.assert_allclose(join.scale, [1.4826 * 1.5, NAN])  # of 3/2, 2, 1, 0 and 6 · 2
    assert join.share.tolist() == [0.85, 0.85]
    assert join.median.tolist() == [20.0, 0.0]
    assert [len(part) for part in (series.level, series.scale, series.share, series.common_variance)] == [1, 1, 1, 1]
    assert (series.level[0], series.share[0]) == (join.level[0], 0.85)
    none = np.zeros((0, 1))
    assert np.isnan(learnt(none, none, none)[1].scale).all()


def test_air_is_shared_where_changes_go_the_same_way() -> None:
    """13 of 20 changes in one direction are a correlation of sin(0.15 π) = 0.45, 12 of 20 one of 0.31; spikes do not
    count for more than a step."""
    up = np.where(np.arange(20) % 2, -1.0, 1.0)
    field = 20 + np.cumsum(np.concatenate([[0.0], up]))[:, None]
    for agreeing, share in ((13, 0.15), (12, 0.85)):
        steps = np.where(np.arange(20) < agreeing, up, -50 * up)
        value = 20 + np.cumsum(np.concatenate([[0.0], steps]))[:, None]
        series, _ = learnt(value, field, np.full((21, 1), NAN), nearest_km=61.0)
        assert series.share.tolist() == [share]


A, B = np.tile([1.0, 1, -1, -1], 20), np.tile([1.0, -1, 1, -1], 20)  # 80 hours each; they do not know each other


@pytest.mark.parametrize(
    ("second", "common", "own"),
    [
        (A, 0.9, [4 - 0.9, 0.2]),  # alike: nine tenths of the smaller variance are shared, a fifth stays its own
        (B, 0.05, [4 - 0.05, 1 - 0.05]),  # unalike: a twentieth all the same
        (A + B, 2 * 0.5**0.5, [4 - 2 * 0.5**0.5, 2 - 2 * 0.5**0.5]),
    ],
)
def test_the_error_that_sensors_beside_references_share(second: Floats, common: float, own: list[float]) -> None:
    """It is the mean correlation times the smallest variance, whatever the means; the rest is each one's own."""
    beside = np.stack([2 * A + 5, second - 3, np.where(np.arange(80) < 71, 9 * B, NAN)], axis=1)
    found, _ = learnt(np.full((80, 3), 20.0), np.full((80, 3), 20.0), beside)
    np.testing.assert_allclose(found.common_variance, [common] * 3)
    np.testing.assert_allclose(found.own_variance, [*own, NAN])


def test_one_sensor_beside_a_reference_shares_with_none() -> None:
    """Its variance is its own; 72 hours are enough to know it."""
    beside = np.stack([np.where(np.arange(80) < 72, 2 * A, NAN), np.full(80, NAN)], axis=1)
    found, _ = learnt(np.full((80, 2), 20.0), np.full((80, 2), 20.0), beside)
    np.testing.assert_allclose(found.common_variance, 1e-9)
    np.testing.assert_allclose(found.own_variance, [4.0, NAN])
