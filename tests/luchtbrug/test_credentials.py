"""Passwords, tokens and displaced positions."""

import math

from hypothesis import given
from hypothesis import strategies as st

from luchtbrug.credentials import DISPLACED_M, METRES_PER_DEGREE, displaced, new_credentials, password_fits

PLACES = st.tuples(st.floats(-80, 80), st.floats(-179, 179))


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    north = (b[0] - a[0]) * METRES_PER_DEGREE
    east = (b[1] - a[1]) * METRES_PER_DEGREE * math.cos(math.radians(a[0]))
    return math.hypot(north, east)


@given(PLACES, st.text(min_size=1, max_size=20))
def test_a_public_position_is_50_to_100_m_away(place: tuple[float, float], station_id: str) -> None:
    """The displacement keeps its bounds everywhere (2 m for the rounding to 5 decimals)."""
    shown = displaced(*place, station_id=station_id, key="a key of some length")
    assert DISPLACED_M[0] - 2 <= metres(place, shown) <= DISPLACED_M[1] + 2


def test_a_position_is_displaced_once_and_for_all() -> None:
    """Asking again, as somebody who averages would, gives the same place; another key gives another."""
    first = displaced(52.2, 5.2, station_id="s1", key="key one")
    assert first == displaced(52.2, 5.2, station_id="s1", key="key one")
    assert first != displaced(52.2, 5.2, station_id="s1", key="key two")
    assert first != displaced(52.2, 5.2, station_id="s2", key="key one")


def test_displacements_have_no_direction_in_common() -> None:
    """Over many stations the shifts cancel: the mean of 2,000 is below 6 m where one is 50 to 100 m."""
    shifts = [displaced(52.2, 5.2, station_id=f"s{number}", key="key") for number in range(2000)]
    mean = (sum(lat for lat, _ in shifts) / len(shifts), sum(lon for _, lon in shifts) / len(shifts))
    assert metres((52.2, 5.2), mean) < 6


def test_a_password_fits_its_own_hash_only() -> None:
    """The hash accepts the password that it was made from, and a damaged hash accepts none."""
    one, two = new_credentials(), new_credentials()
    assert password_fits(one.password, one.password_hash)
    assert not password_fits(two.password, one.password_hash)
    assert not password_fits(one.password, "not a hash")
    assert one.password not in one.password_hash
    assert one.token not in one.token_hash
