"""How an owner is told of trouble: an address that it confirmed, a webhook. Neither is needed to take part.

Addresses stand in the restricted schema, apart from everything else, and go with their owner.
"""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any

import msgspec
import psycopg
from starlette.requests import Request
from starlette.routing import Route

import storage.alerts
import storage.contacts
import storage.owners
from luchtbrug import mail
from luchtbrug.credentials import SHORT_CODE_LENGTH, hash_code, new_code
from luchtbrug.owner.desk import DeniedError, Desk, Done, opened_by_owner, opened_by_station, parsed
from luchtbrug.owner.webhook import UrlRefusedError, check_url
from luchtbrug.sealing import Seal
from storage.contacts import Contact, Language

CODE_FOR = timedelta(days=1)
"""How long an address waits for its code."""

_CONFIRM = {
    "en": (
        "luchtbrug: your code",
        "Your code is {code}.\n\nEnter it where you left this address, and we write to you when your station "
        "{station_id} needs you. Was it not you? Then do nothing: the address is deleted after a day.\n",
    ),
    "nl": (
        "luchtbrug: uw code",
        "Uw code is {code}.\n\nVul hem in waar u dit adres opgaf. Dan schrijven wij u als uw station {station_id} u "
        "nodig heeft. Was u het niet? Doe dan niets: het adres wordt na een dag gewist.\n",
    ),
}


_ADDRESS = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,189}\Z"
"""One address and nothing more: a comma would make two of it, and `$` would let a line break pass behind it."""


class AddressBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Where to write to, and in which language."""

    email: Annotated[str, msgspec.Meta(max_length=254, pattern=_ADDRESS)]
    language: Language = "nl"


class CodeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The code that was sent to the address."""

    code: Annotated[str, msgspec.Meta(min_length=SHORT_CODE_LENGTH, max_length=20)]


class WebhookBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where to post alerts."""

    url: Annotated[str, msgspec.Meta(max_length=500, pattern=r"^[!-~]+\Z")]


class Contacts:
    """The paths."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._seal = Seal.of(desk.settings)

    def routes(self) -> list[Route]:
        """Give the routes; an owner is found by any of its stations."""
        contact = "/v1/stations/{station_id}/contact"
        route = self._desk.route
        return [
            route("/v1/stations/{station_id}/alerts", "GET", self._alerts),
            route(contact, "GET", self._show),
            route(f"{contact}/email", "PUT", self._ask_address),
            route(f"{contact}/email", "DELETE", self._forget_address),
            route(f"{contact}/email/confirmation", "POST", self._confirm_address),
            route(f"{contact}/webhook", "PUT", self._set_webhook),
            route(f"{contact}/webhook", "DELETE", self._forget_webhook),
        ]

    def _show(self, request: Request, _body: bytes) -> Done:
        with self._desk.connected() as conn:
            found = storage.contacts.contact_of(conn, _owner(request, conn))
        told: dict[str, Any] = {} if found is None else msgspec.to_builtins(opened(found, self._seal))
        return Done(HTTPStatus.OK, told)

    def _alerts(self, request: Request, _body: bytes) -> Done:
        """List what the owner was or is to be told, the newest first."""
        with self._desk.connected() as conn:
            found = storage.alerts.alerts_of(conn, opened_by_station(request, conn).station_id)
        return Done(HTTPStatus.OK, {"items": [msgspec.to_builtins(alert) for alert in found]})

    def _ask_address(self, request: Request, body: bytes) -> Done:
        """Send a code to an address; only who can read it there confirms it."""
        self._desk.count_scarce(request)
        now, code = datetime.now(UTC), new_code(SHORT_CODE_LENGTH)
        with self._desk.connected() as conn:
            owner_key = _owner(request, conn)
            asked = parsed(body, AddressBody)
            storage.contacts.ask_address(
                conn,
                owner_key,
                self._seal.seal(asked.email),
                language=asked.language,
                code_hash=hash_code(code),
                expires_at=now + CODE_FOR,
            )
            subject, text = _CONFIRM[asked.language]
            self._send(asked.email, subject, text.format(code=code, station_id=request.path_params["station_id"]))
        return Done(HTTPStatus.ACCEPTED, {"expiresAt": now + CODE_FOR})

    def _send(self, to: str, subject: str, text: str) -> None:
        try:
            mail.send(self._desk.settings, to, subject, text)
        except mail.MailUnsetError as error:
            raise DeniedError(409, "This platform sends no mail: use MQTT or a webhook.") from error
        except mail.MailRefusedError as error:
            raise DeniedError(400, "The mail server does not take this address.") from error

    def _confirm_address(self, request: Request, body: bytes) -> Done:
        self._desk.count_scarce(request)
        with self._desk.connected() as conn:
            owner_key = _owner(request, conn)
            code = parsed(body, CodeBody).code
            fits = storage.contacts.confirm_address(conn, owner_key, hash_code(code), datetime.now(UTC))
        if not fits:  # after the commit: the attempt counts
            raise DeniedError(400, "This is not the code, or it is over: let a new one be sent.")
        return Done(HTTPStatus.NO_CONTENT)

    def _forget_address(self, request: Request, _body: bytes) -> Done:
        with self._desk.connected() as conn:
            storage.contacts.forget_address(conn, _owner(request, conn))
        return Done(HTTPStatus.NO_CONTENT)

    def _set_webhook(self, request: Request, body: bytes) -> Done:
        with self._desk.connected() as conn:
            owner_key = _owner(request, conn)
            url = parsed(body, WebhookBody).url
            try:
                check_url(url, private=self._desk.settings.webhook_private)
            except UrlRefusedError as error:
                raise DeniedError(400, f"The url cannot be used: {error}.") from error
            storage.contacts.set_webhook(conn, owner_key, self._seal.seal(url))
        return Done(HTTPStatus.NO_CONTENT)

    def _forget_webhook(self, request: Request, _body: bytes) -> Done:
        with self._desk.connected() as conn:
            storage.contacts.forget_webhook(conn, _owner(request, conn))
        return Done(HTTPStatus.NO_CONTENT)


def opened(found: Contact, seal: Seal) -> Contact:
    """Give a contact as its owner wrote it. Raises SealError."""
    email, webhook, unconfirmed = (
        None if one is None else seal.unseal(one) for one in (found.email, found.webhook, found.unconfirmed)
    )
    return Contact(email, found.language, webhook, unconfirmed)


def _owner(request: Request, conn: psycopg.Connection) -> int:
    """Give the owner of the station of the path; a station of an older release gets one with its first contact."""
    station = opened_by_owner(request, conn)
    if station.owner_key is not None:
        return station.owner_key
    owner_key = storage.owners.add_owner(conn)
    storage.owners.give_station(conn, station.station_id, owner_key)
    return owner_key
