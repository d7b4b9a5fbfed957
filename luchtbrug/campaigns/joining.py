"""The paths of /v1 by which owners take part in campaigns, once they saw what is agreed to, and leave them."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from starlette.requests import Request
from starlette.routing import Route

import storage.campaigns
from luchtbrug.campaigns import taking_part
from luchtbrug.campaigns.errors import CampaignError, InvitationError
from luchtbrug.owner.desk import DeniedError, Desk, Done, opened_by_owner, parsed
from storage.campaigns import Campaign, Membership
from storage.errors import CampaignUnknownError, StationUnknownError

PATH = "/v1/stations/{station_id}/campaigns"
LEAVE = "/v1/stations/{station_id}/departures"
INVITATIONS = "/v1/invitations"

Code = Annotated[str, msgspec.Meta(min_length=2, max_length=40, pattern=r"^[a-z0-9-]+\Z")]
Invitation = Annotated[str, msgspec.Meta(max_length=40)]


class InvitationBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """An invitation as it was printed, or the code of a campaign that is open."""

    invitation: Invitation = ""
    campaign: Code | None = None


class JoinBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Which campaign, by which invitation, and the version of the text that is agreed to."""

    campaign: Code
    consent_version: int
    invitation: Invitation = ""


class LeaveBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Which campaign; `keep_past` false takes out what was measured as well."""

    campaign: Code
    keep_past: bool = True


class Joining:
    """The paths."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        """Give the routes."""
        return [
            self._desk.route(INVITATIONS, "POST", self._look),
            self._desk.route(PATH, "GET", self._list),
            self._desk.route(PATH, "POST", self._join),
            self._desk.route(LEAVE, "POST", self._leave),
        ]

    def _look(self, request: Request, body: bytes) -> Done:
        """Say what a campaign asks and what is agreed to; nothing is used up."""
        self._desk.count_scarce(request)
        asked, now = parsed(body, InvitationBody), datetime.now(UTC)
        with self._desk.connected() as conn:
            try:
                if asked.campaign:
                    found = storage.campaigns.need(conn, asked.campaign)
                    if found.joining != "open" or found.end <= now:
                        raise InvitationError("This campaign is by invitation, or it is over.")
                else:
                    found = taking_part.invited_to(conn, asked.invitation, now)
            except (InvitationError, CampaignUnknownError) as error:
                raise DeniedError(404, str(error)) from error
        return Done(HTTPStatus.OK, _told(found))

    def _list(self, request: Request, _body: bytes) -> Done:
        """List the parts that a station takes or took."""
        with self._desk.connected() as conn:
            keys = opened_by_owner(request, conn)
            found = storage.campaigns.of_station(conn, keys.station_id)
        return Done(HTTPStatus.OK, {"items": [_part(one) for one in found]})

    def _join(self, request: Request, body: bytes) -> Done:
        """Let a station take part."""
        asked = parsed(body, JoinBody)
        with self._desk.connected() as conn:
            keys = opened_by_owner(request, conn)
            self._desk.count_scarce(request)
            try:
                campaign = storage.campaigns.need(conn, asked.campaign)
                taking_part.join(
                    conn, campaign, keys.station_id, version=asked.consent_version, invitation=asked.invitation,
                    now=datetime.now(UTC),
                )  # fmt: skip
            except (CampaignError, CampaignUnknownError) as error:
                raise DeniedError(409, f"Nothing was changed: {error}") from error
        return Done(HTTPStatus.CREATED, {"campaign": asked.campaign, "consentVersion": asked.consent_version})

    def _leave(self, request: Request, body: bytes) -> Done:
        """Take a station out, from now on or wholly."""
        asked = parsed(body, LeaveBody)
        with self._desk.connected() as conn:
            keys = opened_by_owner(request, conn)
            try:
                campaign = storage.campaigns.need(conn, asked.campaign)
                taking_part.leave(conn, campaign, keys.station_id, keep_past=asked.keep_past, now=datetime.now(UTC))
            except (CampaignUnknownError, StationUnknownError) as error:
                raise DeniedError(404, f"Nothing was changed: {error}.") from error
        return Done(HTTPStatus.OK, {"campaign": asked.campaign, "keepPast": asked.keep_past})


def _told(found: Campaign) -> dict[str, Any]:
    return {
        "campaign": found.code, "nameNl": found.name_nl, "nameEn": found.name_en, "questionNl": found.question_nl,
        "questionEn": found.question_en, "consentVersion": found.consent_version, "consentNl": found.consent_nl,
        "consentEn": found.consent_en, "begin": found.begin, "end": found.end, "contactName": found.contact_name,
        "contactEmail": found.contact_email,
    }  # fmt: skip


def _part(one: Membership) -> dict[str, Any]:
    return {
        "campaign": one.code, "nameNl": one.name_nl, "nameEn": one.name_en, "joinedAt": one.joined_at,
        "leftAt": one.left_at, "keepsPast": one.keeps_past, "consentVersion": one.version,
        "agreedAt": one.agreed_at, "newestVersion": one.newest_version,
    }  # fmt: skip
