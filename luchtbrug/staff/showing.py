"""How a page of staff is answered: kept by nobody, with what every such page needs."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from api.web.page import render

NO_STORE: Mapping[str, str] = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
"""With `no-referrer`, as on the other pages, browsers send forms with `Origin: null` (Fetch, section 3.2)."""


def private(request: Request, template: str, status: int = 200, **context: object) -> Response:
    """Answer with a page that nobody keeps, and whose length says nothing of the secrets in it."""
    headers = [pair for pair in request.scope["headers"] if pair[0] != b"accept-encoding"]
    answer = render(Request({**request.scope, "headers": headers}), template, status=status, **context)
    answer.headers.update(NO_STORE)
    return answer


def no_entry(request: Request, status: int) -> Response:
    """Say that this is not allowed, or is not there."""
    return private(request, "error.html", status, error=status)
