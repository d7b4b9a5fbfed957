"""Rows of storage as the JSON of the API: the only place that knows both."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import asin, cos, isfinite, radians, sin, sqrt
from typing import Any, Protocol, TypeVar

import numpy as np

from api.explanation import explain, ordered
from api.index import BANDS, band_of
from api.models import (
    CalibrationDetail,
    IndexBand,
    LatestValue,
    NearestReference,
    Point,
    ReferenceHourItem,
    ReferenceStationFeature,
    ReferenceStationItem,
    ReferenceStationProperties,
    SeriesItem,
    StationFeature,
    StationItem,
    StationProperties,
)
from storage.rows import Calibration, LatestReading, ReferenceHour, ReferenceStation, Series, Station
from validation.flags import names, quality

EARTH_RADIUS = 6_371_008.8  # [m], mean radius (IUGG)
INDEX_BANDS = {band: IndexBand(band=band.band, name=band.name, colour=band.colour) for band in BANDS}


class _Located(Protocol):
    @property
    def latitude(self) -> float: ...
    @property
    def longitude(self) -> float: ...


class _Flagged(Protocol):
    @property
    def raw(self) -> float: ...
    @property
    def value(self) -> float | None: ...
    @property
    def lower(self) -> float | None: ...
    @property
    def upper(self) -> float | None: ...
    @property
    def flags(self) -> int: ...
    @property
    def calibration_id(self) -> str | None: ...


Row = TypeVar("Row", bound=_Flagged)


def station(row: Station) -> StationItem:
    """Show a station with its public position."""
    return StationItem(**_station(row), geometry=_point(row))


def station_feature(row: Station) -> StationFeature:
    """Show a station as GeoJSON."""
    return StationFeature(id=row.station_id, geometry=_point(row), properties=StationProperties(**_station(row)))


def latest(rows: Sequence[LatestReading]) -> list[LatestValue]:
    """Show last readings, each with the band of its validated value."""
    return [
        LatestValue(
            **_assessed(row, level),
            station_id=row.station_id,
            name=row.name,
            series_id=row.series_key,
            observed_property=row.observed_property,
            unit=row.unit,
            sensor_model=row.sensor_model,
            time=row.time,
            simulated=row.simulated,
            index=_index(row),
        )
        for row, level in _levels(rows)
    ]


def series(rows: Iterable[Series], last: Sequence[LatestReading]) -> list[SeriesItem]:
    """Show the series of a station, each with its last reading."""
    by_series: Mapping[int, LatestValue] = {value.series_id: value for value in latest(last)}
    return [
        SeriesItem(
            series_id=row.series_key,
            sensor_name=row.sensor_name,
            sensor_model=row.sensor_model,
            observed_property=row.observed_property,
            unit=row.unit,
            latest=by_series.get(row.series_key),
        )
        for row in rows
    ]


def calibration(row: Calibration, series: Series) -> CalibrationDetail:
    """Show a calibration with its explanation."""
    return CalibrationDetail(
        calibration_id=row.calibration_id,
        series_id=row.series_key,
        station_id=series.station_id,
        sensor_model=series.sensor_model,
        observed_property=series.observed_property,
        unit=series.unit,
        fitted_at=row.fitted_at,
        valid_begin=row.valid_begin,
        valid_end=row.valid_end,
        method=row.method,
        status=row.status,
        window_begin=row.window_begin,
        window_end=row.window_end,
        coefficients=_all_known(ordered(row.coefficients)),
        covariance=[[_known(number) for number in line] for line in row.covariance],
        interval_parts=_all_known(row.interval_parts),
        reference_weight=_all_known(row.reference_weight),
        scores=_all_known(row.scores),
        provenance=dict(row.provenance),
        explanation=explain(row, series),
    )


def reference_station(row: ReferenceStation) -> ReferenceStationItem:
    """Show an official station."""
    return ReferenceStationItem(**_reference_station(row), geometry=_point(row))


def reference_station_feature(row: ReferenceStation) -> ReferenceStationFeature:
    """Show an official station as GeoJSON."""
    properties = ReferenceStationProperties(**_reference_station(row))
    return ReferenceStationFeature(id=row.reference_station_id, geometry=_point(row), properties=properties)


def reference_hours(rows: Iterable[ReferenceHour]) -> list[ReferenceHourItem]:
    """Show official hours."""
    return [
        ReferenceHourItem(
            begin=row.begin,
            end=row.end,
            value=row.value,
            validity=row.validity,
            verification=row.verification,
            revision=row.revision,
        )
        for row in rows
    ]


def nearest(place: Station, references: Iterable[ReferenceStation]) -> NearestReference | None:
    """Find the official station closest to a station's public position; None where there is none at all."""
    metres, row = min(((distance(place, one), one) for one in references), key=lambda pair: pair[0], default=(0, None))
    if row is None:
        return None
    return NearestReference(reference_station_id=row.reference_station_id, name=row.name, distance_m=round(metres))


def distance(one: _Located, other: _Located) -> float:
    """Great-circle distance [m], haversine."""
    lat, other_lat = radians(one.latitude), radians(other.latitude)
    north, east = other_lat - lat, radians(other.longitude - one.longitude)
    half = sin(north / 2) ** 2 + cos(lat) * cos(other_lat) * sin(east / 2) ** 2
    return 2 * EARTH_RADIUS * asin(min(1.0, sqrt(half)))


def _point(row: _Located) -> Point:
    return Point(coordinates=(row.longitude, row.latitude))


def _levels(rows: Sequence[Row]) -> Iterable[tuple[Row, int]]:
    """Pair rows with their QARTOD levels, computed for all at once."""
    levels = quality(np.array([row.flags for row in rows], np.int32))
    return zip(rows, levels.tolist(), strict=True)


def _assessed(row: _Flagged, level: int) -> dict[str, Any]:
    return {
        "raw": row.raw,
        "value": row.value,
        "lower": row.lower,
        "upper": row.upper,
        "flags": _names(row.flags),
        "flag_mask": row.flags,
        "quality": level,
        "calibration_id": row.calibration_id,
    }


@lru_cache(maxsize=4096)
def _names(flags: int) -> tuple[str, ...]:
    """Name the set bits; a map of thousands of stations has a handful of different masks."""
    return tuple(names(flags))


def _index(row: LatestReading) -> IndexBand | None:
    band = band_of(row.observed_property, row.value, row.unit)
    return INDEX_BANDS[band] if band else None


def _all_known(numbers: Mapping[str, float]) -> dict[str, float | None]:
    return {name: _known(number) for name, number in numbers.items()}


def _known(number: float) -> float | None:
    """JSON has no NaN: what is not known is null."""
    return number if isfinite(number) else None


def _station(row: Station) -> dict[str, Any]:
    return {
        "station_id": row.station_id,
        "name": row.name,
        "municipality": row.municipality,
        "project": row.project,
        "simulated": row.simulated,
        "created_at": row.created_at,
        "removed_at": row.removed_at,
    }


def _reference_station(row: ReferenceStation) -> dict[str, Any]:
    return {
        "reference_station_id": row.reference_station_id,
        "network": row.network,
        "name": row.name,
        "site_type": row.site_type,
    }
