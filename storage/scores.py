"""The public score: how wrong the platform is where the truth is known and was left out, day by day."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Literal

import psycopg

from storage.statements import fetch_rows, sql

Product = Literal["value", "estimate", "field"]


@dataclass(frozen=True, slots=True)
class Score:
    """One score of a day: a product of a sensor model ('' for the field alone) in a band of distance [km]."""

    day: date
    version: str
    observed_property: str
    sensor_model: str
    band_begin_km: float
    band_end_km: float | None
    product: Product
    scored_begin: datetime
    scored_end: datetime
    reference_count: int
    station_count: int
    hours: int
    rmse: float
    bias: float
    slope: float | None
    coverage: float
    half_width: float
    validated_share: float
    computed_at: datetime


def store(conn: psycopg.Connection, scores: Sequence[Score]) -> int:
    """Keep scores and return how many were new; one that its day and version have already is left as it is."""
    records = json.dumps([asdict(score) for score in scores], default=lambda time: time.isoformat(), allow_nan=False)
    return conn.execute(sql("store_scores"), {"records": records}).rowcount


def exists(conn: psycopg.Connection, day: date, version: str, observed_property: str) -> bool:
    """Tell whether a property has scores of that day and version."""
    parameters = {"day": day, "version": version, "observed_property": observed_property}
    return conn.execute(sql("score_exists"), parameters).fetchone() == (True,)


def list_scores(
    conn: psycopg.Connection, *, day: date | None = None, observed_property: str | None = None
) -> list[Score]:
    """List the scores of a day (without one: of the newest that has any), by property, sensor model and band."""
    parameters = {"day": day, "observed_property": observed_property}
    return fetch_rows(conn, Score, "list_scores", parameters)
