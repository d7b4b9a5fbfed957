"""Query options, of an address and of what stands in parentheses after an expanded navigation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from api.sta.errors import SyntaxOfQueryError
from api.sta.expressions import parse_filter, parse_orderby
from storage.sensorthings.model import BY_NAME, Entity
from storage.sensorthings.tree import Expand, Query

TOP_DEFAULT = 100
TOP_MAX = 10_000
SKIP_MAX = 10_000_000
EXPAND_DEPTH_MAX = 5
EXPANDS_MAX = 20
ENTITIES_MAX = 2_000_000
"""Entities that one answer may come to hold, if every expanded page were full."""

_COLLECTION = frozenset({"$filter", "$count", "$orderby", "$skip", "$top", "$expand", "$select", "$resultformat"})
_SINGLE = frozenset({"$expand", "$select"})
_EXPANDED = _COLLECTION - {"$resultformat"}


@dataclass(frozen=True, slots=True)
class Options:
    """The options of an address: the question, and whether Observations come as arrays."""

    query: Query
    data_array: bool = False


def parse_options(pairs: Sequence[tuple[str, str]], entity: Entity, *, single: bool) -> Options:
    """Read the options of an address. SyntaxOfQueryError for unknown, repeated, wrong or too expensive ones."""
    options = _checked(pairs, _SINGLE if single else _COLLECTION)
    query = _query(options, pairs, entity, depth=0)
    _refuse_too_many(replace(query, top=1) if single else query, entity)
    return Options(query, _is_data_array(options.get("$resultformat"), entity))


def split(text: str, separator: str) -> Iterator[str]:
    """Cut at a separator, but not inside of parentheses or quotes."""
    depth, quoted, begin = 0, False, 0
    for at, sign in enumerate(text):
        if sign == "'":
            quoted = not quoted
        elif not quoted:
            depth += (sign == "(") - (sign == ")")
            if sign == separator and depth == 0:
                yield text[begin:at]
                begin = at + 1
    yield text[begin:]


def _checked(pairs: Sequence[tuple[str, str]], known: frozenset[str]) -> dict[str, str]:
    options: dict[str, str] = {}
    for name, value in pairs:
        key = name.strip().lower()
        if key not in known:
            offered = ", ".join(sorted(known))
            raise SyntaxOfQueryError(f"'{name[:40]}' is no query option here: {offered}.")
        if key in options:
            raise SyntaxOfQueryError(f"{key} stands there twice.")
        if "\x00" in value:
            raise SyntaxOfQueryError(f"{key} holds a sign that no text has.")
        options[key] = value
    return options


def _query(options: dict[str, str], pairs: Sequence[tuple[str, str]], entity: Entity, *, depth: int) -> Query:
    return Query(
        filter=parse_filter(options["$filter"]) if "$filter" in options else None,
        expand=_expands(options["$expand"], entity, depth) if "$expand" in options else (),
        select=_names(options["$select"]) if "$select" in options else None,
        orderby=parse_orderby(options["$orderby"]) if "$orderby" in options else (),
        top=min(_number("$top", options.get("$top", str(TOP_DEFAULT))), TOP_MAX),
        skip=_skip(options.get("$skip", "0")),
        count=_flag("$count", options.get("$count", "false")),
        raw=tuple(pairs),
    )


def _names(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    if not all(names):
        raise SyntaxOfQueryError("$select takes names with commas between them.")
    return names


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise SyntaxOfQueryError(f"{name} takes a whole number from 0, not '{text[:40]}'.")
    return int(text)


def _skip(text: str) -> int:
    number = _number("$skip", text)
    if number > SKIP_MAX:
        raise SyntaxOfQueryError(f"$skip goes to {SKIP_MAX}: filter by time instead.")
    return number


def _flag(name: str, text: str) -> bool:
    if text not in ("true", "false"):
        raise SyntaxOfQueryError(f"{name} is true or false, not '{text[:40]}'.")
    return text == "true"


def _is_data_array(text: str | None, entity: Entity) -> bool:
    if text is None:
        return False
    if text != "dataArray" or entity.name != "Observation":
        raise SyntaxOfQueryError("$resultFormat is dataArray, of Observations only.")
    return True


def _expands(text: str, entity: Entity, depth: int) -> tuple[Expand, ...]:
    """Read $expand; `Datastreams/Sensor` is short for `Datastreams($expand=Sensor)`."""
    if depth == EXPAND_DEPTH_MAX:
        raise SyntaxOfQueryError(f"$expand goes {EXPAND_DEPTH_MAX} levels deep.")
    pieces = list(split(text, ","))
    if len(pieces) > EXPANDS_MAX:
        raise SyntaxOfQueryError(f"$expand takes at most {EXPANDS_MAX} navigations.")
    merged: dict[str, Expand] = {}
    for piece in pieces:
        found = _expand(piece.strip(), entity, depth)
        known = merged.get(found.navigation)
        merged[found.navigation] = found if known is None else _merged(known, found)
    return tuple(merged.values())


def _expand(piece: str, entity: Entity, depth: int) -> Expand:
    path, bracket, inside = piece.partition("(")
    first, slash, rest = path.strip().partition("/")
    navigation = entity.need_navigation(first)
    target = BY_NAME[navigation.target]
    if slash:
        pairs = [("$expand", rest + bracket + inside)]
    elif bracket:
        pairs = [_pair(option) for option in split(_closed(inside), ";") if option.strip()]
    else:
        pairs = []
    options = _checked(pairs, _EXPANDED)
    return Expand(navigation.name, _query(options, pairs, target, depth=depth + 1))


def _merged(known: Expand, more: Expand) -> Expand:
    """Put `Datastreams/Sensor,Datastreams/Thing` together."""
    navigations = {inner.navigation for inner in known.query.expand}
    fresh = tuple(inner for inner in more.query.expand if inner.navigation not in navigations)
    return Expand(known.navigation, replace(known.query, expand=known.query.expand + fresh))


def _closed(inside: str) -> str:
    if not inside.endswith(")"):
        raise SyntaxOfQueryError("a ')' is missing in $expand.")
    return inside[:-1]


def _pair(option: str) -> tuple[str, str]:
    name, equals, value = option.strip().partition("=")
    if not equals:
        raise SyntaxOfQueryError(f"'{option[:40]}' in $expand is no option: write $name=value.")
    return name.strip(), value


def _refuse_too_many(query: Query, entity: Entity) -> None:
    most = _most(query, entity)
    if most > ENTITIES_MAX:
        raise SyntaxOfQueryError(
            f"this could come to {most} entities, and {ENTITIES_MAX} are the limit: lower $top, here or in $expand."
        )


def _most(query: Query, entity: Entity) -> int:
    """Count the entities of an answer whose pages are all full."""
    inner = 0
    for expand in query.expand:
        navigation = entity.need_navigation(expand.navigation)
        most = _most(expand.query, BY_NAME[navigation.target])
        inner += most if navigation.many else most // max(expand.query.top, 1)
    return query.top * (1 + inner)
