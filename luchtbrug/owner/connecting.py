"""The pages of owners: connect a station, claim one, look after what is theirs. Forms that work without a script."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import storage.arrivals
import storage.audit
from api.receipts import FIXES
from api.web.page import render, words_of
from api.web.wording import Wording
from ingest.sensor_models import MODELS
from luchtbrug.owner.desk import Desk
from luchtbrug.owner.forms import Acts, Fields, Reply, fields_of, numbers, texts
from luchtbrug.owner.takeout import takeout
from luchtbrug.sealing import SealError
from luchtbrug.setup_lines import DEVICES
from storage.errors import DatabaseAwayError
from storage.pages import LatestWanted, latest

STATION = "/v1/stations/{station_id}"
QUARANTINE_DAYS = 2
SENSORS = ("sensor-1", "sensor-2", "sensor-3")
"""Fields of the form that name a sensor's model."""

CHANGES = 10  # entries of the audit log about a station that its owner sees
PRIVATE: Mapping[str, str] = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}

Act = Callable[[Request, Fields], Awaitable[Reply]]


class OwnerPages:
    """The pages; `acts` are what the API does."""

    def __init__(self, desk: Desk, acts: Acts) -> None:
        self._desk = desk
        self._acts = acts
        self._forms: Mapping[str, Act] = {
            "rotate": self._rotate,
            "pause": self._event("paused"),
            "resume": self._event("resumed"),
            "change": self._event("hardware_changed"),
            "move": self._move,
            "publish_exact": self._place(exact=True),
            "publish_displaced": self._place(exact=False),
            "transfer": self._plain("POST", f"{STATION}/transfers"),
            "device": self._device,
            "email": self._email,
            "confirm": self._confirm,
            "email_off": self._plain("DELETE", f"{STATION}/contact/email"),
            "webhook": self._webhook,
            "webhook_off": self._plain("DELETE", f"{STATION}/contact/webhook"),
            "delete": self._delete,
        }

    def routes(self) -> list[Route]:
        """Give the routes."""
        return [
            Route("/connect", self.show_form, methods=["GET", "HEAD"]),
            Route("/connect", self.connect, methods=["POST"]),
            Route("/my-station", self.show_door, methods=["GET", "HEAD"]),
            Route("/my-station", self.look_after, methods=["POST"]),
            Route("/my-station/export", self.export, methods=["POST"]),
        ]

    async def show_form(self, request: Request) -> Response:
        """Show the empty form."""
        return self._connect_page(request, {}, None)

    async def connect(self, request: Request) -> Response:
        """Register a station, or say what is wrong with the form."""
        fields = await fields_of(request)
        body = numbers(fields, latitude="latitude", longitude="longitude", heightM="height")
        body |= texts(fields, name="name", device="device", timezone="timezone")
        sensors = [{"model": fields[name]} for name in SENSORS if fields.get(name)]
        body |= {"sensors": sensors} if sensors else {}
        reply = await self._acts.do(request, "POST", "/v1/stations", token=fields.get("token", ""), body=body)
        return self._connect_page(request, fields, reply)

    async def show_door(self, request: Request) -> Response:
        """Ask which station, and for its owner's token."""
        return self._door(request, None)

    async def look_after(self, request: Request) -> Response:
        """Carry out what a form of the owner asks for, and show the station as it is then."""
        fields = await fields_of(request)
        if fields.get("action") == "claim":
            body = texts(fields, code="code", device="device")
            claimed = await self._acts.do(request, "POST", "/v1/claims", token=fields.get("token", ""), body=body)
            return self._door(request, claimed)
        act = self._forms.get(fields.get("action", ""))
        reply = await act(request, fields) if act else None
        token = str((reply.body if reply else {}).get("ownerToken") or fields.get("token", ""))
        contact = await self._ask(request, {**fields, "token": token}, "GET", f"{STATION}/contact")
        gone = fields.get("action") == "delete" and reply is not None and reply.done
        if gone or not contact.done:
            return self._door(request, reply if gone else contact, gone=gone)
        alerts = await self._ask(request, {**fields, "token": token}, "GET", f"{STATION}/alerts")
        return await self._mine(request, fields, token, reply, (contact, alerts))

    async def export(self, request: Request) -> Response:
        """Give everything of a station as one archive."""
        fields = await fields_of(request)
        contact = await self._ask(request, fields, "GET", f"{STATION}/contact")
        if not contact.done:
            return self._door(request, contact)
        station_id = fields.get("station", "")
        try:
            archive = await run_in_threadpool(takeout, self._desk, station_id)
        except (DatabaseAwayError, SealError):
            return render(request, "error.html", status=503, error=503)
        name = f'attachment; filename="luchtbrug-{station_id}.zip"'
        return Response(archive, 200, {**PRIVATE, "Content-Disposition": name}, "application/zip")

    def _connect_page(self, request: Request, fields: Fields, reply: Reply | None) -> Response:
        opened = self._desk.settings.registration == "open"
        context = {"devices": DEVICES, "models": MODELS, "open": opened, "fields": fields}
        told = _told(words_of(request))
        return private(request, "connect.html", _status(reply), reply=reply, told=told, **context)

    def _door(self, request: Request, reply: Reply | None, *, gone: bool = False) -> Response:
        return private(request, "mine_door.html", _status(reply), reply=reply, gone=gone, devices=DEVICES)

    async def _mine(
        self, request: Request, fields: Fields, token: str, reply: Reply | None, told: Sequence[Reply]
    ) -> Response:
        station_id = fields.get("station", "")
        try:
            arrived, aside, changes = await run_in_threadpool(self._arrivals, station_id)
        except DatabaseAwayError:
            return render(request, "error.html", status=503, error=503)
        return private(
            request, "mine.html", _status(reply), station=station_id, token=token, reply=reply,
            action=fields.get("action", ""), contact=told[0].body, alerts=told[1].body.get("items", []),
            arrived=arrived, aside=aside, changes=changes, devices=DEVICES, now=datetime.now(UTC),
        )  # fmt: skip

    def _arrivals(self, station_id: str) -> tuple[object, object, object]:
        """Fetch a station's last readings, why messages of late could not be used, and who changed it."""
        since = datetime.now(UTC) - timedelta(days=QUARANTINE_DAYS)
        with self._desk.connected() as conn:
            lost = storage.arrivals.put_aside(conn, {station_id: since})
            changes = storage.audit.list_entries(conn, object=f"station {station_id}", limit=CHANGES)
            reasons = sorted({one.reason for one in lost})
            return latest(conn, LatestWanted(station_id=station_id)), reasons, changes

    async def _ask(
        self, request: Request, fields: Fields, method: str, path: str, body: Mapping[str, object] | None = None
    ) -> Reply:
        station_id, token = fields.get("station", ""), fields.get("token", "")
        return await self._acts.do(request, method, path, token=token, body=body, station_id=station_id)

    def _plain(self, method: str, path: str) -> Act:
        async def act(request: Request, fields: Fields) -> Reply:
            return await self._ask(request, fields, method, path)

        return act

    def _event(self, kind: str) -> Act:
        async def act(request: Request, fields: Fields) -> Reply:
            body = {"kind": kind, **texts(fields, text="text", sensor="sensor")}
            return await self._ask(request, fields, "POST", f"{STATION}/events", body)

        return act

    def _place(self, *, exact: bool) -> Act:
        async def act(request: Request, fields: Fields) -> Reply:
            return await self._ask(request, fields, "PUT", f"{STATION}/public-position", {"exact": exact})

        return act

    async def _move(self, request: Request, fields: Fields) -> Reply:
        body = {"kind": "moved", **texts(fields, text="text")}
        body |= numbers(fields, latitude="latitude", longitude="longitude", heightM="height")
        return await self._ask(request, fields, "POST", f"{STATION}/events", body)

    async def _rotate(self, request: Request, fields: Fields) -> Reply:
        body: dict[str, object] = {"ownerToken": bool(fields.get("owner_token")), **texts(fields, device="device")}
        return await self._ask(request, fields, "POST", f"{STATION}/credentials", body)

    async def _device(self, request: Request, fields: Fields) -> Reply:
        body = texts(fields, format="format", serial="serial")
        return await self._ask(request, fields, "POST", f"{STATION}/devices", body)

    async def _email(self, request: Request, fields: Fields) -> Reply:
        body = texts(fields, email="email", language="language")
        return await self._ask(request, fields, "PUT", f"{STATION}/contact/email", body)

    async def _confirm(self, request: Request, fields: Fields) -> Reply:
        return await self._ask(
            request, fields, "POST", f"{STATION}/contact/email/confirmation", texts(fields, code="code")
        )

    async def _webhook(self, request: Request, fields: Fields) -> Reply:
        return await self._ask(request, fields, "PUT", f"{STATION}/contact/webhook", texts(fields, url="url"))

    async def _delete(self, request: Request, fields: Fields) -> Reply:
        if not fields.get("sure"):
            return Reply(HTTPStatus.BAD_REQUEST, {"detail": ""})
        return await self._ask(request, fields, "DELETE", STATION, texts(fields, readings="readings"))


def private(request: Request, template: str, status: int, **context: object) -> Response:
    """Answer with a page that nobody keeps, and whose length says nothing of the secrets in it."""
    headers = [pair for pair in request.scope["headers"] if pair[0] != b"accept-encoding"]
    answer = render(Request({**request.scope, "headers": headers}), template, status=status, **context)
    answer.headers.update(PRIVATE)
    return answer


def _told(words: Wording) -> dict[str, tuple[str, str]]:
    """Say why a message is put aside and what its owner can do, by the reason's name."""
    return {name: (words.known("receipt.reason", name), words.known("receipt.fix", name)) for name in FIXES}


def _status(reply: Reply | None) -> int:
    """Give the status of the page: that of the refusal, else 200."""
    return 200 if reply is None or reply.done else reply.status
