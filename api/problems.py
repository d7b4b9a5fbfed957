"""Every error as a problem (RFC 9457): one table says which; an unknown one tells nothing of the inside."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import psycopg
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import (
    BadParameterError,
    BusyError,
    KeyNeededError,
    NotAcceptableError,
    NotFoundError,
    StoreAwayError,
    TookTooLongError,
)
from api.repeated import AGAIN
from storage.errors import DatabaseAwayError, SchemaMissingError, SchemaTooNewError

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = 10  # [s]; the pool tries to reconnect within this time

log = structlog.get_logger(__name__)

AWAY = (503, "Service Unavailable", "The database cannot be reached at the moment. Try again later.")
"""What a caller may know of a lost database; the reason stands in the log."""

TOO_LONG = (
    "This question took over 10 s and was ended. Ask for less at once: a shorter time, a smaller place, or one "
    "property; for much data there is /v1/exports/hours."
)

# error -> status, title and what to say (None: the error's own message). `type` is left out (about:blank), so the
# title is the status's own phrase, as RFC 9457 section 4.2.1 asks.
TABLE: Mapping[type[Exception], tuple[int, str, str | None]] = {
    BadParameterError: (400, "Bad Request", None),
    KeyNeededError: (401, "Unauthorized", None),
    NotFoundError: (404, "Not Found", None),
    NotAcceptableError: (406, "Not Acceptable", None),
    BusyError: (503, "Service Unavailable", None),
    TookTooLongError: (503, "Service Unavailable", TOO_LONG),
    StoreAwayError: (
        503,
        "Service Unavailable",
        "The published files cannot be reached at the moment. Try again later.",
    ),
    DatabaseAwayError: AWAY,
    SchemaMissingError: AWAY,
    SchemaTooNewError: AWAY,
    psycopg.OperationalError: AWAY,  # a connection lost between two requests, and an exhausted pool
}


class ProblemError(BaseModel):
    """One thing that is wrong with the request."""

    in_: str = Field(serialization_alias="in", description="Where it stands: query, path or header.")
    name: str = Field(description="The parameter.")
    detail: str = Field(description="What is wrong and what to do.")


class Problem(BaseModel):
    """What went wrong (RFC 9457, application/problem+json)."""

    status: int = Field(description="The HTTP status.")
    title: str = Field(description="The kind of problem.")
    detail: str = Field(description="What happened here, and what to do.")
    errors: list[ProblemError] = Field(default=[], description="All that is wrong with the request, at once.")


def problem(status: int, title: str, detail: str, errors: Iterable[ProblemError] = ()) -> Response:
    """Build the answer of a problem; `errors` is left out where there are none."""
    body = Problem(status=status, title=title, detail=detail, errors=list(errors))
    content = body.model_dump(by_alias=True, exclude_defaults=True)
    headers = {"Cache-Control": "no-store"}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_AFTER)
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"  # RFC 9110 section 15.5.2
    return JSONResponse(content, status, headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make an application answer every foreseen error with a problem."""
    for error in TABLE:
        app.add_exception_handler(error, _from_table)
    app.add_exception_handler(RequestValidationError, _from_validation)
    app.add_exception_handler(HTTPException, from_http)


class UnforeseenErrors:
    """ASGI middleware that turns what no handler knows into a bare 500, inside the middleware that sets headers.

    Starlette's own handler of `Exception` stands outside every middleware, so its answer would lack our headers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; after an error, answer unless the answer has begun already."""
        begun = False

        async def watch(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception:  # the service's outermost loop: the error goes to the log, not to the caller
            log.exception("request_failed", path=scope.get("path"))
            if begun:
                raise
            await _unforeseen()(scope, receive, send)


def _unforeseen() -> Response:
    return problem(500, "Internal Server Error", "Something went wrong on our side. It was logged.")


def _from_table(_request: Request, error: Exception) -> Response:
    kind = next(kind for kind in type(error).__mro__ if kind in TABLE)
    status, title, detail = TABLE[kind]
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("request_failed", error=kind.__name__)  # not its text: it may hold the address of the database
    errors = [_of_parameter(error)] if isinstance(error, BadParameterError) else []
    return problem(status, title, detail or str(error), errors)


def _of_parameter(error: BadParameterError) -> ProblemError:
    return ProblemError(in_="query", name=error.parameter, detail=str(error))


def from_http(request: Request, error: Exception) -> Response:
    """Tell of a path or a method that there is not."""
    assert isinstance(error, HTTPException)  # noqa: S101  # registered for this type only
    phrase = HTTPStatus(error.status_code).phrase
    detail = _DETAILS.get(error.status_code, phrase).format(document=_document(request))
    answer = problem(error.status_code, phrase, detail)
    answer.headers.update(error.headers or {})
    return answer


_DETAILS = {
    404: "There is nothing at this path. {document} lists all paths; none ends in a slash.",
    405: "This path is read only: use GET.",
}


def _document(request: Request) -> str:
    """Name the description of the surface that was asked."""
    return f"{request.scope.get('root_path') or '/v1'}/openapi.json"


def _from_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # registered for this type only
    found = error.errors()
    if any(_is_no_path(one) for one in found):
        return from_http(request, HTTPException(404))
    errors = [_of_field(one, _document(request)) for one in found]
    count = "1 parameter is" if len(errors) == 1 else f"{len(errors)} parameters are"
    return problem(400, "Bad Request", f"{count} wrong: see errors.", errors)


def _is_no_path(found: Mapping[str, Any]) -> bool:
    """Tell whether a part of the path is none of the few words that can stand there."""
    return bool(found["loc"][0] == "path" and found["type"] == "literal_error")


def _of_field(found: Mapping[str, Any], document: str) -> ProblemError:
    where, *names = [str(part) for part in found["loc"]]
    name = ".".join(names) or where
    detail = str(found["msg"]).removeprefix("Value error, ")
    if name.endswith(AGAIN):
        name = name.removesuffix(AGAIN)
        detail = (
            f"'{name}' is given more than once: give it once, and where it takes several values, commas between them."
        )
    elif found["type"] == "extra_forbidden":
        detail = f"There is no parameter '{name}' here. {document} lists the parameters of each path."
    return ProblemError(in_=where, name=name, detail=detail)
