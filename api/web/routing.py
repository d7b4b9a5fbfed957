"""What the routes of all pages share: the way to the database, and an answer while it is away."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import TypeVar

from fastapi import Request
from fastapi.responses import Response
from psycopg import Connection

from api.database import lend
from api.errors import TookTooLongError
from api.problems import RETRY_AFTER
from api.web.page import render
from storage.errors import DatabaseAwayError

Answer = TypeVar("Answer", bound=Response)
READ = ["GET", "HEAD"]  # link checkers and monitors ask with HEAD


def kept_up(page: Callable[..., Answer], *, template: str = "error.html") -> Callable[..., Answer | Response]:
    """Answer 503 in the reader's language while the database is away, or has more to do than it may."""

    @wraps(page)
    def guarded(request: Request, **parameters: object) -> Answer | Response:
        try:
            return page(request=request, **parameters)
        except (DatabaseAwayError, TookTooLongError):
            answer = render(request, template, status=503, error=503)
            answer.headers["Retry-After"] = str(RETRY_AFTER)
            return answer

    return guarded


def connection(request: Request) -> AbstractContextManager[Connection]:
    """Borrow a connection of the application's pool, as :func:`api.database.lend`."""
    return lend(request.app)
