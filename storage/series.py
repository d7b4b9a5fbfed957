"""Series: station × sensor × observed property, each with the small key that its readings carry."""

from collections.abc import Collection, Iterator, Mapping, Sequence

import psycopg
from psycopg.rows import class_row

from storage.rows import Series, SeriesName, SeriesPosition
from storage.statements import fetch_row, fetch_rows, sql


def load_series(conn: psycopg.Connection) -> list[Series]:
    """List every series of the active stations."""
    return fetch_rows(conn, Series, "load_series")


def each_series(conn: psycopg.Connection, size: int = 5000) -> Iterator[Series]:
    """Yield what `load_series` lists, `size` at a time: a country's would be hundreds of megabytes of Python objects.

    The caller has to read to the end before it does anything else with the connection.
    """
    with conn.cursor("each_series", row_factory=class_row(Series)) as cursor:  # named: the server holds the rest
        cursor.itersize = size
        yield from cursor.execute(sql("load_series"))


def claim_series(conn: psycopg.Connection, names: Sequence[SeriesName]) -> list[Series]:
    """Return the series of these names, creating what is missing; two writers that claim the same get the same keys.

    Names of unknown or removed stations are left out. A series that is there keeps its unit and its sensor's model.
    """
    fields = ("station_id", "sensor_name", "sensor_model", "observed_property", "unit")
    wanted = {field: [getattr(name, field) for name in names] for field in fields}
    conn.execute(sql("claim_sensors"), wanted)
    conn.execute(sql("claim_series"), wanted)
    return fetch_rows(conn, Series, "series_by_name", wanted)


def add_sensors(conn: psycopg.Connection, station_id: str, sensors: Mapping[str, str]) -> None:
    """Give a station sensors (name -> model) before any of them has sent; one that is there stays as it is."""
    names, models = list(sensors), list(sensors.values())
    wanted = {"station_id": [station_id] * len(names), "sensor_name": names, "sensor_model": models}
    conn.execute(sql("claim_sensors"), wanted)


def told_sensors(conn: psycopg.Connection, station_ids: Collection[str]) -> list[tuple[str, int, str]]:
    """List the sensors (station, key, model) that owners have told of and no message has named yet."""
    return conn.execute(sql("told_sensors"), {"station_ids": list(station_ids)}).fetchall()


def name_sensors(conn: psycopg.Connection, names: Sequence[tuple[int, str, str]]) -> None:
    """Give sensors that owners have told of their name on the wire (key, name, model)."""
    keys, named, models = zip(*names, strict=True) if names else ((), (), ())
    conn.execute(
        sql("name_sensors"), {"sensor_key": list(keys), "sensor_name": list(named), "sensor_model": list(models)}
    )


def find_series(conn: psycopg.Connection, series_key: int) -> Series | None:
    """Return one series, of a removed station too."""
    return fetch_row(conn, Series, "find_series", {"series_key": series_key})


def series_of_station(conn: psycopg.Connection, station_id: str) -> list[Series]:
    """List a station's series by sensor and property; empty for an unknown station."""
    return fetch_rows(conn, Series, "series_of_station", {"station_id": station_id})


def series_positions(conn: psycopg.Connection, observed_properties: Collection[str]) -> list[SeriesPosition]:
    """List the active stations' series of some properties with public positions: what is published is made of these."""
    return fetch_rows(conn, SeriesPosition, "series_positions", {"observed_properties": list(observed_properties)})
