"""What callers write: what is understood, and what the errors advise."""

from datetime import UTC, datetime

import pytest

from api.parsing import Box, Place, parse_box, parse_place, parse_time

MAY = datetime(2026, 5, 17, 22, 0, tzinfo=UTC)


def test_a_box_is_four_numbers() -> None:
    """The order of a box is minLon, minLat, maxLon, maxLat."""
    assert parse_box("5.1,52.1,5.3,52.3") == Box(5.1, 52.1, 5.3, 52.3)


def test_a_box_may_cross_the_antimeridian() -> None:
    """A minLon above maxLon is a box over the antimeridian."""
    assert parse_box("179,-20,-179,-10").corners == (179, -20, -179, -10)


@pytest.mark.parametrize(
    "text", ["", "a,b,c,d", "1,2,3", "5,52,6,53,7", "5,53,6,52", "5,52,5,53", "5,52,6,91", "nan,0,1,1", "5;52;6;53"]
)
def test_a_wrong_box_says_how_to_write_one(text: str) -> None:
    """Whatever is wrong with a box, the error shows the form of a right one."""
    with pytest.raises(ValueError, match="write bbox=minLon,minLat,maxLon,maxLat in degrees, as 5"):
        parse_box(text)


def test_a_place_is_latitude_then_longitude() -> None:
    """`near` is lat,lon, as people say it."""
    assert parse_place("52.22,5.18") == Place(52.22, 5.18)


@pytest.mark.parametrize("text", ["", "52.22", "91,5", "52,181", "inf,5"])
def test_a_wrong_place_says_how_to_write_one(text: str) -> None:
    """Whatever is wrong with a place, the error shows the form of a right one."""
    with pytest.raises(ValueError, match="write near=lat,lon in degrees, as 52"):
        parse_place(text)


@pytest.mark.parametrize(
    "text",
    ["2026-05-17T22:00:00Z", "2026-05-18T00:00:00+02:00", "2026-05-18T00:00:00 02:00", "2026-05-17t22:00:00.000z"],
)
def test_any_offset_becomes_utc(text: str) -> None:
    """A time is understood with any offset, also where a plus sign arrived as a space."""
    time = parse_time(text)

    assert time == MAY
    assert time.tzinfo is UTC


@pytest.mark.parametrize(
    "text", ["", "now", "2026-05-17", "2026-05-17T22:00:00", "2026-13-17T22:00:00Z", "0001-01-01T00:00:00Z", "20260517"]
)
def test_a_wrong_time_says_how_to_write_one(text: str) -> None:
    """Whatever is wrong with a time, no offset and an impossible year included, the error shows a right one."""
    with pytest.raises(ValueError, match="write an RFC 3339 time with its offset"):
        parse_time(text)
