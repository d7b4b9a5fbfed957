"""Ingest as a service: takes batches from the broker, has them stored, and acknowledges them after the commit."""

import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Protocol

import structlog

from ingest.described import described
from ingest.inbox import Delivery, Inbox
from ingest.message import Message
from ingest.outcome import Outcome
from ingest.pipeline import Pipeline
from ingest.settings import IngestSettings
from storage.connection import connect
from storage.errors import DatabaseAwayError, TurnTakenError
from storage.turn import Turn

GIVE_UP_S = 90.0
"""Longer than the server needs to notice that a session of our own is gone [s]; then it is another's turn indeed."""

STAND_BY_S = 0.5
"""How often a second ingest looks whether the first has gone [s]."""

log = structlog.get_logger()


class Processor(Protocol):
    """What the service needs of a pipeline."""

    def process(self, messages: Sequence[Message], *, now: datetime) -> Outcome:
        """Store and commit a batch, or raise DatabaseAwayError."""

    def close(self) -> None:
        """Give the database connection back."""


@dataclass(slots=True)
class Counters:
    """What the service has done so far; others may read it at any time."""

    outcome: Outcome = field(default_factory=Outcome)
    batches: int = 0
    acknowledged: int = 0
    redelivered: int = 0  # acknowledged without storing: a second copy of what was in hand at a lost connection
    database_lost: int = 0
    ready: bool = False  # subscribed: from now on the broker keeps for us what comes
    waiting: int = 0  # messages received that no batch has taken yet
    busy_s: float = 0.0  # spent on batches, waiting for the database included [s]
    behind_s: float = 0.0  # from the receipt of the last batch's first message to its commit [s]

    def as_dict(self) -> dict[str, int]:
        """Give all counts by name."""
        mine = {name: getattr(self, name) for name in ("batches", "acknowledged", "redelivered", "database_lost")}
        return mine | asdict(self.outcome)


def run(
    settings: IngestSettings,
    stop: threading.Event,
    *,
    counters: Counters | None = None,
    pipeline: Processor | None = None,
) -> Counters:
    """Run until `stop` is set; what was received by then is still stored and acknowledged, if the database is there.

    Then no more is read from the broker, which keeps it for the next run.
    """
    counters = counters or Counters()
    pipeline = pipeline or Pipeline(lambda: connect(settings.database_url), alone=not settings.worker)
    turn = Turn(settings.database_url, max(settings.worker, 1))
    if not _wait_for_turn(turn, stop):
        return counters
    inbox = Inbox(settings)
    if settings.worker <= 1:
        inbox.begin_with(described(settings, stop))
    inbox.open()
    try:
        while not stop.is_set() or inbox.waiting():
            deliveries = inbox.take(stop)
            counters.ready, counters.waiting = inbox.subscribed.is_set(), inbox.waiting()
            if deliveries and not _store(pipeline, turn, deliveries, settings, stop, counters):
                break
            counters.acknowledged += inbox.acknowledge(deliveries)
            counters.redelivered += sum(delivery.again for delivery in deliveries)
    finally:
        inbox.close()
        pipeline.close()
        turn.close()
        log.info("ingest_stopped", **counters.as_dict())
    return counters


def taken_since(error: DatabaseAwayError, before: float | None) -> float | None:
    """Say since when another ingest has our turn [s, monotonic], None where it has not.

    Raises the error when that lasts: whoever stood by has taken over while the database was away, and both of us would
    throw each other out at the broker.
    """
    if not isinstance(error, TurnTakenError):
        return None
    since = monotonic() if before is None else before
    if monotonic() - since > GIVE_UP_S:
        raise error
    return since


def _wait_for_turn(turn: Turn, stop: threading.Event) -> bool:
    """Stand by while another ingest runs under our number; False when stopped meanwhile.

    The broker would end the one for the other, for ever; and what one had stored and not acknowledged would come to the
    other, which cannot know that.
    """
    waits = False
    while not stop.is_set():
        try:
            turn.hold()
        except TurnTakenError:
            if not waits:
                log.warning("ingest_stands_by", reason="another ingest runs under this LUCHTBRUG_INGEST_WORKER")
            waits = True
            stop.wait(STAND_BY_S)
        except DatabaseAwayError:
            return True  # messages are received, and wait for it
        else:
            return True
    return False


def _store(
    pipeline: Processor,
    turn: Turn,
    deliveries: Sequence[Delivery],
    settings: IngestSettings,
    stop: threading.Event,
    counters: Counters,
) -> bool:
    """Store a batch, again and again while the database is away; False when stopped before it was stored."""
    messages = [delivery.message for delivery in deliveries if not delivery.again]
    if not messages:
        return True  # their first copies came before them, and are stored
    wait = settings.retry_least_s
    away, begin, taken = False, monotonic(), None
    while True:
        try:
            turn.hold()
            outcome = pipeline.process(messages, now=datetime.now(UTC))
        except DatabaseAwayError as error:
            taken = taken_since(error, taken)
            if not away:
                log.warning("database_lost", reason=str(error))
                counters.database_lost += 1
            away = True
        else:
            if away:
                log.info("database_back")
            counters.outcome += outcome
            counters.batches += 1
            counters.busy_s += monotonic() - begin
            counters.behind_s = (datetime.now(UTC) - messages[0].received_at).total_seconds()
            return True
        if stop.wait(wait):
            return False
        wait = min(2 * wait, settings.retry_most_s)
