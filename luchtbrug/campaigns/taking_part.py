"""How a station takes part in a campaign: invited or free to, under a text that its owner agreed to, and out again."""

from collections.abc import Sequence
from datetime import datetime

import psycopg

import storage.campaigns
import storage.events
import storage.invitations
from luchtbrug.campaigns.errors import ConsentError, InvitationError
from luchtbrug.credentials import hash_code, new_code
from storage.campaigns import Campaign


def invite(
    conn: psycopg.Connection, campaign: Campaign, *, count: int, uses: int, expires_at: datetime, now: datetime
) -> tuple[int, Sequence[str]]:
    """Make a batch of invitations; return its number and the codes, of which only hashes are kept."""
    codes = [new_code() for _ in range(count)]
    hashes = [hash_code(code) for code in codes]
    batch = storage.invitations.add(
        conn, campaign.campaign_key, hashes, uses=uses, at=now, expires_at=min(expires_at, campaign.end)
    )
    return batch, codes


def invited_to(conn: psycopg.Connection, code: str, now: datetime) -> Campaign:
    """Return the campaign that an invitation is good for, however it was typed. Raises InvitationError."""
    found = storage.invitations.invited_to(conn, hash_code(code), now)
    if found is None:
        raise InvitationError("This invitation is wrong, was used, or is over: ask the campaign's team for another.")
    return storage.campaigns.need(conn, found)


def join(
    conn: psycopg.Connection, campaign: Campaign, station_id: str, *, version: int, invitation: str, now: datetime
) -> None:
    """Let a station take part; its owner has seen and agreed to `version` of the text. The caller commits.

    Raises ConsentError for another version than the newest, InvitationError, and CampaignError for one that is over.
    """
    if version != campaign.consent_version:
        raise ConsentError(f"Agree to version {campaign.consent_version} of the text; it is the one that holds now.")
    if campaign.end <= now:
        raise InvitationError("This campaign is over.")
    part = next(
        (one for one in storage.campaigns.of_station(conn, station_id)
         if one.code == campaign.code and one.left_at is None), None,
    )  # fmt: skip
    uninvited = part is None and campaign.joining == "invitation"
    if uninvited and not storage.invitations.use(conn, campaign.campaign_key, hash_code(invitation), now):
        raise InvitationError("This campaign is by invitation, and this code is none of its own that is still good.")
    if storage.campaigns.join(conn, campaign.campaign_key, station_id, version=version, at=now):
        _note(conn, "campaign_joined", campaign, station_id, now)


def leave(conn: psycopg.Connection, campaign: Campaign, station_id: str, *, keep_past: bool, now: datetime) -> None:
    """Take a station out, from now on or wholly. The caller commits. Raises StationUnknownError."""
    storage.campaigns.leave(conn, campaign.campaign_key, station_id, keep_past=keep_past, at=now)
    _note(conn, "campaign_left", campaign, station_id, now)


def _note(conn: psycopg.Connection, kind: str, campaign: Campaign, station_id: str, now: datetime) -> None:
    storage.events.record(conn, kind, time=now, station_id=station_id, detail={"campaign": campaign.code})
