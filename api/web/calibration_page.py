"""Everything the page of one calibration shows: the record as stored, laid out for reading."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from psycopg import Connection

from api.explanation import explain, ordered
from api.models.calibrations import Explanation
from storage import calibrations, references, stations
from storage import series as series_store
from storage.rows import Calibration, ReferenceStation, Series, Station


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One coefficient with its standard error; None where the record has no variance, or NaN, for it."""

    feature: str
    number: float
    standard_error: float | None


@dataclass(frozen=True, slots=True)
class CalibrationView:
    """What the template of a calibration names; station and series are None once the station has gone."""

    record: Calibration
    series: Series | None
    station: Station | None
    coefficients: list[Coefficient]
    weights: list[tuple[ReferenceStation | str, float]]
    explanation: Explanation | None
    scores: Mapping[str, float]
    parts: Mapping[str, float]


def gather_calibration(conn: Connection, calibration_id: str) -> CalibrationView | None:
    """Fetch a calibration with the names of what it is about; None: unknown."""
    record = None if "\0" in calibration_id else calibrations.find(conn, calibration_id)  # no text with NUL in SQL
    if record is None:
        return None
    series = series_store.find_series(conn, record.series_key)
    known = {one.reference_station_id: one for one in references.list_stations(conn)}
    weights = sorted(record.reference_weight.items(), key=lambda item: -item[1])
    return CalibrationView(
        record=record,
        series=series,
        station=stations.find_station(conn, series.station_id) if series else None,
        coefficients=coefficients(record),
        weights=[(known.get(name, name), weight) for name, weight in weights],
        explanation=explain(record, series) if series else None,
        scores=_numbers(record.scores),
        parts=_numbers(record.interval_parts),
    )


def coefficients(record: Calibration) -> list[Coefficient]:
    """Pair each coefficient with the root of its variance: the covariance is in their order."""
    found = []
    for index, (feature, number) in enumerate(ordered(record.coefficients).items()):
        row = record.covariance[index] if index < len(record.covariance) else []
        variance = row[index] if index < len(row) else None
        found.append(Coefficient(feature, number, sqrt(variance) if variance is not None and variance >= 0 else None))
    return found


def _numbers(record: Mapping[str, object]) -> dict[str, float]:
    """Keep what is a number: records of later methods may say more than this page can show."""
    return {name: float(value) for name, value in record.items() if isinstance(value, int | float)}
