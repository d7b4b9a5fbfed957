"""The place that everybody sees of a station: a keyed point of the cell that its exact position lies in.

Every position of a cell gives the same point, so no number of reads, moves within it, or stations side by side says
where in the cell something stands; who may register stations finds the cell at best, and so does who has the key.
"""

import hmac
import math

CELL_M = 80.0
"""Side of a cell [m]: within it nothing can be told apart, whatever somebody tries."""

RADIUS_M = 100.0
"""A public position lies at most this far from the exact one [m]."""

DISC_M, APART_M = 38.0, 4.0
"""Radius of the disc around the cell's middle that its point is drawn from, and how far the stations of one cell stand
from that point, so that a map shows them all [m]. With half a cell's diagonal of 56.6 m they make less than 100."""

METRES_PER_DEGREE = 111_195.0
"""Length of one degree of latitude on a sphere of 6371 km [m]."""

DECIMALS = 5
"""Of a published position: 1 m."""

Place = tuple[float, float]
"""(latitude, longitude) [degrees, WGS 84]."""

Cell = tuple[int, int]
"""Row and column of the grid, whose origin only the key tells."""


def displaced(place: Place, *, station_id: str, key: str) -> Place:
    """Give the public position of a station: the point of its cell, and up to 4 m from it for this station."""
    cell = cell_of(place, key=key)
    (latitude, longitude), per_longitude = _middle(cell, key)
    north, east = _in_disc(DISC_M, key, f"cell {cell[0]} {cell[1]}")
    apart_north, apart_east = _in_disc(APART_M, key, f"station {station_id}")
    latitude += (north + apart_north) / METRES_PER_DEGREE
    longitude += (east + apart_east) / per_longitude
    return rounded((min(max(latitude, -90.0), 90.0), (longitude + 180) % 360 - 180))


def cell_of(place: Place, *, key: str) -> Cell:
    """Give the cell that a place lies in."""
    south, west = _origin(key)
    row = math.floor((place[0] * METRES_PER_DEGREE + south) / CELL_M)
    return row, math.floor((place[1] * _per_longitude(row, south) + west) / CELL_M)


def rounded(place: Place) -> Place:
    """Round a place to what is published of it."""
    return round(place[0], DECIMALS), round(place[1], DECIMALS)


def _middle(cell: Cell, key: str) -> tuple[Place, float]:
    """Give the middle of a cell, and the length of a degree of longitude in its row [m]."""
    south, west = _origin(key)
    per_longitude = _per_longitude(cell[0], south)
    latitude = ((cell[0] + 0.5) * CELL_M - south) / METRES_PER_DEGREE
    return (latitude, ((cell[1] + 0.5) * CELL_M - west) / per_longitude), per_longitude


def _per_longitude(row: int, south: float) -> float:
    """Length of a degree of longitude in a row of cells [m]; close to a pole a row ends in a circle of cells."""
    latitude = ((row + 0.5) * CELL_M - south) / METRES_PER_DEGREE
    return METRES_PER_DEGREE * max(math.cos(math.radians(latitude)), 0.01)


def _origin(key: str) -> tuple[float, float]:
    """Draw how far the grid is shifted to the south and to the west [m]."""
    first, second = _uniform(key, "grid")
    return CELL_M * first, CELL_M * second


def _in_disc(radius_m: float, key: str, message: str) -> tuple[float, float]:
    """Draw metres to the north and to the east, uniform over a disc."""
    first, second = _uniform(key, message)
    angle, metres = 2 * math.pi * first, radius_m * math.sqrt(second)
    return metres * math.cos(angle), metres * math.sin(angle)


def _uniform(key: str, message: str) -> tuple[float, float]:
    """Draw two numbers of [0, 1) that the key and the message decide."""
    digest = hmac.digest(key.encode(), message.encode(), "sha256")
    return int.from_bytes(digest[:8]) / 2**64, int.from_bytes(digest[8:16]) / 2**64
