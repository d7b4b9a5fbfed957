"""Series: station × sensor × observed property, each with the small key that its readings carry."""

from collections.abc import Collection, Sequence

import psycopg
from psycopg.rows import class_row

from storage.rows import Series, SeriesName, SeriesPosition
from storage.statements import sql


def load_series(conn: psycopg.Connection) -> list[Series]:
    """List every series of the active stations."""
    with conn.cursor(row_factory=class_row(Series)) as cursor:
        return cursor.execute(sql("load_series")).fetchall()


def claim_series(conn: psycopg.Connection, names: Sequence[SeriesName]) -> list[Series]:
    """Return the series of these names, creating what is missing; two writers that claim the same get the same keys.

    Names of unknown or removed stations are left out. A series that is there keeps its unit and its sensor's model.
    """
    fields = ("station_id", "sensor_name", "sensor_model", "observed_property", "unit")
    wanted = {field: [getattr(name, field) for name in names] for field in fields}
    conn.execute(sql("claim_sensors"), wanted)
    conn.execute(sql("claim_series"), wanted)
    with conn.cursor(row_factory=class_row(Series)) as cursor:
        return cursor.execute(sql("series_by_name"), wanted).fetchall()


def find_series(conn: psycopg.Connection, series_key: int) -> Series | None:
    """Return one series, of a removed station too."""
    with conn.cursor(row_factory=class_row(Series)) as cursor:
        return cursor.execute(sql("find_series"), {"series_key": series_key}).fetchone()


def series_of_station(conn: psycopg.Connection, station_id: str) -> list[Series]:
    """List a station's series by sensor and property; empty for an unknown station."""
    with conn.cursor(row_factory=class_row(Series)) as cursor:
        return cursor.execute(sql("series_of_station"), {"station_id": station_id}).fetchall()


def series_positions(conn: psycopg.Connection, observed_properties: Collection[str]) -> list[SeriesPosition]:
    """List the active stations' series of some properties with exact positions: for validation, never for an answer."""
    with conn.cursor(row_factory=class_row(SeriesPosition)) as cursor:
        return cursor.execute(sql("series_positions"), {"observed_properties": list(observed_properties)}).fetchall()
