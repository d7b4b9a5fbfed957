"""The page on which an owner joins campaigns, reads what is agreed to first, and leaves again."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import storage.campaigns
from luchtbrug.campaigns.joining import INVITATIONS, LEAVE, PATH
from luchtbrug.owner.connecting import private
from luchtbrug.owner.desk import Desk
from luchtbrug.owner.forms import Acts, Fields, Reply, fields_of, texts
from storage.campaigns import Campaign
from storage.errors import DatabaseAwayError

Told = Mapping[str, Any]


class JoiningPage:
    """The page; `acts` are what the API does."""

    def __init__(self, desk: Desk, acts: Acts) -> None:
        self._desk = desk
        self._acts = acts

    def routes(self) -> list[Route]:
        """Give the routes."""
        return [Route("/my-station/campaigns", self.show, methods=["POST"])]

    async def show(self, request: Request) -> Response:
        """Carry out what the form asks for, and show in what the station takes part then."""
        fields = await fields_of(request)
        invited: Reply | None = None
        reply: Reply | None = None
        if fields.get("action") == "code":
            invited = await self._acts.do(request, "POST", INVITATIONS, body=_asked(fields))
        elif fields.get("action") == "join":
            reply = await self._join(request, fields)
        elif fields.get("action") == "leave":
            body = {"campaign": fields.get("campaign", ""), "keepPast": fields.get("past") != "out"}
            reply = await self._ask(request, fields, "POST", LEAVE, body)
        parts = await self._ask(request, fields, "GET", PATH)
        if not parts.done:
            return private(request, "mine_door.html", parts.status, reply=parts, gone=False, devices={})
        refused = next((one for one in (invited, reply) if one is not None and not one.done), None)
        return private(
            request, "campaign_joining.html", refused.status if refused else 200, station=fields.get("station", ""),
            token=fields.get("token", ""), invitation=fields.get("invitation", ""), action=fields.get("action", ""),
            reply=reply, refused=refused, invited=invited.body if invited and invited.done else None,
            parts=parts.body["items"], open_campaigns=await run_in_threadpool(self._open),
        )  # fmt: skip

    async def _join(self, request: Request, fields: Fields) -> Reply:
        """Join only with the tick; without it nothing is asked of the API."""
        if not fields.get("agree"):
            return Reply(400, {"detail": ""})
        version = fields.get("version", "")
        body: dict[str, object] = {**texts(fields, campaign="campaign", invitation="invitation")}
        body["consentVersion"] = int(version) if version.isascii() and version.isdecimal() else 0
        return await self._ask(request, fields, "POST", PATH, body)

    async def _ask(self, request: Request, fields: Fields, method: str, path: str, body: Told | None = None) -> Reply:
        station_id, token = fields.get("station", ""), fields.get("token", "")
        return await self._acts.do(request, method, path, token=token, body=body, station_id=station_id)

    def _open(self) -> list[Campaign]:
        """List the campaigns that anybody may join now."""
        try:
            with self._desk.connected() as conn:
                found = storage.campaigns.select(conn)
        except DatabaseAwayError:
            return []
        return [one for one in found if one.joining == "open" and one.end > datetime.now(UTC)]


def _asked(fields: Fields) -> dict[str, Any]:
    """Ask by invitation where there is one, else by the campaign that was chosen."""
    return texts(fields, invitation="invitation") or texts(fields, campaign="campaign")
