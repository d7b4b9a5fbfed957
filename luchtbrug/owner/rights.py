"""What owners may ask of their data (AVG/GDPR, chapter III): a copy, a correction, a choice, an end, with receipts."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Literal

import msgspec
import psycopg
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from luchtbrug.owner import ownership, receipts
from luchtbrug.owner.desk import DeniedError, Desk, Done, opened_by_owner, parsed
from luchtbrug.owner.receipts import Act, Line, Receipt
from luchtbrug.owner.registration import Text, setting_faults
from luchtbrug.owner.takeout import takeout


class RemovalBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes of the measurements of a station that leaves."""

    readings: Literal["keep", "remove"] = "keep"


class PublicPositionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether everybody may see the exact position."""

    exact: bool


class CorrectionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was wrong; what is left out stays, an empty name or project is taken away."""

    name: Text | None = None
    project: Text | None = None
    timezone: str | None = None
    format: str | None = None


class Rights:
    """The paths."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        """Give the routes."""
        station = "/v1/stations/{station_id}"
        return [
            self._desk.route(station, "DELETE", self._withdraw),
            self._desk.route(station, "PATCH", self._correct),
            self._desk.route(f"{station}/public-position", "PUT", self._publish),
            Route(f"{station}/takeout", self._export, methods=["GET"]),
        ]

    def _withdraw(self, request: Request, body: bytes) -> Done:
        with self._desk.connected() as conn:
            keys = opened_by_owner(request, conn)
            asked = parsed(body or b"{}", RemovalBody)
            now = datetime.now(UTC)
            receipt = ownership.remove(conn, self._desk.settings, keys.station_id, now, readings=asked.readings)
        return Done(HTTPStatus.OK, {"receipt": receipt.as_dict()})

    def _correct(self, request: Request, body: bytes) -> Done:
        with self._desk.connected() as conn:
            station_id = opened_by_owner(request, conn).station_id
            asked = parsed(body, CorrectionBody)
            if faults := setting_faults(asked.format, asked.timezone):
                raise DeniedError(400, " ".join(faults))
            changed = {name: value for name, value in msgspec.structs.asdict(asked).items() if value is not None}
            if not changed:
                raise DeniedError(400, "There is nothing to correct: give what was wrong.")
            ownership.correct(conn, station_id, changed, datetime.now(UTC))
            line = Line("corrected", f"Gewijzigd: {', '.join(changed)}.", f"Changed: {', '.join(changed)}.")
            receipt = self._given(conn, "correct", station_id, [line])
        return Done(HTTPStatus.OK, {"receipt": receipt.as_dict()})

    def _publish(self, request: Request, body: bytes) -> Done:
        """Keep whether the exact position is published."""
        with self._desk.connected() as conn:
            station_id = opened_by_owner(request, conn).station_id
            exact = parsed(body, PublicPositionBody).exact
            place = ownership.publish_exact(conn, self._desk.settings, station_id, datetime.now(UTC), published=exact)
            receipt = self._given(conn, "publish", station_id, [_EXACT if exact else _DISPLACED])
        return Done(HTTPStatus.OK, {"latitude": place[0], "longitude": place[1], "receipt": receipt.as_dict()})

    async def _export(self, request: Request) -> Response:
        """Give everything of a station as one archive, its receipt inside."""
        found: list[tuple[str, bytes]] = []

        def act(_body: bytes) -> Done:
            with self._desk.connected() as conn:
                station_id = opened_by_owner(request, conn).station_id
            found.append((station_id, takeout(self._desk, station_id)))
            return Done(HTTPStatus.OK)

        answer = await self._desk.answer(request, act)
        if not found:
            return answer
        name = {"Content-Disposition": f'attachment; filename="luchtbrug-{found[0][0]}.zip"'}
        return Response(found[0][1], HTTPStatus.OK, {**self._desk.headers, **name}, "application/zip")

    def _given(self, conn: psycopg.Connection, act: Act, station_id: str, done: list[Line]) -> Receipt:
        now = datetime.now(UTC)
        remains = [receipts.backups(self._desk.settings, now)]
        return receipts.give(conn, act, station_id, now=now, done=done, remains=remains)


_EXACT = Line(
    "public_position",
    "Iedereen ziet nu de precieze plaats. Wie haar ophaalt houdt haar, ook als u dit terugdraait.",
    "Everybody sees the exact position now. Who takes it away keeps it, also when you turn this back.",
)
_DISPLACED = Line(
    "public_position",
    "Iedereen ziet nu de verschoven plaats. Wat eerder bekend was blijft bij wie het ophaalde, en in momentopnamen.",
    "Everybody sees the displaced position now. What was known before stays with who took it away, and in snapshots.",
)
