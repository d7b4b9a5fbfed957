"""Everything of one station as an archive, for its owner (AVG/GDPR, articles 15 and 20)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import msgspec
import psycopg
from psycopg.rows import dict_row

import storage.contacts
from luchtbrug.owner import receipts
from luchtbrug.owner.contact import opened
from luchtbrug.owner.desk import Desk
from luchtbrug.owner.receipts import Line
from luchtbrug.sealing import Seal
from storage.statements import sql

FILES = ("hours", "readings", "revisions")
"""One CSV each."""

LISTS = (
    "events", "alerts", "devices", "receipts", "quarantine", "calibrations", "campaigns", "loans", "exclusions",
    "changes",
)  # fmt: skip
"""One list each in station.json."""

COVERED: Mapping[str, str] = {
    "station": "station",
    "restricted.station_position": "station",
    "sensor": "station",
    "series": "station",
    "latest": "readings",  # copies of the last ones
    "reading": "readings",
    "hour": "hours",
    "hour_revision": "revisions",
    "calibration": "calibrations",
    "event": "events",
    "alert": "alerts",
    "restricted.alert_delivery": "alerts",
    "restricted.device_claim": "devices",
    "restricted.receipt": "receipts",
    "restricted.alert_note": "alerts",
    "quarantine": "quarantine",
    "campaign_member": "campaigns",
    "restricted.loan": "loans",
    "station_exclusion": "exclusions",
    "owner": "contact",
    "restricted.owner_contact": "contact",
    "restricted.owner_webhook": "contact",
    "restricted.address_code": "contact",
}
"""Each table with something of a station or its owner, and where the archive has it."""

WITHHELD: Mapping[str, str] = {
    "restricted.station_credential": "hashes of secrets: of no use to the owner, who has the secrets",
    "restricted.owner_credential": "hashes of secrets",
    "restricted.station_code": "hashes of secrets",
    "removed_series": "numbers of series of stations that are gone",
}
"""Tables of which it has nothing, and why."""

_GIVEN = Line(
    "export",
    "Het archief bevat station.json en een CSV van uren, metingen en eerdere uitkomsten.",
    "The archive holds station.json and a CSV of hours, readings and earlier outcomes.",
)


def takeout(desk: Desk, station_id: str) -> bytes:
    """Write the archive, and keep its receipt. The caller checked the owner's token.

    Raises SealError where an address cannot be read.
    """
    archive = BytesIO()
    with desk.connected() as conn, ZipFile(archive, "w", ZIP_DEFLATED) as files:
        record = {**_record(conn, station_id), **_contact(conn, station_id, Seal.of(desk.settings))}
        receipt = receipts.give(conn, "export", station_id, now=datetime.now(UTC), done=[_GIVEN])
        record["receipt"] = receipt.as_dict()
        files.writestr("station.json", msgspec.json.format(msgspec.json.encode(record)))
        for table in FILES:
            statement = f"COPY ({sql(f'takeout_{table}')}) TO STDOUT (FORMAT csv, HEADER)"
            with (
                files.open(f"{table}.csv", "w", force_zip64=True) as file,
                conn.cursor().copy(statement, {"station_id": station_id}) as copy,
            ):
                for block in copy:
                    file.write(block)
    return archive.getvalue()


def _record(conn: psycopg.Connection[Any], station_id: str) -> dict[str, Any]:
    parameters = {"station_id": station_id}
    with conn.cursor(row_factory=dict_row) as cursor:
        lists = {name: cursor.execute(sql(f"takeout_{name}"), parameters).fetchall() for name in LISTS}
        return {"station": cursor.execute(sql("takeout_station"), parameters).fetchone(), **lists}


def _contact(conn: psycopg.Connection[Any], station_id: str, seal: Seal) -> dict[str, Any]:
    (owner_key,) = conn.execute(sql("owner_of_station"), {"station_id": station_id}).fetchone() or (None,)
    found = None if owner_key is None else storage.contacts.contact_of(conn, owner_key)
    return {"contact": None if found is None else msgspec.to_builtins(opened(found, seal))}
