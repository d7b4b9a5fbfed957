"""Forms that do what the API does: what a form says becomes the request that a program would have sent.

So the same checks, limits and refusals hold, whoever asks and whether or not a script runs. A token stands in the body
of a form and in the header of the request made of it: never in an address, never in a cookie. There is nothing that
another site could make a browser send along.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Message

from luchtbrug.owner.refusals import reasons

FORM_MAX = 8192
"""The largest form [bytes]."""

_FIELDS_MAX = 40
_LONGEST = 500  # [characters] of one field

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the API answered."""

    status: int
    body: Mapping[str, Any]

    @property
    def done(self) -> bool:
        """Tell whether it was carried out."""
        return self.status < 400

    @property
    def reasons(self) -> list[str]:
        """Name the pages' own words for what was refused."""
        return [] if self.done else reasons(str(self.body.get("detail", "")))


class Acts:
    """What the API's own routes do, by method and path, for who has a form in hand."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._endpoints = {(method, route.path): route.endpoint for route in routes for method in route.methods or ()}

    async def do(
        self, request: Request, method: str, path: str, *, token: str = "", body: Mapping[str, Any] | None = None,
        station_id: str = "",
    ) -> Reply:  # fmt: skip
        """Carry out one request in the name of the one that brought the form. KeyError for a path that is not there."""
        content = b"" if body is None else msgspec.json.encode(body)
        headers = [(b"host", request.headers.get("host", "").encode("latin-1")), (b"accept", b"application/json")]
        if token:
            headers.append((b"authorization", f"Bearer {token}".encode("latin-1", "replace")))
        scope = {
            **request.scope,
            "method": method,
            "headers": headers,
            "path_params": {"station_id": station_id},
        }

        async def receive() -> Message:
            return {"type": "http.request", "body": content, "more_body": False}

        answer = await self._endpoints[method, path](Request(scope, receive))
        found = msgspec.json.decode(answer.body) if answer.body else {}
        return Reply(answer.status_code, found)


async def fields_of(request: Request) -> Fields:
    """Read a small form; of one that is too large, or no form, nothing."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > FORM_MAX:
            return {}
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_FIELDS_MAX, errors="strict")
    except (UnicodeDecodeError, ValueError):
        return {}
    return {name: value.replace("\0", "").strip()[:_LONGEST] for name, value in pairs}  # no text of PostgreSQL has one


def texts(fields: Fields, **names: str) -> dict[str, Any]:
    """Take filled-in fields under the API's names."""
    return {to: fields[name] for to, name in names.items() if fields.get(name)}


def numbers(fields: Fields, **names: str) -> dict[str, Any]:
    """Take filled-in numbers under the API's names, with a point or a comma; what is no number is left to the API."""
    found: dict[str, Any] = {}
    for to, name in names.items():
        text = fields.get(name, "").replace(",", ".")
        if not text:
            continue
        try:
            found[to] = float(text)
        except ValueError:
            found[to] = text  # the API says what is wrong with it, by name
    return found
