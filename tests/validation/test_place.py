"""What siblings tell of a place, on responses written by hand."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from validation.columns import Columns, make_columns
from validation.field import References
from validation.history import Network
from validation.place import place_factors, spots, spots_apart
from validation.policy import DEFAULT
from validation.surroundings import Surroundings, find_surroundings

Floats = npt.NDArray[np.float64]
NAN = float("nan")


def network(positions: list[tuple[float, float]], references: list[tuple[float, float]] | None = None) -> Network:
    """Lay out stations of one model, and references, at positions."""
    there = np.array(references or [(53.0, 6.0), (53.1, 6.0)])
    place, count = np.array(positions), len(positions)
    none = np.full((1, count), NAN)
    return Network(
        np.array(["2026-03-01T00"], "datetime64[h]"), none, none, none, place[:, 0], place[:, 1], ("SPS30",) * count,
        np.ones((1, len(there))), there[:, 0], there[:, 1], tuple(map(str, range(len(there)))), "pm2_5",
    )  # fmt: skip


def columns_of(world: Network) -> Columns:
    count = len(world.reference_id)
    learnt = References(np.zeros(count), np.ones(count), np.ones(count, bool))
    return make_columns(world, learnt, DEFAULT.of("pm2_5"), DEFAULT, pseudo=True)


def around(world: Network) -> Surroundings:
    return find_surroundings(world, DEFAULT)


def factors(world: Network, raw: Any, target: Any, offset: Any = (0.0, 0.0), hours: int = 500) -> Floats:
    columns = columns_of(world)
    raw, target = np.asarray(raw, float), np.asarray(target, float)
    return place_factors(
        raw, target, np.full(len(raw), hours), columns, world, around(world), np.asarray(offset, float), DEFAULT
    )


APART = [(52.0 + 0.1 * i, 5.0) for i in range(6)]


def test_equal_stations_stand_at_equal_places() -> None:
    """Where all siblings read the same multiple of their fields, every factor is one."""
    assert factors(network(APART), np.full(6, 15.0), np.full(6, 10.0)) == pytest.approx(np.ones(6))


def test_the_factor_has_the_sign_of_the_excess_and_never_all_of_it() -> None:
    """Of a station that reads 30 % above its siblings, part is the place and part its gain."""
    found = factors(network(APART), [13.0, 10, 10, 10, 10, 10], np.full(6, 10.0))
    assert 1.03 < found[0] < 1.3
    assert (found[1:] < 1.0).all()
    assert (found[1:] > 0.97).all()


def test_units_are_no_matter() -> None:
    """Factors depend on ratios: a model that reads twice as high gives the same ones."""
    raw = np.array([13.0, 9, 10, 11, 10, 10])
    assert factors(network(APART), 2 * raw, np.full(6, 10.0)) == pytest.approx(
        factors(network(APART), raw, np.full(6, 10.0))
    )


def test_units_are_no_matter_beside_a_reference_either() -> None:
    """One sensor that stands beside a reference says nothing of how far gains differ, however high it reads."""
    world, raw = network(APART, [APART[0], (53.0, 6.0)]), np.array([13.0, 9, 10, 11, 10, 10, 13.0])
    assert factors(world, 50 * raw, np.full(7, 10.0)) == pytest.approx(factors(world, raw, np.full(7, 10.0)))


def test_who_has_no_reading_tells_nothing() -> None:
    """Silent stations, at the spot of another or alone, change no factor, and one without air over it has none."""
    raw = [13.0, 9, 10, 11, 10, 10]
    known = factors(network(APART), raw, np.full(6, 10.0))
    more = factors(network([*APART, (52.0009, 5.0), (53.5, 5.0)]), [*raw, NAN, NAN], np.full(8, 10.0))
    assert more == pytest.approx([*known, 1.0, 1.0])
    none = factors(network([*APART, (53.5, 5.0)]), [*raw, 9.0], [10.0] * 6 + [0.0])
    assert none == pytest.approx([*known, 1.0])


def test_three_units_at_one_spot_are_believed_more_than_one() -> None:
    """The gains of sensors at one spot average out, so the same excess says more of the place."""
    spot = [(52.0, 5.0)] * 3 + APART[1:]
    three = factors(network(spot), [13.0, 13, 13, 10, 10, 10, 10, 10], np.full(8, 10.0))
    one = factors(network(APART), [13.0, 10, 10, 10, 10, 10], np.full(6, 10.0))
    assert three[0] > one[0] + 0.03
    assert three[:3] == pytest.approx(three[0])


def test_a_broken_sensor_is_not_a_place() -> None:
    """Ten times too low is bounded as two standard deviations are."""
    low = factors(network(APART), [1.0, 10, 10, 10, 10, 10], np.full(6, 10.0))
    lower = factors(network(APART), [0.1, 10, 10, 10, 10, 10], np.full(6, 10.0))
    assert low[0] == pytest.approx(lower[0])
    assert low[0] > 0.7


def test_a_pseudo_station_does_not_see_its_reference() -> None:
    """Beside a reference the factor is one; with that reference left out it is guessed from the siblings."""
    world = network(APART, [APART[0], (53.0, 6.0)])
    columns = columns_of(world)
    assert columns.pseudo.sum() == 1
    found = factors(world, [13.0, 10, 10, 10, 10, 10, 13.0], [10.0] * 7)
    assert found[0] == 1.0
    assert 1.03 < found[6] < 1.3
    assert factors(world, [13.0, 10, 10, 10, 10, 10, 13.0], [13.0] + [10.0] * 6)[6] == pytest.approx(found[6])


def test_a_pseudo_station_sees_the_others_as_they_are() -> None:
    """Two stand beside references: without the one, the other is what it reads beside its own."""
    world = network(APART, [APART[0], APART[1], (53.0, 6.0)])
    raw, offset = [13.0, 11, 10, 9, 10, 10, 13.0, 11.0], (0.0, 0.0, 0.0)
    one, two = (factors(world, raw, [10.0] * 7 + [other], offset) for other in (10.0, 14.0))
    assert one[6] == two[6]
    assert one[7] != two[7]


def test_references_that_agree_say_that_places_do() -> None:
    """The more the references differ, the more of an excess is given to the place."""
    raw, target = [13.0, 10, 10, 10, 10, 10], np.full(6, 10.0)
    alike, apart = factors(network(APART), raw, target), factors(network(APART), raw, target, (-4.0, 4.0))
    assert alike[0] < apart[0]


def test_alone_or_with_few_hours_there_is_no_factor() -> None:
    """A station without siblings, and one with too few hours, keep their field's level."""
    assert factors(network(APART[:1]), [20.0], [10.0]).tolist() == [1.0]
    assert factors(network(APART), [13.0, 10, 10, 10, 10, 10], np.full(6, 10.0), hours=10).tolist() == [1.0] * 6


def test_spots_join_what_is_near_and_leave_the_unplaced_alone() -> None:
    """Two stations 100 m apart share a spot; two without position do not."""
    found = spots(around(network([(52.0, 5.0), (52.0009, 5.0), (52.1, 5.0), (NAN, NAN), (NAN, NAN)])))
    assert found[0] == found[1]
    assert len(set(found.tolist())) == 4


def test_spots_say_how_far_places_differ() -> None:
    """Six spots of one model tell five times; equal responses differ by nothing, those 20 % apart by that; sensors
    beside a reference do not tell."""
    world = network([*APART, (53.0, 6.0)])
    hours, target = np.full(8, 500), np.full(8, 10.0)
    count, variance = spots_apart(np.full(8, 15.0), target, hours, columns_of(world), world, around(world), DEFAULT)
    assert count == 5
    assert variance == pytest.approx(0.0)
    raw = 15.0 * np.exp([0.2, -0.2, 0.2, -0.2, 0.2, -0.2, 3.0, 3.0])
    count, variance = spots_apart(raw, target, hours, columns_of(world), world, around(world), DEFAULT)
    assert count == 5
    assert variance == pytest.approx((1.4826 * 0.2) ** 2)
    thin = spots_apart(raw / 100, target, hours, columns_of(world), world, around(world), DEFAULT)
    assert thin == pytest.approx((count, variance))
    assert spots_apart(raw, target, 0 * hours, columns_of(world), world, around(world), DEFAULT)[0] == 0
