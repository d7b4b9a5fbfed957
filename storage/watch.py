"""Tells a long-running reader whether what it holds in memory has changed, at the price of one small query."""

from dataclasses import dataclass

import psycopg
from psycopg.rows import class_row

from storage.statements import sql


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far the database has come; equal ones mean that nothing of it has changed."""

    calibration_key: int
    pauses: int
    stations: int
    removed: int
    formats: int
    claims: int


def watermark(conn: psycopg.Connection) -> Watermark:
    """Look how far the database has come."""
    with conn.cursor(row_factory=class_row(Watermark)) as cursor:
        row = cursor.execute(sql("watermark")).fetchone()
    assert row is not None  # noqa: S101 -- an aggregate always has one row
    return row
