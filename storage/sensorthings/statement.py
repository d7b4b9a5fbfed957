"""What statements are made of: relations, aliases and bound constants. What users write is only ever a parameter."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from itertools import count

from psycopg.sql import SQL, Composable, Composed, Identifier, Literal, Placeholder

from storage.sensorthings.model import Entity
from storage.sensorthings.tree import Context, Geometry
from storage.statements import sql

Constant = str | int | float | bool | date | datetime | Geometry | None

_INT8 = 1 << 63

NEAREST_OF: Mapping[str, str] = {"pm10": "pm10", "pm2_5": "pm25", "no2": "no2", "nh3": "nh3"}
"""Observed property → Samen Meten's word in the name of a code."""

NEAREST_KINDS: Mapping[str, str] = {"close": "", "regio": "^(rural|regional)", "stad": "^(urban|municipal)"}
"""Kind of place, as in `pm25regiocode` → what its site types begin with: any, in the country, in a town."""


@dataclass(frozen=True, slots=True)
class Scope:
    """An entity under its alias: what the names of an expression mean."""

    entity: Entity
    alias: str

    def column(self, name: str) -> Composable:
        """Name a column of the entity's relation."""
        return Identifier(self.alias, name)


@dataclass(frozen=True, slots=True)
class Statement:
    """Collects the parameters and aliases of one statement."""

    parameters: dict[str, object]
    numbers: "count[int]" = field(default_factory=count)

    @classmethod
    def begin(cls, context: Context) -> "Statement":
        """Start a statement with what every one may use."""
        return cls({**context.parameters(), "now": context.now})

    def scope(self, entity: Entity) -> Scope:
        """Give an entity a fresh alias."""
        return Scope(entity, f"t{next(self.numbers)}")

    def bind(self, value: Constant) -> Composable:
        """Make a constant a parameter of its own type."""
        if isinstance(value, Geometry):
            return self._bind_geometry(value)
        return self._bind_as(value, _sql_type(value))

    def _bind_as(self, value: object, cast: SQL) -> Composable:
        name = f"p{next(self.numbers)}"
        self.parameters[name] = value
        return Composed([Placeholder(name), cast])

    def _bind_geometry(self, value: Geometry) -> Composable:
        if value.kind == "POINT":
            longitude, latitude = value.points[0]
            return SQL("point({}, {})").format(self.bind(float(longitude)), self.bind(float(latitude)))
        ring = ",".join(f"({x!r},{y!r})" for x, y in value.points)
        return self._bind_as(f"({ring})", SQL("::polygon"))


def _sql_type(value: Constant) -> SQL:
    if isinstance(value, int) and not isinstance(value, bool):
        return SQL("::int8") if -_INT8 <= value < _INT8 else SQL("::numeric")
    return _TYPES[type(value)]


_TYPES: Mapping[type, SQL] = {
    bool: SQL("::boolean"),
    float: SQL("::float8"),
    str: SQL("::text"),
    datetime: SQL("::timestamptz"),
    date: SQL("::date"),
    type(None): SQL("::text"),
}


def relation(scope: Scope) -> Composable:
    """Write an entity's relation under its alias."""
    return Composed([SQL("("), _body(scope.entity.relation), SQL(") AS "), Identifier(scope.alias)])


@cache
def _body(name: str) -> Composable:
    """Read a relation; where it wants nearest official stations, a column each property and kind of place follows."""
    before, marked, after = sql(name).partition("/* nearest */")
    if not marked:
        return SQL(before)
    return Composed([SQL(before), SQL(", ").join(_nearest()), SQL(after)])


def _nearest() -> Iterator[Composable]:
    template = SQL(sql("sta_nearest"))
    for observed_property, word in NEAREST_OF.items():
        for kind, pattern in NEAREST_KINDS.items():
            yield template.format(
                property=Literal(observed_property), pattern=Literal(pattern), column=Identifier(f"{word}{kind}code")
            )


def matches(statement: Statement, scope: Scope, number: int) -> Composable:
    """Write the condition that an entity has an id, over the columns that an index knows."""
    parts: list[Composable] = []
    for column, value in scope.entity.key(number).items():
        if value is None:
            parts.append(SQL("{} IS NULL").format(scope.column(column)))
        else:
            assert isinstance(value, int | datetime)  # noqa: S101  # what keys are made of
            parts.append(SQL("{} = {}").format(scope.column(column), statement.bind(value)))
    return SQL(" AND ").join(parts)


def joined(own: Scope, other: Scope, columns: tuple[tuple[str, str], ...]) -> Composable:
    """Write the condition of a navigation from `own` to `other`."""
    return SQL(" AND ").join(SQL("{} = {}").format(other.column(theirs), own.column(ours)) for ours, theirs in columns)
