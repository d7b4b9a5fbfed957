"""The functions of $filter: what each takes, what it gives, and its SQL."""

from collections.abc import Mapping
from dataclasses import dataclass

from psycopg.sql import SQL

from storage.sensorthings.model import Kind


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the standard; `{0}` in its SQL is the first argument."""

    takes: tuple[Kind, ...]
    gives: Kind
    sql: SQL


def _text(sql: SQL, gives: Kind, count: int = 2) -> Function:
    return Function((Kind.TEXT,) * count, gives, sql)


def _part(sql: SQL) -> Function:
    return Function((Kind.TIME,), Kind.NUMBER, sql)


def _number(sql: SQL) -> Function:
    return Function((Kind.NUMBER,), Kind.NUMBER, sql)


_WITHIN = Function((Kind.POINT, Kind.AREA), Kind.BOOLEAN, SQL("({1} @> {0})"))

FUNCTIONS: Mapping[str, Function] = {
    "contains": _text(SQL("(position({1} IN {0}) > 0)"), Kind.BOOLEAN),
    "substringof": _text(SQL("(position({0} IN {1}) > 0)"), Kind.BOOLEAN),
    "startswith": _text(SQL("starts_with({0}, {1})"), Kind.BOOLEAN),
    "endswith": _text(SQL("(right({0}, length({1})) = {1})"), Kind.BOOLEAN),
    "length": _text(SQL("length({0})"), Kind.NUMBER, 1),
    "indexof": _text(SQL("(position({1} IN {0}) - 1)"), Kind.NUMBER),
    "substring": Function((Kind.TEXT, Kind.NUMBER), Kind.TEXT, SQL("substr({0}, {1}::int + 1)")),
    "tolower": _text(SQL("lower({0})"), Kind.TEXT, 1),
    "toupper": _text(SQL("upper({0})"), Kind.TEXT, 1),
    "trim": _text(SQL("btrim({0})"), Kind.TEXT, 1),
    "concat": _text(SQL("({0} || {1})"), Kind.TEXT),
    "year": _part(SQL("extract(year FROM {0})")),
    "month": _part(SQL("extract(month FROM {0})")),
    "day": _part(SQL("extract(day FROM {0})")),
    "hour": _part(SQL("extract(hour FROM {0})")),
    "minute": _part(SQL("extract(minute FROM {0})")),
    "second": _part(SQL("floor(extract(second FROM {0}))")),
    "date": Function((Kind.TIME,), Kind.DATE, SQL("({0})::date")),
    "now": Function((), Kind.TIME, SQL("%(now)s::timestamptz")),
    "mindatetime": Function((), Kind.TIME, SQL("'-infinity'::timestamptz")),
    "maxdatetime": Function((), Kind.TIME, SQL("'infinity'::timestamptz")),
    "round": _number(SQL("round(({0})::numeric)")),
    "floor": _number(SQL("floor({0})")),
    "ceiling": _number(SQL("ceil({0})")),
    "geo.distance": Function((Kind.POINT, Kind.POINT), Kind.NUMBER, SQL("({0} <-> {1})")),  # [degrees], as PostGIS
    "geo.intersects": _WITHIN,
    "st_within": _WITHIN,
}
