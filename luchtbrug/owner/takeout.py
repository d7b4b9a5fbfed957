"""Everything of one station as an archive: what is kept about it, its hours and its readings (AVG/GDPR, article 20)."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import msgspec
import psycopg
from psycopg.rows import dict_row

from luchtbrug.owner.desk import Desk
from storage.statements import sql

TABLES = ("hours", "readings")
LISTS = ("events", "campaigns", "loans")


def takeout(desk: Desk, station_id: str, more: Mapping[str, Any]) -> bytes:
    """Write the archive: station.json with `more`, and a CSV of hours and of readings. The caller checked the token."""
    archive = BytesIO()
    with desk.connected() as conn, ZipFile(archive, "w", ZIP_DEFLATED) as files:
        files.writestr("station.json", msgspec.json.format(msgspec.json.encode({**_record(conn, station_id), **more})))
        for table in TABLES:
            with (
                files.open(f"{table}.csv", "w", force_zip64=True) as file,
                conn.cursor().copy(
                    f"COPY ({sql(f'takeout_{table}')}) TO STDOUT (FORMAT csv, HEADER)", {"station_id": station_id}
                ) as copy,
            ):
                for block in copy:
                    file.write(block)
    return archive.getvalue()


def _record(conn: psycopg.Connection, station_id: str) -> dict[str, Any]:
    with conn.cursor(row_factory=dict_row) as cursor:
        parameters = {"station_id": station_id}
        station = cursor.execute(sql("takeout_station"), parameters).fetchone()
        lists = {name: cursor.execute(sql(f"takeout_{name}"), parameters).fetchall() for name in LISTS}
    return {"station": station, **lists}
