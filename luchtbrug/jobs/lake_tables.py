"""What the published files hold: their statements, columns and the words that describe them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from storage.columns import UTC_TIME
from storage.geoparquet import with_points
from storage.lake import Field, TableSchema

TITLE = "luchtbrug: hourly air quality of citizen stations"
DESCRIPTION = (
    "Hours of citizen stations: raw mean, calibrated value and best estimate, each with a 95 % interval (k = 1.96), "
    "flags, and the calibration behind them. Indicative: sensors may not be used to test limit values. Times are UTC, "
    "intervals half open, positions the public ones (displaced by up to 100 m, unless an owner shows the exact one)."
)
LICENSES = [
    {"name": "CC0-1.0", "path": "https://creativecommons.org/publicdomain/zero/1.0/", "title": "CC0 1.0 Universal"}
]


@dataclass(frozen=True, slots=True)
class Whole:
    """A table that is written as one file: its statement's columns, and what is added to them."""

    statement: str
    title: str
    schema: pa.Schema
    complete: Callable[[pa.Table], pa.Table] | None = None  # needs all rows at once


WHOLE: Mapping[str, Whole] = {
    "stations": Whole(
        "lake_stations",
        "Stations at their public positions, withdrawn ones included (GeoParquet 1.1)",
        pa.schema(
            {
                "station_id": pa.string(),
                "name": pa.string(),
                "municipality": pa.string(),
                "project": pa.string(),
                "simulated": pa.bool_(),
                "created_at": UTC_TIME,
                "removed_at": UTC_TIME,
                "latitude": pa.float64(),
                "longitude": pa.float64(),
            }
        ),
        with_points,
    ),
    "series": Whole(
        "lake_series",
        "Series: station × sensor × observed property",
        pa.schema(
            {
                "series_id": pa.int32(),
                **dict.fromkeys(
                    ("station_id", "sensor_name", "sensor_model", "observed_property", "unit"), pa.string()
                ),
            }
        ),
    ),
    "reference-stations": Whole(
        "lake_reference_stations",
        "Official stations",
        pa.schema(
            {
                **dict.fromkeys(("reference_station_id", "network", "name"), pa.string()),
                **dict.fromkeys(("latitude", "longitude"), pa.float64()),
                "site_type": pa.string(),
            }
        ),
    ),
    "reference-hours": Whole(
        "lake_reference_hours",
        "Official hours [µg/m³, weather in its own unit] by time, the newest revision; the networks' terms apply",
        pa.schema(
            {
                **dict.fromkeys(("reference_station_id", "observed_property"), pa.string()),
                "begin": UTC_TIME,
                "value": pa.float32(),
                **dict.fromkeys(("validity", "verification"), pa.int16()),
            }
        ),
    ),
    "changes": Whole(
        "lake_changes",
        "Changes of stations after which a series is learnt anew, and pauses",
        pa.schema(
            {
                "event_id": pa.int64(),
                "time": UTC_TIME,
                **dict.fromkeys(("kind", "station_id", "sensor_name", "observed_property"), pa.string()),
            }
        ),
    ),
    "calibrations": Whole(
        "lake_calibrations",
        "Calibrations: how each value came about; coefficients and the like as JSON",
        pa.schema(
            {
                "calibration_id": pa.string(),
                "series_id": pa.int32(),
                **dict.fromkeys(("fitted_at", "valid_begin", "valid_end"), UTC_TIME),
                **dict.fromkeys(("method", "status"), pa.string()),
                **dict.fromkeys(("window_begin", "window_end"), UTC_TIME),
                **dict.fromkeys(
                    ("coefficients", "covariance", "interval_parts", "reference_weight", "scores"), pa.string()
                ),
            }
        ),
    ),
}

WORDS: Mapping[str, str] = {
    "begin": "first moment of the hour, included, UTC",
    "end": "first moment after the hour, UTC",
    "unit": "of raw, value and estimate with their bounds, UCUM",
    "raw": "mean of what the sensor sent, never corrected [unit]",
    "raw_min": "[unit]",
    "raw_max": "[unit]",
    "raw_sd": "standard deviation of the readings [unit]",
    "observed_count": "readings of the hour",
    "data_capture": "share of the hour's twelve 5-minute slots with a reading, 0..1",
    "value": "calibrated value of this sensor [unit]; null where none can be given",
    "lower": "lower bound of value, 95 % (k = 1.96) [unit]",
    "upper": "upper bound of value, 95 % (k = 1.96) [unit]",
    "estimate": "best estimate of the air here: sensor, neighbours and references [unit]",
    "estimate_lower": "lower bound of estimate, 95 % (k = 1.96) [unit]",
    "estimate_upper": "upper bound of estimate, 95 % (k = 1.96) [unit]",
    "flag_mask": "findings as a bit mask; /v1/flags names the bits",
    "quality": "QARTOD: 1 pass, 2 not evaluated, 3 suspect, 4 fail, 9 missing",
    "calibration_id": "the calibration that made the value",
    "validity": "EEA: 1 valid, 2 and 3 below the detection limit, negative not valid",
    "verification": "EEA: 1 verified, 2 preliminary, 3 not verified",
    "sensor_name": "on its station, as 'sps30-0'; of a change: empty where the whole station is meant",
    "latitude": "of the public position, WGS 84 [degrees]",
    "longitude": "of the public position, WGS 84 [degrees]",
    "geometry": "the public position as WKB, OGC:CRS84",
    "bbox": "covering box of the geometry",
    "simulated": "true: no real station",
}


def described(schema: pa.Schema) -> TableSchema:
    """Describe columns in the types of Frictionless."""
    return TableSchema([Field(one.name, _type(one.type), WORDS.get(one.name, "")) for one in schema])


def _type(kind: pa.DataType) -> str:
    for fits, name in _TYPES:
        if fits(kind):
            return name
    return "string"


_TYPES: tuple[tuple[Callable[[pa.DataType], bool], str], ...] = (
    (pa.types.is_integer, "integer"),
    (pa.types.is_floating, "number"),
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_timestamp, "datetime"),
    (pa.types.is_struct, "object"),
    (pa.types.is_binary, "any"),
)
