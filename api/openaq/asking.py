"""What every path does: ask storage for one page or one thing, and tell what is absent from what is empty."""

from collections.abc import Mapping
from typing import Annotated, Any

import fastapi
from fastapi import Path, Request, Response
from psycopg import Connection
from pydantic import BaseModel, ConfigDict

from api.cursors import KEY_MAX
from api.errors import NotFoundError
from api.openaq import answers
from api.openaq.parameters import PageQuery
from storage import openaq
from storage.openaq import Question, Slice

FIRST = PageQuery(limit=1)


class _Nothing(BaseModel):
    """No parameters at all."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Key = Annotated[int, Path(ge=1, le=KEY_MAX)]
NoQuery = Annotated[_Nothing, fastapi.Query()]


def page(
    request: Request, conn: Connection[Any], question: Question, wanted: Mapping[str, Any], query: PageQuery
) -> Response:
    """Answer with one page."""
    documents, more = openaq.documents(conn, question, wanted, query.slice)
    return answers.listed(request, documents, query, more=more)


def one(request: Request, conn: Connection[Any], question: Question, wanted: Mapping[str, Any], key: int) -> Response:
    """Answer with one thing, as a list of one; NotFoundError where it is absent."""
    documents, _ = openaq.documents(conn, question, wanted, Slice(1))
    if not documents:
        raise NotFoundError(question.removesuffix("s"), key, f"/openaq/v3/{_LISTED.get(question, question)}")
    return answers.listed(request, documents, FIRST)


def need_location(conn: Connection[Any], key: int) -> None:
    """Raise NotFoundError where there is no such station."""
    if not openaq.knows(conn, "station", key):
        raise NotFoundError("location", key, "/openaq/v3/locations")


def need_sensor(conn: Connection[Any], key: int) -> None:
    """Raise NotFoundError where there is no such series."""
    if not openaq.knows(conn, "series", key):
        raise NotFoundError("sensor", key, "/openaq/v3/locations")


_LISTED = {"sensors": "locations"}  # sensors are listed with their locations only
