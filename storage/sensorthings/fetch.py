"""Ask for entities: a page of them, one of them, one property, or how many there are. Each is one statement."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from psycopg.sql import SQL, Composable, Composed

from storage.sensorthings.documents import document, json_value, matching, rows, self_link, text
from storage.sensorthings.errors import TooExpensiveError, UnknownNameError, WrongTypeError
from storage.sensorthings.model import BY_NAME, ID, Entity, Property, entity_set
from storage.sensorthings.statement import Scope, Statement, joined, matches, relation
from storage.sensorthings.tree import Context, Query, Step
from storage.statements import sql

COUNT_MAX = 1_000_000
"""More entities than this are not counted: on ten million hours it would take seconds."""

COUNT_MS = 800
"""Nor is what takes longer, for the bound above does not help where hardly anything fulfils a condition."""

_UNCOUNTED = "leave $count out and follow @iot.nextLink, or ask for one Datastream or a shorter time."
_PAGE = SQL(
    """ SELECT array_to_string(a.texts[:{}], ','), cardinality(a.texts)
    FROM (SELECT ARRAY(SELECT {} FROM {}) AS texts OFFSET 0) AS a"""  # OFFSET 0: else it would be made twice
)


@dataclass(frozen=True, slots=True)
class Page:
    """Entities as JSON texts with commas between them, how many, whether more follow, and how many in all if asked."""

    documents: str
    number: int
    more: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """Entities as arrays of JSON text, each with the id of its Datastream."""

    arrays: list[tuple[int, str]]
    more: bool
    count: int | None = None


def walk(steps: Sequence[Step]) -> Entity:
    """Return the kind of entity that a path ends at; UnknownNameError where it leads nowhere."""
    entity = entity_set(steps[0].name)
    if entity is None:
        raise UnknownNameError(f"there is no entity set '{steps[0].name[:60]}'.")
    for step in steps[1:]:
        entity = BY_NAME[entity.need_navigation(step.name).target]
    return entity


def page(conn: psycopg.Connection[Any], steps: Sequence[Step], query: Query, context: Context) -> Page:
    """Fetch one page of the entities that a path leads to.

    Raises UnknownNameError, WrongTypeError and TooExpensiveError.
    """
    statement = Statement.begin(context)
    scope, within = _target(statement, steps)
    select = document(statement, scope, query), rows(statement, scope, query, within, more=1)
    return Page(*_page(conn, statement, select, query.top), _count_if_asked(conn, steps, query, context))


def references(conn: psycopg.Connection[Any], steps: Sequence[Step], query: Query, context: Context) -> Page:
    """Fetch one page of entities as their addresses only."""
    statement = Statement.begin(context)
    scope, within = _target(statement, steps)
    link = text(['{"@iot.selfLink":"', *self_link(scope), '"}'])
    select = link, rows(statement, scope, query, within, more=1)
    return Page(*_page(conn, statement, select, query.top), _count_if_asked(conn, steps, query, context))


def arrays(
    conn: psycopg.Connection[Any], steps: Sequence[Step], query: Query, components: Sequence[Property], context: Context
) -> Rows:
    """Fetch one page of Observations as arrays of some properties."""
    statement = Statement.begin(context)
    scope, within = _target(statement, steps)
    pieces: list[str | Composable] = []
    for found in components:
        pieces += [",", *json_value(scope, found)]
    parts = scope.column("datastream_id"), text(["[", *pieces[1:], "]"])
    select = SQL(" SELECT {}, {} FROM {}").format(*parts, rows(statement, scope, query, within, more=1))
    found_rows = [(int(row[0]), str(row[1])) for row in _run(conn, statement, select)]
    return Rows(found_rows[: query.top], len(found_rows) > query.top, _count_if_asked(conn, steps, query, context))


def one(conn: psycopg.Connection[Any], steps: Sequence[Step], query: Query, context: Context) -> str | None:
    """Fetch the one entity that a path leads to; None where it leads to nothing."""
    return page(conn, steps, replace(query, top=1), context).documents or None


def property_text(
    conn: psycopg.Connection[Any], steps: Sequence[Step], found: Property, context: Context
) -> str | None:
    """Fetch one property of one entity as JSON text; None where there is no such entity."""
    statement = Statement.begin(context)
    scope, within = _target(statement, steps)
    select = SQL(" SELECT {} FROM {} WHERE {}").format(text(json_value(scope, found)), relation(scope), within)
    fetched = _run(conn, statement, select)
    return fetched[0][0] if fetched else None


def exists(conn: psycopg.Connection[Any], steps: Sequence[Step], context: Context) -> bool:
    """Tell whether a path that ends at one entity leads to something."""
    return property_text(conn, steps, ID, context) is not None


def count(
    conn: psycopg.Connection[Any], steps: Sequence[Step], query: Query, context: Context, *, most: int = COUNT_MAX
) -> int:
    """Count entities; TooExpensiveError above `most`, and after COUNT_MS."""
    statement = Statement.begin(context)
    scope, within = _target(statement, steps)
    limit = statement.bind(most + 1)
    select = SQL(" SELECT count(*) FROM (SELECT {} LIMIT {}) AS c")
    whole = select.format(matching(statement, scope, query, within), limit)
    conn.execute(f"SET LOCAL statement_timeout = {COUNT_MS}")  # counting is the last that is asked in a transaction
    try:
        found = int(_run(conn, statement, whole)[0][0])
    except TooExpensiveError as error:
        raise TooExpensiveError(f"counting takes over {COUNT_MS} ms: {_UNCOUNTED}") from error
    if found > most:
        raise TooExpensiveError(f"there are more than {most}, which are not counted: {_UNCOUNTED}")
    return found


def _count_if_asked(conn: psycopg.Connection[Any], steps: Sequence[Step], query: Query, context: Context) -> int | None:
    return count(conn, steps, query, context) if query.count else None


def _page(
    conn: psycopg.Connection[Any], statement: Statement, select: tuple[Composable, Composable], top: int
) -> tuple[str, int, bool]:
    """Fetch the texts of up to `top` rows as one, their number, and whether there are more."""
    ((documents, found),) = _run(conn, statement, _PAGE.format(statement.bind(top), *select))
    return documents, min(found, top), found > top


def _target(statement: Statement, steps: Sequence[Step]) -> tuple[Scope, Composable]:
    """Give the entities at the end of a path, and the condition that the path puts on them."""
    scope = statement.scope(walk(steps))
    return scope, _within(statement, scope, steps)


def _within(statement: Statement, scope: Scope, steps: Sequence[Step]) -> Composable:
    conditions: list[Composable] = []
    if steps[-1].id is not None:
        conditions.append(matches(statement, scope, steps[-1].id))
    if len(steps) > 1:
        before = statement.scope(walk(steps[:-1]))
        navigation = before.entity.need_navigation(steps[-1].name)
        inner = joined(before, scope, navigation.columns), _within(statement, before, steps[:-1])
        conditions.append(SQL("EXISTS (SELECT FROM {} WHERE {} AND {})").format(relation(before), *inner))
    return SQL(" AND ").join(conditions) if conditions else SQL("true")


def _run(conn: psycopg.Connection[Any], statement: Statement, select: Composable) -> list[tuple[Any, ...]]:
    """Run a statement; what the question made it stumble over comes as an error of ours."""
    query = Composed([SQL(sql("sta_common")), select])
    try:
        return conn.execute(query, statement.parameters, prepare=False).fetchall()
    except psycopg.errors.QueryCanceled as error:
        raise TooExpensiveError("this takes too long: ask for one Datastream, or for a shorter time.") from error
    except psycopg.DataError as error:
        raise WrongTypeError("a value is too large, or a number was divided by zero.") from error
