"""What the routes of all pages share: the way to the database, and an answer while it is away."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import TypeVar

from fastapi import Request
from fastapi.responses import Response
from psycopg import Connection

from api.problems import RETRY_AFTER
from api.web.page import render
from storage.connection import borrow
from storage.errors import DatabaseAwayError

Answer = TypeVar("Answer", bound=Response)
READ = ["GET", "HEAD"]  # link checkers and monitors ask with HEAD


def kept_up(page: Callable[..., Answer]) -> Callable[..., Answer | Response]:
    """Answer 503 in the reader's language while the database is away."""

    @wraps(page)
    def guarded(request: Request, **parameters: object) -> Answer | Response:
        try:
            return page(request=request, **parameters)
        except DatabaseAwayError:
            answer = render(request, "error.html", status=503, error=503)
            answer.headers["Retry-After"] = str(RETRY_AFTER)
            return answer

    return guarded


def connection(request: Request) -> AbstractContextManager[Connection]:
    """Borrow a connection of the application's pool; DatabaseAwayError where there is none in time."""
    return borrow(request.app.state.pool, timeout_s=request.app.state.settings.pool_timeout)
