"""Entities as JSON text, made by PostgreSQL: properties, links, and expanded entities inside of them."""

import json
from collections.abc import Iterable
from urllib.parse import quote

from psycopg.sql import SQL, Composable, Identifier, Literal

from storage.sensorthings.errors import UnknownNameError
from storage.sensorthings.expressions import condition, sort_key
from storage.sensorthings.model import BY_NAME, ID, Entity, Kind, Navigation, Property
from storage.sensorthings.statement import Scope, Statement, joined, relation
from storage.sensorthings.tree import Expand, Query

Piece = str | Composable
Member = Property | Navigation | str
_SELF = "@iot.selfLink"
ROOT = SQL("%(root)s::text")
_CLOCK = SQL("""to_char({}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')""")  # sessions are in UTC


def text(pieces: Iterable[Piece]) -> Composable:
    """Join fixed text and SQL into one text expression."""
    merged: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str) and merged and isinstance(merged[-1], str):
            merged[-1] += piece
        else:
            merged.append(piece)
    parts = [Literal(piece) if isinstance(piece, str) else piece for piece in merged]
    return SQL("({})").format(SQL(" || ").join(parts))


def document(statement: Statement, scope: Scope, query: Query) -> Composable:
    """Write an entity as the text of a JSON object, with what $select names and $expand brings along."""
    selected = _selected(scope.entity, query)
    pieces: list[Piece] = []
    for name in selected:
        pieces += [",", *_member(scope, name)]
    for expand in query.expand:
        pieces += [",", *_expanded(statement, scope, expand)]
    return text(["{", *pieces[1:], "}"])


def self_link(scope: Scope) -> list[Piece]:
    """Write the address of an entity, without quotes."""
    return [ROOT, f"/{scope.entity.plural}(", _plain(scope.column("id")), ")"]


def json_value(scope: Scope, found: Property) -> list[Piece]:
    """Write a property as JSON."""
    if found.kind is Kind.OBJECT:
        return _object(scope, found)
    if found.kind is Kind.POINT:
        longitude, latitude = _plain(scope.column("longitude")), _plain(scope.column("latitude"))
        return ['{"type":"Point","coordinates":[', longitude, ",", latitude, "]}"]
    if found.kind is Kind.PERIOD:
        begin, end = (_CLOCK.format(scope.column(f"{found.column}_{side}")) for side in ("begin", "end"))
        return [SQL("""coalesce('"' || {} || '/' || {} || '"', 'null')""").format(begin, end)]
    if found.kind is Kind.TIME:
        return [SQL("""coalesce('"' || {} || '"', 'null')""").format(_CLOCK.format(scope.column(found.column)))]
    if found.kind is Kind.NUMBER:  # which PostgreSQL writes as JSON does; to_json takes three times as long
        return [SQL("coalesce({}::text, 'null')").format(scope.column(found.column))]
    return [SQL("coalesce(to_json({})::text, 'null')").format(scope.column(found.column))]


def components(entity: Entity, query: Query) -> tuple[Property, ...]:
    """List what the arrays of Observations hold: what $select names, else id, times and result."""
    names = query.select or ("id", "phenomenonTime", "resultTime", "result")
    found = [_named(entity, name) for name in names]
    wrong = [own for own in found if not isinstance(own, Property)]
    if wrong:
        raise UnknownNameError("arrays hold properties only: no links.")
    return tuple(own for own in found if isinstance(own, Property))


def rows(statement: Statement, scope: Scope, query: Query, within: Composable, *, more: int) -> Composable:
    """Write the entities of one page as a relation under the same alias, in their order, and up to `more` beyond it."""
    wanted = [within] if query.filter is None else [within, condition(statement, scope, query.filter)]
    return SQL("(SELECT * FROM {} WHERE {} ORDER BY {} LIMIT {} OFFSET {}) AS {}").format(
        relation(scope),
        SQL(" AND ").join(wanted),
        _order(statement, scope, query),
        statement.bind(query.top + more),
        statement.bind(query.skip),
        Identifier(scope.alias),
    )


def matching(statement: Statement, scope: Scope, query: Query, within: Composable) -> Composable:
    """Write FROM and WHERE of all entities that a question is about, for counting."""
    wanted = [within] if query.filter is None else [within, condition(statement, scope, query.filter)]
    return SQL("FROM {} WHERE {}").format(relation(scope), SQL(" AND ").join(wanted))


def link_options(query: Query, skip: int) -> str:
    """Write the options of the link to the next page: those that were given, with another $skip."""
    options = [(name, value) for name, value in query.raw if name.lower() != "$skip"]
    return "&".join(f"{name}={quote(value, safe='$(),/:;@=')}" for name, value in [*options, ("$skip", str(skip))])


def _plain(column: Composable) -> Composable:
    return SQL("{}::text").format(column)


def _order(statement: Statement, scope: Scope, query: Query) -> Composable:
    keys = [
        SQL("{} {}").format(sort_key(statement, scope, key.expression), _direction(descending=key.descending))
        for key in query.orderby
    ]
    keys += [
        SQL("{} {}").format(scope.column(column), _direction(descending=descending))
        for column, descending in scope.entity.order
    ]
    return SQL(", ").join(keys)


def _direction(*, descending: bool) -> SQL:
    return SQL("DESC") if descending else SQL("ASC")


def _selected(entity: Entity, query: Query) -> list[Member]:
    """List what goes into a document; control information goes with everything, or when it is named."""
    expanded = {expand.navigation for expand in query.expand}
    everything: tuple[Member, ...] = (ID, _SELF, *entity.properties, *entity.navigations)
    found = everything
    if query.select is not None:
        found = tuple(_named(entity, name) for name in query.select)
    return [own for own in found if isinstance(own, str) or own.name not in expanded]


def _named(entity: Entity, name: str) -> Member:
    if name.lower() == "@iot.selflink":
        return _SELF
    found = entity.property(name) or entity.navigation(name)
    if found is None:
        parts: tuple[Property | Navigation, ...] = (*entity.properties, *entity.navigations)
        names = ", ".join(own.name for own in parts)
        raise UnknownNameError(f"a {entity.name} has id, {names}, not '{name[:60]}'.")
    return found


def _member(scope: Scope, found: Member) -> list[Piece]:
    if isinstance(found, str):
        return [f'"{_SELF}":"', *self_link(scope), '"']
    if isinstance(found, Navigation):
        return [f'"{found.name}@iot.navigationLink":"', *self_link(scope), f'/{found.name}"']
    return [f'"{found.name}":', *json_value(scope, found)]


def _object(scope: Scope, found: Property) -> list[Piece]:
    pieces: list[Piece] = []
    for key in found.keys:
        pieces += [",", f'"{key.name}":', *json_value(scope, key)]
    return ["{", *pieces[1:], "}"]


def _expanded(statement: Statement, scope: Scope, expand: Expand) -> list[Piece]:
    navigation = scope.entity.need_navigation(expand.navigation)
    other = statement.scope(BY_NAME[navigation.target])
    within = joined(scope, other, navigation.columns)
    if not navigation.many:
        found = rows(statement, other, Query(top=1), within, more=0)
        one = SQL("coalesce((SELECT {} FROM {}), 'null')").format(document(statement, other, expand.query), found)
        return [f'"{navigation.name}":', one]
    return [_many(statement, scope, other, navigation, expand.query, within)]


def _many(
    statement: Statement, scope: Scope, other: Scope, navigation: Navigation, query: Query, within: Composable
) -> Composable:
    """Write an array of related entities, the link to more of them, and their number where asked."""
    name = navigation.name
    options = statement.bind(json.dumps(link_options(query, query.skip + query.top))[1:-1])
    link = text([f',"{name}@iot.nextLink":"', *self_link(scope), f"/{name}?", options, '"'])
    number = statement.scope(other.entity)
    total: Composable = SQL("''")
    if query.count:
        counted = matching(statement, number, query, joined(scope, number, navigation.columns))
        total = text([f',"{name}@iot.count":', SQL("(SELECT count(*)::text {})").format(counted)])
    top = statement.bind(query.top)
    return SQL(
        """(SELECT {} || coalesce(string_agg(d.doc, ',' ORDER BY d.n) FILTER (WHERE d.n <= {}), '') || ']'
        || CASE WHEN count(*) > {} THEN {} ELSE '' END || {}
        FROM (SELECT {} AS doc, row_number() OVER () AS n FROM {}) AS d)"""
    ).format(
        Literal(f'"{name}":['),
        top,
        top,
        link,
        total,
        document(statement, other, query),
        rows(statement, other, query, within, more=1),
    )
