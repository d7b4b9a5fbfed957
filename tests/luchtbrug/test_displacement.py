"""The public position tells the cell at most: whoever reads, moves, registers neighbours or has the key."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from luchtbrug.displacement import CELL_M, DISC_M, METRES_PER_DEGREE, RADIUS_M, Place, cell_of, displaced

PLACES = st.tuples(st.floats(-80, 80), st.floats(-179, 179))
KEY = "a key of some length"
HOME = (52.2234567, 5.1765432)


def metres(a: Place, b: Place) -> tuple[float, float]:
    """Metres to the north and to the east from a to b."""
    north = (b[0] - a[0]) * METRES_PER_DEGREE
    return north, (b[1] - a[1]) * METRES_PER_DEGREE * math.cos(math.radians(a[0]))


def moved(place: Place, north: float, east: float) -> Place:
    """Give the place so many metres further."""
    per_longitude = METRES_PER_DEGREE * math.cos(math.radians(place[0]))
    return place[0] + north / METRES_PER_DEGREE, place[1] + east / per_longitude


@given(PLACES, st.text(min_size=1, max_size=20))
def test_a_public_position_lies_within_the_stated_radius(place: Place, station_id: str) -> None:
    """At most 100 m from the exact one, everywhere, its rounding to 1 m included."""
    assert math.hypot(*metres(place, displaced(place, station_id=station_id, key=KEY))) <= RADIUS_M


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_public_position_is_on_the_earth(latitude: float, longitude: float) -> None:
    """At the poles and at the antimeridian too."""
    shown = displaced((latitude, longitude), station_id="s1", key=KEY)
    assert -90 <= shown[0] <= 90
    assert -180 <= shown[1] <= 180


def test_all_places_of_a_cell_show_the_same_point() -> None:
    """Of 400 places within 60 m, those of one cell show one point, to the last digit: where in it says nothing."""
    rng = np.random.default_rng(1)
    points: dict[tuple[int, int], set[Place]] = {}
    for north, east in rng.uniform(-60, 60, (400, 2)):
        place = moved(HOME, north, east)
        points.setdefault(cell_of(place, key=KEY), set()).add(displaced(place, station_id="s1", key=KEY))
    assert 4 <= len(points) <= 9
    assert all(len(shown) == 1 for shown in points.values())


def test_neither_reads_nor_moves_average_out() -> None:
    """A thousand moves within the cell and back show one point; going far away and back shows the first one again."""
    middle = next(place for place in _around(HOME) if _same_cell(place, 10.0))
    rng = np.random.default_rng(2)
    shown = {displaced(moved(middle, *shift), station_id="s1", key=KEY) for shift in rng.uniform(-10, 10, (1000, 2))}
    displaced(moved(middle, 5000, 0), station_id="s1", key=KEY)
    assert shown == {displaced(middle, station_id="s1", key=KEY)}


def test_many_stations_in_one_home_find_the_cell_and_no_more() -> None:
    """The mean point of 500 stations at one address is the same wherever in the cell that address is."""
    middle = next(place for place in _around(HOME) if _same_cell(place, 30.0))
    means = []
    for corner in ((-29, -29), (29, 29), (0, 0)):
        home = moved(middle, *corner)
        means.append(np.mean([displaced(home, station_id=f"s{n}", key=KEY) for n in range(500)], axis=0))
    assert np.ptp(means, axis=0).max() == 0


def test_who_registers_neighbours_finds_the_cell_and_no_more() -> None:
    """Registered on a grid of 5 m around a home, all stations that get its point lie over its whole cell of 80 m."""
    wanted = displaced(HOME, station_id="s1", key=KEY)
    steps = np.arange(-120, 121, 5.0)
    same = [(n, e) for n in steps for e in steps if displaced(moved(HOME, n, e), station_id="s1", key=KEY) == wanted]
    assert len(same) * 25 >= 0.9 * CELL_M**2
    assert [CELL_M - 10 <= extent <= CELL_M for extent in np.ptp(same, axis=0)] == [True, True]


def test_displacements_are_uniform_over_their_disc() -> None:
    """Over 3,000 keys the point is uniform over the disc around its cell's middle, and over all its directions."""
    shifts = np.array([metres(HOME, displaced(HOME, station_id="s1", key=f"key {n}")) for n in range(3000)])
    assert np.abs(shifts.mean(axis=0)).max() < 3  # standard error of a coordinate: below 0.6 m
    angle = np.arctan2(shifts[:, 0], shifts[:, 1])
    assert stats.kstest(angle, "uniform", args=(-math.pi, 2 * math.pi)).pvalue > 0.001
    # exact - public is a place in a cell of 80 m plus a place in a disc of 38 m plus one of 4 m: the variance of each
    expected = CELL_M**2 / 12 + DISC_M**2 / 4 + 4.0**2 / 4
    assert np.allclose(shifts.var(axis=0), expected, rtol=0.1)


def test_the_shift_of_one_cell_tells_nothing_of_the_next() -> None:
    """Along 1,500 cells of one key the shifts do not go together: who knows the own one knows no neighbour's."""
    row = [moved(HOME, 0, CELL_M * number) for number in range(1500)]
    shifts = np.array([metres(place, displaced(place, station_id="s1", key=KEY)) for place in row])
    for axis in range(2):
        assert abs(np.corrcoef(shifts[:-1, axis], shifts[1:, axis])[0, 1]) < 0.1


def _around(place: Place) -> list[Place]:
    return [moved(place, north, east) for north in range(-80, 81, 5) for east in range(-80, 81, 5)]


def _same_cell(place: Place, reach: float) -> bool:
    corners = [moved(place, north, east) for north in (-reach, reach) for east in (-reach, reach)]
    return len({cell_of(corner, key=KEY) for corner in corners}) == 1
