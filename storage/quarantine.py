"""Messages that could not be used, each with its reason. Nothing about a message may keep it out of here."""

from collections.abc import Sequence
from dataclasses import replace

import psycopg

from storage.rows import Quarantined
from storage.statements import fetch_rows, sql

MAX_PAYLOAD_BYTES = 65_536
"""What is kept of a message; `payload_size` tells how long it was."""

FIELDS = ("received_at", "door", "topic", "station_id", "payload", "payload_size", "reason", "detail")


def store(conn: psycopg.Connection, messages: Sequence[Quarantined]) -> None:
    """Keep messages with their reasons; payloads are cut at 64 KiB, characters that a database cannot hold replaced."""
    storable = [_storable(message) for message in messages]
    columns = {field: [getattr(message, field) for message in storable] for field in FIELDS}
    conn.execute(sql("store_quarantine"), columns)


def list_quarantined(conn: psycopg.Connection, limit: int = 100) -> list[Quarantined]:
    """List the messages that came last, the newest first."""
    return fetch_rows(conn, Quarantined, "list_quarantined", {"limit": limit})


def _storable(message: Quarantined) -> Quarantined:
    return replace(
        message,
        topic=_clean(message.topic),
        station_id=None if message.station_id is None else _clean(message.station_id),
        payload=bytes(message.payload[:MAX_PAYLOAD_BYTES]),
        detail=_clean(message.detail),
    )


def _clean(text: str) -> str:
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")  # lone surrogates have no UTF-8
