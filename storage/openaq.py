"""Stations, series and hours in the shape of OpenAQ's API v3; PostgreSQL writes the JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import psycopg

from storage.statements import sql

Question = Literal["locations", "sensors", "latest", "measurements", "hours", "periods", "parameters", "instruments"]


@dataclass(frozen=True, slots=True)
class Slice:
    """One page: so many documents, after so many others."""

    limit: int
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Extent:
    """What all stations measure (JSON), from when to when, and the box around them (JSON); None where there is none."""

    parameters: str
    first: datetime | None
    last: datetime | None
    bounds: str | None


def documents(
    conn: psycopg.Connection, question: Question, parameters: Mapping[str, Any], page: Slice
) -> tuple[list[str], bool]:
    """Fetch one page of JSON documents, and whether more follow; `parameters` are those of `openaq_<question>.sql`."""
    wanted = {**parameters, "limit": page.limit + 1, "offset": page.offset}
    rows = conn.execute(sql("openaq_common") + sql(f"openaq_{question}"), wanted).fetchall()
    return [row[0] for row in rows[: page.limit]], len(rows) > page.limit


def extent(conn: psycopg.Connection) -> Extent:
    """Fetch what there is at all."""
    # with (empty) parameters %% is one sign, as in the other questions
    row = conn.execute(sql("openaq_common") + sql("openaq_extent"), {}).fetchone()
    assert row is not None  # noqa: S101  # a statement of subselects always returns its row
    return Extent(*row)


def knows(conn: psycopg.Connection, kind: Literal["station", "series"], key: int) -> bool:
    """Tell whether there is such an active station, or a series of one."""
    row = conn.execute(sql(f"openaq_has_{kind}"), {"id": key}).fetchone()
    return row is not None
