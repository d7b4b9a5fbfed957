"""Messages that could not be used."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg

from storage.quarantine import list_quarantined, store
from storage.rows import Quarantined

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
MESSAGE = Quarantined(NOW, "mqtt", "aq/1/x/obs", "x", b"\x00\xff{", 3, "not_json", "expected value at byte 0")


def test_a_message_is_kept_as_it_came(connection: psycopg.Connection) -> None:
    """Any bytes come back, the newest message first."""
    later = replace(MESSAGE, received_at=NOW + timedelta(seconds=1), station_id=None)
    store(connection, [MESSAGE, later])
    assert list_quarantined(connection, 10) == [later, MESSAGE]
    assert list_quarantined(connection, 1) == [later]


def test_a_huge_message_is_cut(connection: psycopg.Connection) -> None:
    """Of ten megabytes 64 KiB are kept, and the size tells how long it was."""
    store(connection, [replace(MESSAGE, payload=b"x" * 10_000_000, payload_size=10_000_000)])
    (kept,) = list_quarantined(connection, 1)
    assert (len(kept.payload), kept.payload_size) == (65_536, 10_000_000)


def test_text_that_a_database_cannot_hold_is_no_way_out(connection: psycopg.Connection) -> None:
    """NUL and lone surrogates in a topic, a claimed id or a detail are replaced, and the message is kept."""
    store(connection, [replace(MESSAGE, topic="in/\x00", station_id="a\x00", detail="\ud800 is no character")])
    (kept,) = list_quarantined(connection, 1)
    assert (kept.topic, kept.station_id, kept.detail) == ("in/\ufffd", "a\ufffd", "? is no character")


def test_no_messages_are_no_rows(connection: psycopg.Connection) -> None:
    """A batch in which everything could be used puts nothing aside."""
    store(connection, [])
    assert list_quarantined(connection) == []
