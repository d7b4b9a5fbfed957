"""Passive samples in their batches: raw values that stay, adjusted ones beside them, public positions only."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import psycopg

from storage.errors import BatchUnknownError
from storage.statements import fetch_rows, sql

Kind = Literal["sample", "blank", "reference"]
Blanks = Literal["laboratory", "subtract"]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class NewBatch:
    """What one laboratory analysed together; `uncertainty` is relative, expanded, k = 2, and the laboratory's own."""

    label: str
    method: str
    blanks: Blanks
    uncertainty: float | None
    detection_limit: float | None


@dataclass(frozen=True, slots=True)
class Batch(NewBatch):
    """A batch as kept, with how it was adjusted last."""

    batch_key: int
    created_at: datetime
    adjustment: str | None
    blank_count: int
    blank_mean: float | None
    pair_count: int
    factor: float | None
    factor_lower: float | None
    factor_upper: float | None
    samples: int


@dataclass(frozen=True, slots=True)
class NewSample:
    """A sample to keep; positions [degrees, WGS 84], the public one displaced unless the place is public."""

    sample_id: str
    kind: Kind
    place: str | None
    begin: datetime
    end: datetime
    latitude: float | None
    longitude: float | None
    exact_latitude: float | None
    exact_longitude: float | None
    place_is_public: bool
    reference_station: str | None
    reference_value: float | None
    raw: float
    below_limit: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample as everybody may see it."""

    sample_key: int
    sample_id: str
    batch: str
    method: str
    kind: Kind
    place: str | None
    begin: datetime
    end: datetime
    latitude: float | None
    longitude: float | None
    place_is_public: bool
    reference_station: str | None
    raw: float
    below_limit: bool
    value: float | None
    lower: float | None
    upper: float | None
    limited: bool
    adjustment: str | None


@dataclass(frozen=True, slots=True)
class ToAdjust:
    """The columns that an adjustment is made of; `reference` is NaN where there is no official mean."""

    sample_key: npt.NDArray[np.int64]
    kind: npt.NDArray[np.str_]
    raw: Floats
    below_limit: Bools
    reference: Floats


@dataclass(frozen=True, slots=True)
class NewAdjustment:
    """How a batch is adjusted, by name and number."""

    name: str
    blank_count: int
    blank_mean: float | None
    pair_count: int
    factor: float | None
    factor_lower: float | None
    factor_upper: float | None


def add_batch(conn: psycopg.Connection, campaign_key: int, new: NewBatch, at: datetime) -> Batch:
    """Add a batch, or return the one of that label as it is."""
    conn.execute(sql("add_sample_batch"), {**asdict(new), "campaign_key": campaign_key, "created_at": at})
    return next(one for one in batches(conn, campaign_key) if one.label == new.label)


def batches(conn: psycopg.Connection, campaign_key: int) -> list[Batch]:
    """List a campaign's batches."""
    return fetch_rows(conn, Batch, "list_sample_batches", {"campaign_key": campaign_key})


def remove_batch(conn: psycopg.Connection, campaign_key: int, label: str) -> None:
    """Take a batch back with all its samples. Raises BatchUnknownError."""
    parameters = {"campaign_key": campaign_key, "label": label}
    if conn.execute(sql("remove_sample_batch"), parameters).fetchone() is None:
        raise BatchUnknownError(f"there is no batch {label!r}")


def stored(conn: psycopg.Connection, campaign_key: int, label: str) -> set[tuple[str, datetime]]:
    """Return the ids and begins of a batch's samples."""
    found = conn.execute(sql("stored_sample_ids"), {"campaign_key": campaign_key, "label": label})
    return {(row[0], row[1]) for row in found}


def places(conn: psycopg.Connection, campaign_key: int) -> dict[str, tuple[tuple[float, float], tuple[float, float]]]:
    """Return the exact and the public position (latitude, longitude) at which each displaced place stood first."""
    found = conn.execute(sql("sample_places"), {"campaign_key": campaign_key})
    return {row[0]: (row[1:3], row[3:5]) for row in found}


def add(conn: psycopg.Connection, batch_key: int, new: Sequence[NewSample]) -> None:
    """Add samples to a batch; one with the id and begin of another is refused by the database."""
    columns: dict[str, Any] = {field.name: [getattr(one, field.name) for one in new] for field in fields(NewSample)}
    conn.execute(sql("add_samples"), {**columns, "batch_key": batch_key})


def to_adjust(conn: psycopg.Connection, batch_key: int, observed_property: str | None) -> ToAdjust:
    """Fetch a batch's columns, with the official means beside the tubes at reference stations."""
    rows = conn.execute(
        sql("samples_to_adjust"), {"batch_key": batch_key, "observed_property": observed_property or ""}
    ).fetchall()
    keys, kinds, raws, belows, references = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    return ToAdjust(
        np.array(keys, np.int64), np.array(kinds, np.str_), np.array(raws, np.float64), np.array(belows, np.bool_),
        np.array([np.nan if one is None else one for one in references], np.float64),
    )  # fmt: skip


def adjust(
    conn: psycopg.Connection,
    batch_key: int,
    new: NewAdjustment,
    at: datetime,
    *,
    sample_key: npt.NDArray[np.int64],
    value: Floats,
    lower: Floats,
    upper: Floats,
    limited: Bools,
) -> None:
    """Keep an adjustment, and its values beside the raw ones; NaN is none."""
    row = conn.execute(
        sql("add_sample_adjustment"), {**asdict(new), "batch_key": batch_key, "adjusted_at": at}
    ).fetchone()
    assert row is not None  # noqa: S101 -- the statement always returns the new row
    columns = {"value": _nulls(value), "lower": _nulls(lower), "upper": _nulls(upper), "limited": limited.tolist()}
    conn.execute(sql("adjust_samples"), {**columns, "sample_key": sample_key.tolist(), "adjustment_key": row[0]})


def select(conn: psycopg.Connection, campaign_key: int, *, after: int | None = None, limit: int = _ALL) -> list[Sample]:
    """List a campaign's samples in the order they were stored, those after the key `after`."""
    parameters = {"campaign_key": campaign_key, "after": after, "limit": limit}
    return fetch_rows(conn, Sample, "list_samples", parameters)


def _nulls(column: Floats) -> list[float | None]:
    return [None if one != one else one for one in column.tolist()]  # NaN is not itself
