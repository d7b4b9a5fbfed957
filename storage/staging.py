"""Columns in and out of PostgreSQL by COPY: in through a temporary staging table, out of a query."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg

from storage.binary import Layout, decode, encode
from storage.errors import AutocommitError
from storage.rows import Ints
from storage.statements import sql


def stage(conn: psycopg.Connection, table: str, layout: Layout, columns: Mapping[str, npt.NDArray[Any]]) -> None:
    """Copy equally long columns into the temporary table `staging_<table>`, which is empty again after the transaction.

    Raises AutocommitError on a connection where each statement is its own transaction: the rows would be gone at once.
    """
    refuse_autocommit(conn)
    stream = encode(layout, columns)
    conn.execute(sql(f"staging_{table}"))
    conn.execute(f"DELETE FROM pg_temp.staging_{table}")  # noqa: S608 -- our name; a second batch in one transaction
    with conn.cursor().copy(f"COPY pg_temp.staging_{table} FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(stream)


def refuse_autocommit(conn: psycopg.Connection) -> None:
    """Raise AutocommitError on a connection where each statement is its own transaction."""
    if conn.autocommit:
        raise AutocommitError("columns are stored in the caller's transaction: open the connection without autocommit")


def fetch(
    conn: psycopg.Connection, name: str, layout: Layout, parameters: Mapping[str, Any]
) -> dict[str, npt.NDArray[Any]]:
    """Run `sql/<name>.sql`, whose columns are those of the layout and never NULL, and return them as numpy columns."""
    with conn.cursor().copy(f"COPY (\n{sql(name)}\n) TO STDOUT (FORMAT BINARY)", parameters) as copy:
        return decode(layout, b"".join(copy))


def distinct_rows(*keys: npt.NDArray[Any], keep_last: bool = False) -> Ints:
    """Return the indices that sort rows by keys, the first weighing most; of rows with equal keys the first or last.

    Sorted rows are written faster, and two writers that sort alike cannot lock each other out.
    """
    order = np.lexsort(keys[::-1])
    changes = np.zeros(max(len(order) - 1, 0), bool)
    for key in keys:
        changes |= key[order][1:] != key[order][:-1]
    edge = np.ones(min(len(order), 1), bool)
    kept = np.concatenate([changes, edge] if keep_last else [edge, changes])
    distinct: Ints = order[kept]
    return distinct
