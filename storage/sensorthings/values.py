"""Values in expressions: a kind, and SQL or a constant that can still become of the kind it is compared with."""

import re
import struct
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from psycopg.sql import Composable

from storage.sensorthings.errors import WrongTypeError
from storage.sensorthings.model import Kind
from storage.sensorthings.statement import Constant, Statement
from storage.sensorthings.tree import Geometry

_LOST_PLUS = re.compile(r" (\d\d:?\d\d)$")  # `+01:00` in an address that was not encoded arrives as a space


@dataclass(frozen=True, slots=True)
class Value:
    """One side of an operator. Of a constant `sql` is None; `key` marks an entity's id, `single` a 4-byte float."""

    kind: Kind
    sql: Composable | None = None
    constant: Constant = None
    single: bool = False
    key: bool = False
    end: Composable | None = None  # of a PERIOD, whose begin is `sql`

    @property
    def is_null(self) -> bool:
        """Tell the constant null."""
        return self.sql is None and self.constant is None

    def render(self, statement: Statement) -> Composable:
        """Write the value; a constant becomes a parameter."""
        return statement.bind(self.constant) if self.sql is None else self.sql


def constant(value: Constant) -> Value:
    """Take a constant with the kind that its spelling has."""
    if isinstance(value, Geometry):
        return Value(Kind.POINT if value.kind == "POINT" else Kind.AREA, constant=value)
    return Value(_KINDS[type(value)], constant=value)


_KINDS = {
    bool: Kind.BOOLEAN,
    int: Kind.NUMBER,
    float: Kind.NUMBER,
    str: Kind.TEXT,
    datetime: Kind.TIME,
    date: Kind.DATE,
    type(None): Kind.TEXT,
}


def alike(left: Value, right: Value) -> tuple[Value, Value]:
    """Make two values comparable: constants become of the other's kind. WrongTypeError where they cannot."""
    if left.sql is None and right.sql is not None:
        return of_kind(left, right.kind, single=right.single), right
    if right.sql is None:
        return left, of_kind(right, left.kind, single=left.single)
    if left.kind == right.kind:
        return left, right
    if {left.kind, right.kind} in ({Kind.DATE, Kind.TIME}, {Kind.PERIOD, Kind.TIME}):  # compared as they are
        return left, right
    raise WrongTypeError(f"a {_word(left.kind)} cannot be compared with a {_word(right.kind)}.")


def of_kind(value: Value, kind: Kind, *, single: bool = False) -> Value:
    """Make a value of a kind; only constants change. WrongTypeError where it cannot be."""
    if kind is Kind.PERIOD:
        kind = Kind.TIME
    if value.sql is not None:
        if value.kind is not kind:
            raise WrongTypeError(f"a {_word(kind)} is needed, not a {_word(value.kind)}.")
        return value
    found = _convert(value.constant, kind)
    if found is None:
        raise WrongTypeError(f"{str(value.constant)[:60]!r} is no {_word(kind)}.")
    if single and isinstance(found, int | float):
        found = _rounded(float(found))
    return replace(value, kind=kind, constant=found)


def _convert(value: Constant, kind: Kind) -> Constant:
    """Convert a constant, or return None."""
    if kind is Kind.TIME:
        return _time(value)
    if kind is Kind.DATE:
        moment = _time(value)
        return None if moment is None else moment.date()
    if kind is Kind.NUMBER:
        return _number(value)
    if kind is Kind.TEXT and isinstance(value, int | float) and not isinstance(value, bool):
        return repr(value)
    return value if constant(value).kind is kind else None


def _number(value: Constant) -> int | float | None:
    if isinstance(value, str):
        try:
            return int(value) if re.fullmatch(r"-?\d{1,18}", value) else float(value)
        except ValueError:
            return None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _time(value: Constant) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time(), UTC)
    if isinstance(value, int):
        value = str(value)  # 20260101 without quotes
    return parse_time(value) if isinstance(value, str) else None


def parse_time(text: str) -> datetime | None:
    """Read the spellings of ISO 8601, '20260101' as well; without a zone it is UTC. None for anything else."""
    try:
        moment = datetime.fromisoformat(_LOST_PLUS.sub(r"+\1", text.strip()))
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _rounded(number: float) -> float:
    """Round to what a 4-byte float holds, so that `result eq 12.3` finds 12.3."""
    try:
        return float(struct.unpack("f", struct.pack("f", number))[0])
    except OverflowError:
        return number


def _word(kind: Kind) -> str:
    return kind.name.lower()
