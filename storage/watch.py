"""Tells a long-running reader whether what it holds in memory has changed, at the price of one small query."""

from dataclasses import dataclass

import psycopg

from storage.statements import fetch_row


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far the database has come; equal ones mean that nothing of it has changed."""

    calibration_key: int
    pauses: int
    stations: int
    newest_station: int
    removed: int
    formats: int
    claims: int


def watermark(conn: psycopg.Connection) -> Watermark:
    """Look how far the database has come."""
    row = fetch_row(conn, Watermark, "watermark")
    assert row is not None  # noqa: S101 -- an aggregate always has one row
    return row
