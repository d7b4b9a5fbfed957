"""One process at a time: whoever holds the turn of a number, held by a session of the database and gone with it."""

import psycopg

from storage import locks
from storage.connection import connect
from storage.errors import DatabaseAwayError, TurnTakenError

_NOTICE_S = 10
"""A holder whose machine is gone is noticed after some four times this [s]; else PostgreSQL asks after two hours."""


class Turn:
    """The turn of a number; `hold` takes it, or sees that it is still ours."""

    def __init__(self, url: str, number: int) -> None:
        self._url, self._number = url, number
        self._conn: psycopg.Connection | None = None

    def hold(self) -> None:
        """Return while the turn is ours.

        Raises TurnTakenError where somebody else has it, DatabaseAwayError where nobody can tell.
        """
        if self._conn is None:
            self._conn = self._take()
            return
        try:
            self._conn.execute("SELECT 1")
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            self.close()
            raise DatabaseAwayError(str(error).strip()) from error

    def close(self) -> None:
        """Give the turn back."""
        if self._conn is not None:
            self._conn.close()
        self._conn = None

    def _take(self) -> psycopg.Connection:
        conn = connect(self._url)
        try:
            conn.autocommit = True
            for name in ("tcp_keepalives_idle", "tcp_keepalives_interval"):
                conn.execute("SELECT set_config(%s, %s, false)", (name, str(_NOTICE_S)))
            conn.execute("SELECT set_config('tcp_keepalives_count', '3', false)")
            row = conn.execute("SELECT pg_try_advisory_lock(%s, %s)", (locks.TURN, self._number)).fetchone()
        except psycopg.OperationalError as error:
            conn.close()
            raise DatabaseAwayError(str(error).strip()) from error
        if not (row and row[0]):
            conn.close()
            raise TurnTakenError(f"another process has the turn of number {self._number}")
        return conn
