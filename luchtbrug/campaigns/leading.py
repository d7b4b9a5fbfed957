"""Who may lead a campaign: whoever has its lead's key. Staff with that role are let in at the same place."""

from datetime import datetime

import psycopg

import storage.campaigns
from luchtbrug.credentials import hash_password, new_token, password_fits

_LONGEST_KEY = 200  # [characters]


def may_lead(conn: psycopg.Connection, code: str, key: str) -> bool:
    """Tell whether who shows `key` may lead the campaign `code`. All that leads do asks here, and nowhere else."""
    if not 0 < len(key) <= _LONGEST_KEY or not (code.isascii() and code.isprintable()):
        return False
    wanted = storage.campaigns.lead_key_hash(conn, code)
    return wanted is not None and password_fits(key, wanted)


def new_lead_key(conn: psycopg.Connection, campaign_key: int, now: datetime) -> str:
    """Give a campaign another key of its lead and return it, to be shown once; the old one is good for nothing."""
    key = new_token()
    storage.campaigns.set_lead_key(conn, campaign_key, hash_password(key), now)
    return key
