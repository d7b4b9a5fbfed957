"""decode → identify → check → calibrate → store → acknowledge; else quarantine.

`Pipeline.process` takes a batch of messages through all stages but acknowledge, and commits; after it returned, whoever
received the messages acknowledges them. Live, the replay of a capture and backfill are this one function:

    for batch in batches:
        outcome += pipeline.process(batch, now=...)
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import psycopg
import structlog

from ingest.decoding import DecodedBatch, decode
from ingest.errors import PoisonError
from ingest.identifying import identify
from ingest.memory import Memories
from ingest.message import Message
from ingest.noticing import Noticing
from ingest.outcome import Outcome
from ingest.pauses import Pauses
from ingest.quarantine import values_refused, write_up
from ingest.redelivery import give_first_times
from ingest.secrets import strip_topic
from ingest.series_table import SeriesTable
from ingest.stations import Stations
from ingest.timeline import Columns, lay_out, remember
from ingest.validate import Validation, Valued
from ingest.warming import warm
from storage.errors import DatabaseAwayError
from storage.quarantine import store as store_quarantined
from storage.readings import store
from storage.rows import ReadingColumns, StoreResult
from storage.watch import Watermark, watermark

log = structlog.get_logger()

REFRESH = timedelta(seconds=5)
"""How long a new calibration, a removed station or a changed setting may stay unseen."""

# What a single message can bring about in the database or, were a decoder wrong, in the code. A lost connection or a
# full disk is not among them: those are OperationalErrors, and the batch is to be tried again.
_POISON = (
    psycopg.DataError, psycopg.IntegrityError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError,
    RecursionError,
)  # fmt: skip

# A server that is read only is a standby before it takes over, or guards a disk that is nearly full: it is waited for.
_AWAY = (
    psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.ReadOnlySqlTransaction,
    psycopg.errors.IdleInTransactionSessionTimeout,
)  # fmt: skip


class Pipeline:
    """Turns messages into stored readings; `connect` opens a connection to a migrated database.

    Where it is not `alone`, other processes store readings of the same series, and the checks look at those as well.
    """

    def __init__(self, connect: Callable[[], psycopg.Connection], *, alone: bool = True) -> None:
        self._connect = connect
        self._alone = alone
        self._connection: psycopg.Connection | None = None
        self._stations = Stations()
        self._pauses = Pauses()
        self._table = SeriesTable()
        self._memories = Memories()
        self._validation = Validation()
        self._noticing = Noticing()
        self._watermark: Watermark | None = None
        self._refreshed_at: datetime | None = None

    def process(self, messages: Sequence[Message], *, now: datetime) -> Outcome:
        """Store what a batch holds, and commit.

        Every message ends stored or in quarantine, whatever the others hold. Raises DatabaseAwayError when the database
        cannot be reached: then nothing is stored, and the same batch is to be given again. `now` decides which
        calibrations are current; the time of a reading is judged by when its message was received.
        """
        try:
            connection = self._refreshed(now)
            return self._isolate(connection, messages)
        except _AWAY as error:
            self.close()
            raise DatabaseAwayError(str(error).strip()) from error

    def close(self) -> None:
        """Give the connection back; the next batch opens a new one."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _refreshed(self, now: datetime) -> psycopg.Connection:
        """Open the connection if need be, and learn what changed in the database since the last look at it."""
        if self._connection is None:
            self._connection = self._connect()
            self._watermark = self._refreshed_at = None  # it may be another database: a restored one, say
        if self._refreshed_at is None or abs(now - self._refreshed_at) >= REFRESH:
            self._learn_changes(self._connection, now)
            self._refreshed_at = now
        return self._connection

    def _learn_changes(self, connection: psycopg.Connection, now: datetime) -> None:
        seen = watermark(connection)
        if self._watermark is None or replace(seen, calibration_key=0) != replace(self._watermark, calibration_key=0):
            self._stations.load(connection)
            self._table.load(connection)  # and forget the series of removed stations
            self._pauses.load(connection)
        if self._watermark is None or seen.calibration_key != self._watermark.calibration_key:
            self._validation.refresh(connection, now)
        self._watermark = seen
        connection.commit()

    def _isolate(self, connection: psycopg.Connection, messages: Sequence[Message]) -> Outcome:
        """Process a batch; where that fails by what a message holds, halve it until that message stands alone."""
        try:
            return self._process(connection, messages)
        except _POISON as error:
            connection.rollback()
            if len(messages) > 1:
                half = len(messages) // 2
                return self._isolate(connection, messages[:half]) + self._isolate(connection, messages[half:])
            log.error("message_poisonous", topic=strip_topic(messages[0].topic[:200]), error=type(error).__name__)
            alone = DecodedBatch(failures=[(0, PoisonError(f"{type(error).__name__}: {error}"))])
            return self._quarantine(connection, messages, alone)

    def _process(self, connection: psycopg.Connection, messages: Sequence[Message]) -> Outcome:
        batch = decode(messages, self._stations.formats, self._memories, places=self._stations.places)
        columns = self._identify(connection, messages, batch)
        columns = replace(columns, flags=self._paused(columns, batch))
        timeline = lay_out(columns, self._table)
        checked = replace(columns, flags=self._validation.check(timeline, columns, self._table))
        valued = self._validation.calibrate(timeline, checked, self._table)
        newer = columns.time > self._table.tail_time[columns.row].max(axis=1)
        stored = store(connection, self._rows(columns, valued), newer=newer)
        self._noticing.store(connection, messages, batch)
        outcome = self._quarantine(connection, messages, batch)
        remember(timeline, self._table)
        self._noticing.remember(batch)
        return outcome + _counted(valued, stored)

    def _identify(self, connection: psycopg.Connection, messages: Sequence[Message], batch: DecodedBatch) -> Columns:
        """Find series and times, and what the checks look back on of series met for the first time."""
        columns = identify(connection, messages, batch, self._stations, self._table)
        warm(connection, columns, self._table, anew=not self._alone)
        return give_first_times(columns, messages, self._table)

    def _paused(self, columns: Columns, batch: DecodedBatch) -> npt.NDArray[np.int32]:
        return self._pauses.flag(columns, {of.station_id for of in batch.readings}, self._table)

    def _rows(self, columns: Columns, valued: Valued) -> ReadingColumns:
        return ReadingColumns(
            time=columns.time.view("datetime64[us]"),
            series_key=self._table.series_key[columns.row],
            raw=columns.raw,
            value=valued.value,
            lower=valued.lower,
            upper=valued.upper,
            flags=valued.flags.astype(np.int64),
            calibration_key=valued.calibration_key,
            received_at=columns.received.view("datetime64[us]"),
        )

    def _quarantine(self, connection: psycopg.Connection, messages: Sequence[Message], batch: DecodedBatch) -> Outcome:
        """Put aside what cannot be used, commit the whole batch, and count its messages."""
        partly = [(index, values_refused(refused)) for index, refused in batch.refused]
        rows = [write_up(messages[index], error, self._stations.claims) for index, error in (*batch.failures, *partly)]
        if rows:
            store_quarantined(connection, rows)
        connection.commit()
        return Outcome(
            messages=len(messages),
            quarantined=len(batch.failures),
            partly_refused=len(batch.refused),
            refused=sum(len(refused) for _, refused in batch.refused),
            without_readings=len(messages) - len(batch.failures) - len(batch.readings),
        )


def _counted(valued: Valued, stored: StoreResult) -> Outcome:
    validated = int(np.isfinite(valued.value).sum())
    return Outcome(readings_stored=stored.stored, duplicates=stored.duplicates, validated=validated)
