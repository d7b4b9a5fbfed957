"""What lies below the points of a drawing: our own outline where it has any, the right tiles where there are some."""

import json
from itertools import pairwise

from api.web.place_drawing import places

HILVERSUM = [(5.12, 52.20), (5.22, 52.27)]
TILES = "https://tiles.example.org/{z}/{x}/{y}.png"


def test_names_of_towns_stand_where_they_are_and_over_nothing() -> None:
    """Hilversum is written between the points around it, and no two names touch."""
    drawn = places(HILVERSUM, None)
    assert drawn is not None
    (west, south), (east, north) = drawn.points
    written = {one.text: one for one in drawn.ground.names}
    assert west < written["Hilversum"].x < east
    assert north < written["Hilversum"].y < south
    assert {kind for kind, _ in drawn.ground.paths} >= {"town"}
    rows = sorted((one.y, one.x) for one in drawn.ground.names)
    assert all(abs(a[0] - b[0]) + abs(a[1] - b[1]) > 20 for a, b in pairwise(rows))


def test_elsewhere_our_outline_is_empty() -> None:
    """In Maastricht there is plain ground below the points, and no name of another region."""
    drawn = places([(5.69, 50.85), (5.70, 50.86)], None)
    assert drawn is not None
    assert (drawn.ground.paths, drawn.ground.names, drawn.ground.tiles) == ([], [], ())


def test_tiles_cover_the_drawing_and_lie_where_their_scheme_says() -> None:
    """A point lies in the tile that OpenStreetMap's formula gives it, and no edge of the drawing is bare."""
    drawn = places(HILVERSUM, None, tiles_url=TILES)
    assert drawn is not None
    tiles = drawn.ground.tiles
    assert drawn.ground.paths == ()
    assert min(one.x for one in tiles) <= 0
    assert max(one.x + one.width for one in tiles) >= 640
    assert min(one.y for one in tiles) <= 0
    assert max(one.y + one.height for one in tiles) >= drawn.height
    assert len(tiles) <= 36
    x, y = drawn.points[0]
    (under,) = [one for one in tiles if one.x <= x < one.x + one.width - 0.5 and one.y <= y < one.y + one.height - 0.5]
    zoom = int(under.href.split("/")[3])
    assert under.href == TILES.replace("{z}", str(zoom)).replace("{x}", WANTED[zoom][0]).replace("{y}", WANTED[zoom][1])


WANTED = {11: ("1053", "674"), 12: ("2106", "1349"), 13: ("4212", "2698"), 14: ("8425", "5397")}
"""Tiles of 5.12 E, 52.20 N by zoom, by the formula of wiki.openstreetmap.org/wiki/Slippy_map_tilenames."""


def test_a_point_outside_the_outline_is_in_the_drawing() -> None:
    """A sample that hung a little beyond its area is drawn whole, and so is the outline."""
    ring = [[5.12, 52.20], [5.22, 52.20], [5.22, 52.27], [5.12, 52.27], [5.12, 52.20]]
    drawn = places([(5.26, 52.23)], json.dumps({"type": "Polygon", "coordinates": [ring]}))
    assert drawn is not None
    ((x, y),) = drawn.points
    assert 14 < x < 640 - 14
    assert 14 < y < drawn.height - 14
    assert drawn.outline.startswith("M")


def test_a_drawing_without_points_is_none() -> None:
    """Neither points nor an outline make no map."""
    assert places([], None) is None
