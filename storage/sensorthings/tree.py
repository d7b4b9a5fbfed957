"""A SensorThings question as a typed tree, which the grammar of `api.sta` makes and this package compiles."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal as OneOf


@dataclass(frozen=True, slots=True)
class Geometry:
    """A point, or the outer ring of a polygon: (longitude, latitude) [degrees]."""

    kind: OneOf["POINT", "POLYGON"]
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant; a bare date is a `date`, a date with a time a `datetime` in UTC."""

    value: str | int | float | bool | date | datetime | Geometry | None


@dataclass(frozen=True, slots=True)
class Path:
    """A property, reached over navigations and into objects: `Thing/properties/project`."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the standard with its arguments."""

    function: str
    arguments: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """add, sub, mul, div or mod of two numbers."""

    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Comparison:
    """eq, ne, gt, ge, lt or le."""

    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Logic:
    """All parts (and) or any part (or)."""

    operator: OneOf["and", "or"]
    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    part: "Expression"


Expression = Literal | Path | Call | Arithmetic | Comparison | Logic | Not


@dataclass(frozen=True, slots=True)
class Order:
    """One key of $orderby."""

    expression: Expression
    descending: bool


@dataclass(frozen=True, slots=True)
class Query:
    """The options of one set of entities; `raw` is their text, for the link to the next page."""

    filter: Expression | None = None
    expand: tuple["Expand", ...] = ()
    select: tuple[str, ...] | None = None
    orderby: tuple[Order, ...] = ()
    top: int = 100
    skip: int = 0
    count: bool = False
    raw: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Expand:
    """A navigation whose entities come along, with options of its own."""

    navigation: str
    query: Query


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a path: an entity set or a navigation, and of a set perhaps one entity."""

    name: str
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What a statement needs besides the question: the root's address, the time, and the words of validation."""

    root: str
    now: datetime
    flag_names: tuple[str, ...]
    fail: int
    suspect: int

    def parameters(self) -> Mapping[str, object]:
        """Name the values as the statements do."""
        return {
            "root": json.dumps(self.root)[1:-1],  # it stands inside of JSON text
            "flag_names": list(self.flag_names),
            "fail": self.fail,
            "suspect": self.suspect,
        }
