"""The SQL of this package: the files of `storage/sql/`, at times one in another; no value is ever written into them."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

import psycopg
from psycopg.rows import BaseRowFactory, class_row

Row = TypeVar("Row")


@cache
def sql(name: str) -> str:
    """Read `sql/<name>.sql`; a name without a file is a FileNotFoundError."""
    return files("storage").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def fetch_rows(
    conn: psycopg.Connection[Any], kind: type[Row], name: str, parameters: Mapping[str, Any] | None = None
) -> list[Row]:
    """Run the statement `name` and give all its rows; each column is a field of `kind`."""
    factory: BaseRowFactory[Row] = class_row(kind)
    with conn.cursor(row_factory=factory) as cursor:
        return cursor.execute(sql(name), parameters).fetchall()


def fetch_row(
    conn: psycopg.Connection[Any], kind: type[Row], name: str, parameters: Mapping[str, Any] | None = None
) -> Row | None:
    """Run the statement `name` and give its first row; None where there is none."""
    factory: BaseRowFactory[Row] = class_row(kind)
    with conn.cursor(row_factory=factory) as cursor:
        return cursor.execute(sql(name), parameters).fetchone()


def fetch_tuples(
    conn: psycopg.Connection[Any], make: Callable[[Sequence[Any]], Row], name: str, parameters: Mapping[str, Any]
) -> list[Row]:
    """Run the statement `name` and let `make`, as `_make` of a named tuple, read each row by place.

    For many rows: a dataclass by the names of its columns costs three times as much.
    """
    factory: BaseRowFactory[Row] = lambda _cursor: make  # noqa: E731 -- psycopg's protocol: cursor -> maker of rows
    with conn.cursor(row_factory=factory) as cursor:
        return cursor.execute(sql(name), parameters).fetchall()
