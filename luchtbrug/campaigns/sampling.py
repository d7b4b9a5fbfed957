"""Store a table of samples in a batch, displaced as stations are, and adjust the batch anew. The caller commits."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import cos, hypot, radians

import psycopg

import storage.areas
import storage.samples
from luchtbrug.campaigns import sample_sheet
from luchtbrug.campaigns.errors import CampaignError
from luchtbrug.campaigns.sample_sheet import Box, Fault, Row, Sheet
from luchtbrug.displacement import METRES_PER_DEGREE, displaced
from storage.campaigns import Campaign
from storage.samples import Batch, NewAdjustment, NewBatch, NewSample
from validation.passive import METHODS, Adjusted
from validation.passive import adjust as adjusted

Place = tuple[float, float]

AROUND = 0.05
"""How far beyond the box of its area a sample may lie [degrees]: about 5 km, for those on the edge."""

SAME_PLACE_M = 250.0
"""Positions of one place code that lie this near are one place with one displacement: a new one could be averaged."""


def check(conn: psycopg.Connection, campaign: Campaign, label: str, text: str, now: datetime) -> Sheet:
    """Read a table for a batch; a sample that the batch has already is a fault too."""
    found = sample_sheet.read(text, box=_box(conn, campaign), now=now)
    known = storage.samples.stored(conn, campaign.campaign_key, label)
    again = [
        Fault(row.line, "sample", "stored", row.sample_id) for row in found.rows if (row.sample_id, row.begin) in known
    ]
    faults = sorted([*found.faults, *again], key=lambda fault: fault.line)
    return Sheet(found.rows, faults, found.lines, found.unread)


def store(
    conn: psycopg.Connection, campaign: Campaign, new: NewBatch, rows: Sequence[Row], *, key: str, now: datetime
) -> Batch:
    """Store rows in the batch of that label, and adjust the whole of it. Raises CampaignError for another method."""
    batch = storage.samples.add_batch(conn, campaign.campaign_key, new, now)
    if batch.method != new.method or batch.blanks != new.blanks:
        raise CampaignError(f"Batch {batch.label} is {batch.method}: give samples of another method another label.")
    places = dict(storage.samples.places(conn, campaign.campaign_key))
    storage.samples.add(conn, batch.batch_key, [_sample(row, campaign, places, key) for row in rows])
    adjust(conn, batch, now)
    return batch


def adjust(conn: psycopg.Connection, batch: Batch, now: datetime) -> None:
    """Adjust a batch by all that is in it now, and keep how."""
    method = METHODS[batch.method]
    found = storage.samples.to_adjust(conn, batch.batch_key, method.observed_property)
    result = adjusted(
        found.raw, found.below_limit, found.kind, found.reference, method=method,
        subtract_blanks=batch.blanks == "subtract", uncertainty=batch.uncertainty,
        detection_limit=batch.detection_limit,
    )  # fmt: skip
    storage.samples.adjust(
        conn, batch.batch_key, _named(batch, result), now, sample_key=found.sample_key, value=result.value,
        lower=result.lower, upper=result.upper, limited=result.limited,
    )  # fmt: skip


def _named(batch: Batch, result: Adjusted) -> NewAdjustment:
    """Name what was done, in the order in which it was."""
    factor = result.factor
    blanks = "blanks by laboratory" if batch.blanks == "laboratory" else f"blanks {result.blank_count}"
    pairs = f"factor of {factor.pairs} pairs" if factor else "no factor"
    return NewAdjustment(
        name=f"passive-1: {batch.method}, {blanks}, {pairs}",
        blank_count=result.blank_count,
        blank_mean=result.blank_mean,
        pair_count=factor.pairs if factor else 0,
        factor=factor.value if factor else None,
        factor_lower=factor.lower if factor else None,
        factor_upper=factor.upper if factor else None,
    )


def _sample(row: Row, campaign: Campaign, places: dict[str, tuple[Place, Place]], key: str) -> NewSample:
    exact = row.position
    public = exact if exact is None or row.place_is_public else _public(row, exact, campaign, places, key)
    return NewSample(
        sample_id=row.sample_id, kind=row.kind, place=row.place, begin=row.begin, end=row.end,
        latitude=public[0] if public else None, longitude=public[1] if public else None,
        exact_latitude=exact[0] if exact else None, exact_longitude=exact[1] if exact else None,
        place_is_public=row.place_is_public, reference_station=row.reference_station,
        reference_value=row.reference_value, raw=row.raw, below_limit=row.below_limit,
    )  # fmt: skip


def _public(row: Row, exact: Place, campaign: Campaign, places: dict[str, tuple[Place, Place]], key: str) -> Place:
    """Displace a position as a station's is, or give the place's own where it has one already."""
    known: Mapping[str, tuple[Place, Place]] = places
    name = row.place or row.sample_id
    if name in known and _metres(known[name][0], exact) <= SAME_PLACE_M:
        return known[name][1]
    public = displaced(exact, station_id=f"sample {campaign.code} {name}", key=key)
    places[name] = (exact, public)
    return public


def _metres(one: Place, other: Place) -> float:
    north, east = one[0] - other[0], (one[1] - other[1]) * cos(radians(one[0]))
    metres: float = hypot(north, east) * METRES_PER_DEGREE
    return metres


def _box(conn: psycopg.Connection, campaign: Campaign) -> Box | None:
    area = storage.areas.find_area(conn, campaign.area_code) if campaign.area_code else None
    if area is None:
        return None
    return (area.min_lon - AROUND, area.min_lat - AROUND, area.max_lon + AROUND, area.max_lat + AROUND)
