"""Hotspots of an area: its stations among all that stand within reach, over the last two weeks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, radians

import numpy as np
import pyarrow as pa
from psycopg import Connection

from storage import area_measures
from storage.area_measures import Asked
from storage.areas import Area
from validation import hotspots
from validation.flags import FAIL, SUSPECT, Flag

DAYS = 14
DOUBTFUL = (FAIL | SUSPECT | Flag.MISSING | Flag.NOT_CALIBRATED | Flag.PAUSED | Flag.NO_SKILL) & ~Flag.LOCAL_EVENT
"""Hours with any of these do not count; a local event is real air, and what is looked for."""

COVER = 1.96
METRES = 111_320.0  # of a degree of latitude


@dataclass(frozen=True, slots=True)
class Spot:
    """A station that stands out; `quarter` -1 is all day, else six hours from `quarter` × 6."""

    station_id: str
    name: str
    quarter: int
    excess: float  # [µg/m³]
    level: float  # what its neighbours measured [µg/m³]
    z: float
    days: int


def gather(conn: Connection, area: Area, observed_property: str, now: datetime) -> list[Spot]:
    """Find the hotspots inside an area, the surest first."""
    end = now.replace(minute=0, second=0, microsecond=0)
    asked = Asked(observed_property, end - timedelta(days=DAYS), end, int(FAIL))
    table = area_measures.station_hours(conn, _within_reach(area), asked, none_of=int(DOUBTFUL))
    inside = area_measures.stations(conn, area.code)
    if not table.num_rows or not inside:
        return []
    return [spot for spot in _spots(table, inside) if spot.station_id in inside]


def _within_reach(area: Area) -> tuple[float, float, float, float]:
    """Widen the box of an area by how far neighbours may stand."""
    north = hotspots.REACH / METRES
    east = north / max(cos(radians(area.max_lat)), 0.05)
    return area.min_lon - east, area.min_lat - north, area.max_lon + east, area.max_lat + north


def _spots(table: pa.Table, inside: dict[str, str]) -> list[Spot]:
    coded = table["station_id"].combine_chunks().dictionary_encode()
    names, station = coded.dictionary.to_pylist(), coded.indices.to_numpy()
    hour = table["local_hour"].to_numpy()
    first = int(hour.min()) // 24
    shape = (int(hour.max()) // 24 - first + 1, 24, len(names))
    value, error = np.full(shape, np.nan), np.full(shape, np.nan)
    at = (hour // 24 - first, hour % 24, station)
    value[at], error[at] = table["value"].to_numpy(), table["half"].to_numpy() / COVER
    _, where = np.unique(station, return_index=True)
    near = hotspots.neighbours(table["latitude"].to_numpy()[where], table["longitude"].to_numpy()[where])
    found = hotspots.find(value, error, near)
    return [
        Spot(
            station_id=names[who],
            name=inside.get(names[who]) or names[who],
            quarter=int(found.quarter[row]),
            excess=float(found.excess[row]),
            level=float(found.level[row]),
            z=float(found.z[row]),
            days=int(found.days[row]),
        )
        for row, who in enumerate(found.station)
    ]
