"""Lend kits and take them back; where a kit makes a station another one, calibration hears of it by an event."""

from datetime import date, datetime

import psycopg

import storage.campaigns
import storage.events
import storage.loans
from storage.campaigns import Campaign
from storage.errors import KitBusyError
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

    The caller commits. Raises storage.errors.KitBusyError, also for a station that does not take part: what is lent
    makes its series learn anew, and that is not for the lead of a campaign that its owner has not joined.
    """
    if station_id is not None and not _takes_part(conn, campaign, station_id):
        raise KitBusyError(f"station {station_id} does not take part in {campaign.code}")
    lent = storage.loans.lend(
        conn, campaign.campaign_key, number, station_id=station_id, participant=participant, begin=now, due=due
    )
    detail = {"sensor": None, "text": f"kit {number}", "campaign": campaign.code}
    if station_id is not None and lent.other_kit:
        storage.events.record(conn, "hardware_changed", time=now, station_id=station_id, detail=detail)
    elif station_id is not None and lent.moved:
        storage.events.record(conn, "moved", time=now, station_id=station_id, detail=detail)
    storage.events.record(conn, "kit_lent", time=now, station_id=station_id, detail=detail)


def _takes_part(conn: psycopg.Connection, campaign: Campaign, station_id: str) -> bool:
    parts = storage.campaigns.of_station(conn, station_id)
    return any(one.code == campaign.code and one.left_at is None for one in parts)


def give_back(
    conn: psycopg.Connection, campaign: Campaign, number: str, *, condition: Condition, now: datetime
) -> None:
    """Take a kit back. The caller commits. Raises storage.errors.KitUnknownError."""
    station_id = storage.loans.give_back(conn, campaign.campaign_key, number, condition=condition, at=now)
    detail = {"text": f"kit {number}", "condition": condition, "campaign": campaign.code}
    storage.events.record(conn, "kit_returned", time=now, station_id=station_id, detail=detail)
