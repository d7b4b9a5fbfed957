"""Who may lead a campaign: whoever has its lead's key, and staff whose role says so.

In a form of staff the word of their session (which no other page knows) stands where the lead's key would.
"""

import hmac
from datetime import datetime

import psycopg
from starlette.requests import Request

import storage.campaigns
from luchtbrug.credentials import hash_password, new_token, password_fits
from luchtbrug.roles import Action
from luchtbrug.staff.sessions import Member, form_word, signed_in
from storage.audit import Actor

LEAD = "lead"
"""Who acts with a lead's key, for the audit log: nobody knows a name."""

_LONGEST_KEY = 200  # [characters]


def leading_staff(request: Request) -> Member | None:
    """Return who is signed in, if that is somebody who may lead. Raises DatabaseAwayError."""
    member = signed_in(request)
    return member if member is not None and member.may(Action.LEAD_CAMPAIGNS) else None


def leader(conn: psycopg.Connection, request: Request, code: str, key: str) -> Actor | None:
    """Return who leads the campaign `code` by a form that carries `key`, None where nobody may."""
    if not is_code(code):
        return None
    member = leading_staff(request)
    if member is not None and hmac.compare_digest(form_word(request).encode(), key.encode()):
        return member.actor if storage.campaigns.find(conn, code) else None
    return Actor(LEAD) if may_lead(conn, code, key) else None


def is_code(text: str) -> bool:
    """Tell whether a part of an address may be a campaign's code at all."""
    return text.isascii() and text.isprintable()


def may_lead(conn: psycopg.Connection, code: str, key: str) -> bool:
    """Tell whether `key` is that of the lead of the campaign `code`."""
    if not 0 < len(key) <= _LONGEST_KEY or not is_code(code):
        return False
    wanted = storage.campaigns.lead_key_hash(conn, code)
    return wanted is not None and password_fits(key, wanted)


def new_lead_key(conn: psycopg.Connection, campaign_key: int, now: datetime) -> str:
    """Give a campaign another key of its lead and return it, to be shown once; the old one is good for nothing."""
    key = new_token()
    storage.campaigns.set_lead_key(conn, campaign_key, hash_password(key), now)
    return key
