"""Episodes and local events: exact masks by hand."""

import numpy as np
import numpy.typing as npt

from validation.episodes import episode, local_event, risen
from validation.policy import PROPERTIES

Floats = npt.NDArray[np.float64]
PM = PROPERTIES["pm2_5"]
DRY = np.full((30, 5), 60.0)
FOUR = np.array([[1, 2, 3, 4], [0, 2, 3, 4], [0, 1, 3, 4], [0, 1, 2, 4], [0, 1, 2, 3]])


def night(who: list[int], hours: slice = slice(26, 29)) -> Floats:
    """Thirty hours at 10 µg/m³ at five stations; `who` see 120 in the night."""
    value = np.full((30, 5), 10.0)
    value[hours, who] = 120.0
    return value


def marks(mask: npt.NDArray[np.bool_]) -> list[list[int]]:
    """List the marked hours of each station."""
    return [np.flatnonzero(column).tolist() for column in mask.T]


def test_a_rise_is_three_times_the_day_before_and_the_margin() -> None:
    """At 10 µg/m³, 38 is not above 3 x 10 + 8, and 39 is; after fewer than six hours nothing is known."""
    value = np.full((12, 1), 10.0)
    value[[3, 8, 10], 0] = [200.0, 38.0, 39.0]
    assert np.flatnonzero(risen(value, PM)[:, 0]).tolist() == [10]
    value[[5, 6], 0] = 200.0
    assert np.flatnonzero(risen(value, PM)[:, 0]).tolist() == [6, 10]


def test_fireworks_that_half_the_gardens_see_are_an_episode() -> None:
    """Three of five stations rise: an episode at these three in these hours, and nowhere else."""
    seen = episode(night([0, 1, 2]), np.full((30, 5), 10.0), DRY, FOUR, PM)
    assert marks(seen) == [[26, 27, 28]] * 3 + [[], []]


def test_three_neighbours_are_enough_to_see_an_episode() -> None:
    """Of four stations three rise: each of them has two others of three that do."""
    three = np.array([[j for j in range(4) if j != i] for i in range(4)])
    seen = episode(night([0, 1, 2])[:, :4], np.full((30, 4), 10.0), DRY[:, :4], three, PM)
    assert marks(seen) == [[26, 27, 28]] * 3 + [[]]


def test_the_last_hours_are_judged_as_among_all() -> None:
    """Asked for four hours, the episode is that of these four."""
    value, field = night([0, 1, 2]), np.full((30, 5), 10.0)
    seen = episode(value, field, DRY[-4:], FOUR, PM, rows=4)
    np.testing.assert_array_equal(seen, episode(value, field, DRY, FOUR, PM)[-4:])


def test_one_garden_or_two_of_five_are_no_episode() -> None:
    """A rise that one neighbour shares, or none, is not the neighbourhood's."""
    field = np.full((30, 5), 10.0)
    assert not episode(night([0]), field, DRY, FOUR, PM).any()
    assert not episode(night([0, 1]), field, DRY, FOUR, PM).any()


def test_the_references_alone_can_see_it() -> None:
    """A station without neighbours whose reference field rises has an episode."""
    value = night([0])[:, :1]
    seen = episode(value, value * 0.8, DRY[:, :1], np.zeros((1, 0), np.int64), PM)
    assert marks(seen) == [[26, 27, 28]]


def test_fog_is_no_smoke() -> None:
    """The same rise above 85 % humidity is an episode only if the references see it."""
    value, wet = night([0, 1, 2, 3]), np.full((30, 5), 95.0)
    assert not episode(value, np.full((30, 5), 10.0), wet, FOUR, PM).any()
    assert marks(episode(value, value, wet, FOUR, PM))[0] == [26, 27, 28]


def test_a_barbecue_is_local_from_its_second_hour() -> None:
    """Two hours of three above the neighbours are an event; a single hour and humid hours are none."""
    above = np.zeros((12, 3), bool)
    above[[3, 5, 6, 7], 0] = True
    above[4, 1] = True
    above[5:8, 2] = True
    humidity = np.array([50.0, 50.0, 90.0])
    found = local_event(above, np.broadcast_to(humidity, above.shape))
    assert marks(found) == [[5, 6, 7], [], []]


def test_what_lasts_a_day_is_no_event() -> None:
    """From the 24th hour on it is the sensor or its place."""
    above = np.ones((30, 1), bool)
    assert np.flatnonzero(local_event(above, DRY[:, :1])[:, 0]).tolist() == list(range(1, 23))
