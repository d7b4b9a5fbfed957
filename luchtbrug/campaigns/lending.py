"""Lend kits and take them back; where a kit makes a station another one, calibration hears of it by an event."""

from datetime import date, datetime

import psycopg

import storage.events
import storage.loans
from storage.campaigns import Campaign
from storage.loans import Condition


def lend(
    conn: psycopg.Connection,
    campaign: Campaign,
    number: str,
    *,
    station_id: str | None,
    participant: str,
    due: date,
    now: datetime,
) -> None:
    """Lend a kit. A kit that was this station elsewhere, or a station with another kit, begins a new segment.

    The caller commits. Raises storage.errors.KitBusyError.
    """
    lent = storage.loans.lend(
        conn, campaign.campaign_key, number, station_id=station_id, participant=participant, begin=now, due=due
    )
    detail = {"sensor": None, "text": f"kit {number}", "campaign": campaign.code}
    if station_id is not None and lent.other_kit:
        storage.events.record(conn, "hardware_changed", time=now, station_id=station_id, detail=detail)
    elif station_id is not None and lent.moved:
        storage.events.record(conn, "moved", time=now, station_id=station_id, detail=detail)
    storage.events.record(conn, "kit_lent", time=now, station_id=station_id, detail=detail)


def give_back(
    conn: psycopg.Connection, campaign: Campaign, number: str, *, condition: Condition, now: datetime
) -> None:
    """Take a kit back. The caller commits. Raises storage.errors.KitUnknownError."""
    station_id = storage.loans.give_back(conn, campaign.campaign_key, number, condition=condition, at=now)
    detail = {"text": f"kit {number}", "condition": condition, "campaign": campaign.code}
    storage.events.record(conn, "kit_returned", time=now, station_id=station_id, detail=detail)
