"""Rows of storage as the JSON of the API: the only place that knows both."""

from collections.abc import Iterable, Mapping, Sequence
from math import asin, cos, isfinite, radians, sin, sqrt
from typing import Any, Protocol

from api.explanation import explain, ordered
from api.index import BANDS, band_of
from api.items import findings
from api.models.base import Point
from api.models.calibrations import CalibrationDetail
from api.models.index import IndexBand
from api.models.published import Change, Revision, Said
from api.models.references import ReferenceHourItem, ReferenceStationItem
from api.models.series import LatestValue, SeriesItem
from api.models.stations import NearestReference, StationItem
from storage.pages import LatestRow
from storage.revisions import HourChange, PublishedHour
from storage.rows import Calibration, ReferenceHour, ReferenceStation, Series, Station
from validation.flags import names

EARTH_RADIUS = 6_371_008.8  # [m], mean radius (IUGG)
INDEX_BANDS = {band: IndexBand(band=band.band, name=band.name, colour=band.colour) for band in BANDS}


class _Located(Protocol):
    @property
    def latitude(self) -> float: ...
    @property
    def longitude(self) -> float: ...


def station(row: Station) -> StationItem:
    """Show a station with its public position."""
    return StationItem.of(row, geometry=_point(row))


def latest(rows: Sequence[LatestRow]) -> list[LatestValue]:
    """Show last readings, each with the band of its validated value."""
    return [LatestValue.of(row, series_id=row.series_key, index=_index(row), **_findings(row.flags)) for row in rows]


def series(rows: Iterable[Series], last: Sequence[LatestRow]) -> list[SeriesItem]:
    """Show the series of a station, each with its last reading."""
    by_series: Mapping[int, LatestValue] = {value.series_id: value for value in latest(last)}
    return [SeriesItem.of(row, series_id=row.series_key, latest=by_series.get(row.series_key)) for row in rows]


def calibration(row: Calibration, series: Series) -> CalibrationDetail:
    """Show a calibration with its explanation."""
    return CalibrationDetail.of(
        row,
        station_id=series.station_id,
        series_id=series.series_key,
        sensor_model=series.sensor_model,
        observed_property=series.observed_property,
        unit=series.unit,
        coefficients=_all_known(ordered(row.coefficients)),
        covariance=[[_known(number) for number in line] for line in row.covariance],
        interval_parts=_all_known(row.interval_parts),
        reference_weight=_all_known(row.reference_weight),
        scores=_all_known(row.scores),
        explanation=explain(row, series),
    )


def reference_station(row: ReferenceStation) -> ReferenceStationItem:
    """Show an official station."""
    return ReferenceStationItem.of(row, geometry=_point(row))


def reference_hours(rows: Iterable[ReferenceHour]) -> list[ReferenceHourItem]:
    """Show official hours."""
    return [ReferenceHourItem.of(row) for row in rows]


def revisions(rows: Iterable[PublishedHour]) -> list[Revision]:
    """Show the outcomes that hours had, one after the other."""
    return [Revision.of(row, flags=tuple(names(row.flags)), flag_mask=row.flags) for row in rows]


def changes(rows: Iterable[HourChange]) -> list[Change]:
    """Show replacements, each with what was said before and after."""
    return [
        Change.of(
            row,
            changed_at=row.superseded_at,
            series_id=row.series_key,
            before=_said(row.old_raw, row.old_value, row.old_estimate, row.old_flags, row.old_calibration_id),
            after=_said(row.raw, row.value, row.estimate, row.flags, row.calibration_id),
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


def _index(row: LatestRow) -> IndexBand | None:
    band = band_of(row.observed_property, row.value, row.unit)
    return INDEX_BANDS[band] if band else None


def _all_known(numbers: Mapping[str, float]) -> dict[str, float | None]:
    return {name: _known(number) for name, number in numbers.items()}


def _known(number: float) -> float | None:
    """JSON has no NaN: what is not known is null."""
    return number if isfinite(number) else None


def _findings(flags: int) -> dict[str, Any]:
    named, level = findings(flags)
    return {"flags": named, "flag_mask": flags, "quality": level}


def _said(raw: float, value: float | None, estimate: float | None, flags: int, calibration_id: str | None) -> Said:
    return Said(raw=raw, value=value, estimate=estimate, flags=tuple(names(flags)), calibration_id=calibration_id)
