"""Roles and what each may do: the one place (docs/staff.md shows this table, and a test compares)."""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What somebody is here; kept in the database, so never renamed."""

    VIEWER = "viewer"
    CAMPAIGN_LEAD = "campaign_lead"
    DATA_OFFICER = "data_officer"
    ADMINISTRATOR = "administrator"


class Action(StrEnum):
    """What can be done by who is signed in."""

    SEE_DESK = "see the desk"
    LEAD_CAMPAIGNS = "lead campaigns"
    NOTE_ALERTS = "acknowledge alerts"
    EXCLUDE_STATIONS = "leave stations out of public figures"
    LOG_HARDWARE = "log hardware of stations"
    REQUEUE_MESSAGES = "read quarantined messages again"
    SEE_AUDIT = "see the audit log"
    MANAGE_ACCOUNTS = "manage accounts and roles"
    END_SESSIONS = "end sessions of others"


_OF_DATA = frozenset(
    {Action.NOTE_ALERTS, Action.EXCLUDE_STATIONS, Action.LOG_HARDWARE, Action.REQUEUE_MESSAGES}
)  # fmt: skip

MAY: Mapping[Role, frozenset[Action]] = {
    Role.VIEWER: frozenset({Action.SEE_DESK}),
    Role.CAMPAIGN_LEAD: frozenset({Action.SEE_DESK, Action.LEAD_CAMPAIGNS}),
    Role.DATA_OFFICER: frozenset({Action.SEE_DESK}) | _OF_DATA,
    Role.ADMINISTRATOR: frozenset(Action),
}
"""Role → what it may do."""


def highest(roles: frozenset[Role]) -> Role | None:
    """Choose the role that may do most of several, None of none; a later one of equals."""
    ranked = [role for role in Role if role in roles]
    return max(ranked, key=lambda role: len(MAY[role])) if ranked else None
