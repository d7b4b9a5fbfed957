"""Who stands around whom, on a line of stations whose distances are known."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from validation.policy import DEFAULT
from validation.surroundings import find_alike, find_around, find_close

Floats = npt.NDArray[np.float64]

DEGREE = 6371.0 * np.pi / 180  # [km] along a meridian


def north(*km: float) -> tuple[Floats, Floats]:
    """Positions so many km north of 52° N on one meridian."""
    return 52 + np.array(km) / DEGREE, np.full(len(km), 5.0)


def test_the_nearest_of_one_model_stand_in_order() -> None:
    """Nearest first, of the own model only, within 25 km; -1 where there are fewer, none without a position."""
    latitude, longitude = north(0.0, 1.0, 3.0, 3.5, 27.9, np.nan, 60.0)
    models = ("a", "a", "b", "a", "a", "a", "b")
    found = find_alike(latitude, longitude, models, DEFAULT)
    assert found.shape == (7, 6)
    assert found[:, :3].tolist() == [[1, 3, -1], [0, 3, -1], [-1] * 3, [1, 0, 4], [3, -1, -1], [-1] * 3, [-1] * 3]
    assert (found[:, 3:] == -1).all()


def test_no_more_neighbours_are_kept_than_wanted() -> None:
    """The two nearest of the model, and the three nearest of any, of six."""
    few = replace(DEFAULT, neighbours=2, around=3)
    where = north(0.0, 1.0, 2.5, 4.5, 7.0, 10.0)
    assert find_alike(*where, ("a",) * 6, few).tolist() == [[1, 2], [0, 2], [1, 3], [2, 4], [3, 5], [4, 3]]
    assert find_around(*where, few).tolist()[0] == [1, 2, 3]
    assert find_around(*where, few).tolist()[5] == [4, 3, 2]


def test_several_at_one_spot_are_neighbours_and_not_their_own() -> None:
    """Of three at one place each has the two others; an alone one, and an empty network, have nobody."""
    found = find_around(*north(5.0, 5.0, 5.0, 200.0), DEFAULT)
    assert [sorted(row) for row in found[:3].tolist()] == [[-1, 1, 2], [-1, 0, 2], [-1, 0, 1]]
    assert found[3].tolist() == [-1, -1, -1]
    assert find_around(*north(5.0), DEFAULT).shape == (1, 0)
    assert find_around(*north(), DEFAULT).shape == (0, 0)
    assert find_around(*north(5.0, np.nan), DEFAULT).tolist() == [[-1], [-1]]


def test_degrees_of_longitude_are_shorter_than_those_of_latitude() -> None:
    """At 60° N 0.4° east is 22 km and 0.5° is 28, and 0.3° north is 33."""
    latitude, longitude = np.array([60.0, 60.0, 60.0, 60.3]), np.array([5.0, 5.4, 5.5, 5.0])
    assert find_around(latitude, longitude, DEFAULT)[0].tolist() == [1, -1, -1]


def test_the_same_spot_is_300_metres() -> None:
    """Both of a pair know the other; nobody is close to itself, and an unknown position is close to none."""
    latitude, longitude = north(0.0, np.nan, 0.29, 0.61, 5.0)
    expected = np.zeros((5, 5))
    expected[0, 2] = expected[2, 0] = 1.0
    assert find_close(latitude, longitude, DEFAULT).toarray().tolist() == expected.tolist()
    assert find_close(*north(1.0), DEFAULT).toarray().tolist() == [[0.0]]
    assert find_close(*north(), DEFAULT).shape == (0, 0)
