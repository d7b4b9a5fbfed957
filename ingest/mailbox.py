"""Messages that somebody waits for: batched through the pipeline by one thread, answered after their commit.

HTTP has no broker that would keep a message, so nothing is answered before it is stored, and what cannot be stored in
time is refused.
"""

import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic

import structlog

from ingest.message import Message
from ingest.outcome import Outcome
from ingest.service import Processor
from storage.errors import DatabaseAwayError

log = structlog.get_logger()

_LOOK_S = 0.2  # how long the thread sleeps at most before it looks whether it is to end [s]


class NotStoredError(Exception):
    """A message was not stored: the mailbox is full or closed, or the database stays away. It may be sent again."""


@dataclass(frozen=True, slots=True)
class _Parcel:
    message: Message
    done: "Future[None]" = field(default_factory=Future)


class Mailbox:
    """Puts messages into the pipeline, which is its own from `open` to `close`; `put` is for any thread."""

    def __init__(
        self,
        pipeline: Processor,
        *,
        queue_size: int = 5000,
        batch_size: int = 2000,
        batch_s: float = 0.05,
        patience_s: float = 10.0,
        retry_s: float = 0.5,
    ) -> None:
        self._pipeline = pipeline
        self._queue: queue.Queue[_Parcel] = queue.Queue(queue_size)
        self._batch_size, self._batch_s = batch_size, batch_s
        self._patience_s, self._retry_s = patience_s, retry_s
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="mailbox")
        self.outcome = Outcome()

    def open(self) -> None:
        """Start to process."""
        self._thread.start()

    def put(self, message: Message) -> "Future[None]":
        """Take a message; the future ends after the commit of its batch, or with NotStoredError.

        Raises NotStoredError at once when no more messages can wait.
        """
        parcel = _Parcel(message)
        parcel.done.set_running_or_notify_cancel()  # from here on nobody can cancel it: it will be stored
        if self._closing.is_set():
            raise NotStoredError("the service is ending")
        try:
            self._queue.put_nowait(parcel)
        except queue.Full:
            raise NotStoredError(f"{self._queue.maxsize} messages are waiting already") from None
        return parcel.done

    def close(self) -> None:
        """Process what waits, and end."""
        self._closing.set()
        self._thread.join()
        for parcel in self._take(wait_s=0):  # put between the thread's last look and its end
            parcel.done.set_exception(NotStoredError("the service is ending"))
        self._pipeline.close()

    def _work(self) -> None:
        while not self._closing.is_set() or not self._queue.empty():
            parcels = self._take(wait_s=_LOOK_S)
            if parcels:
                self._deliver(parcels)

    def _take(self, *, wait_s: float) -> list[_Parcel]:
        """Wait for a message, and take those that come within `batch_s` after it."""
        taken: list[_Parcel] = []
        deadline = monotonic() + wait_s
        while len(taken) < self._batch_size:
            try:
                taken.append(self._queue.get(timeout=max(deadline - monotonic(), 0.0001)))
            except queue.Empty:
                break
            if len(taken) == 1:
                deadline = monotonic() + min(self._batch_s, wait_s)
        return taken

    def _deliver(self, parcels: Sequence[_Parcel]) -> None:
        """Store a batch and say so to those who wait; whatever happens, all of them are answered."""
        try:
            self.outcome += self._store([parcel.message for parcel in parcels])
        except NotStoredError as error:
            failure: Exception = error
        except Exception as error:  # outermost: a mistake of ours must not end the thread, nor leave anybody waiting
            log.exception("http_batch_failed", messages=len(parcels))
            failure = NotStoredError(type(error).__name__)
        else:
            for parcel in parcels:
                parcel.done.set_result(None)
            return
        for parcel in parcels:
            parcel.done.set_exception(failure)

    def _store(self, messages: Sequence[Message]) -> Outcome:
        """Store a batch, trying again for `patience_s` while the database is away."""
        deadline, away = monotonic() + self._patience_s, False
        while True:
            try:
                outcome = self._pipeline.process(messages, now=datetime.now(UTC))
            except DatabaseAwayError as error:
                if not away:
                    log.warning("database_lost", door="http")
                away = True
                if monotonic() > deadline or self._closing.wait(self._retry_s):
                    raise NotStoredError("the database is away") from error
            else:
                if away:
                    log.info("database_back", door="http")
                return outcome
