"""Messages that somebody waits for, with a pipeline that does as the test says."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime

import pytest

from ingest.mailbox import Mailbox, NotStoredError
from ingest.message import Message
from ingest.outcome import Outcome
from storage.errors import DatabaseAwayError
from tests.ingest.samples import obs


class Scripted:
    """A pipeline that notes its batches, waits for its gate, and fails as often as it is told."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.gate = threading.Event()
        self.gate.set()
        self.batches: list[int] = []
        self.closed = False

    def process(self, messages: Sequence[Message], *, now: datetime) -> Outcome:
        """Fail with the next failure, or store."""
        assert self.gate.wait(20)
        if self.failures:
            raise self.failures.pop(0)
        self.batches.append(len(messages))
        return Outcome(messages=len(messages))

    def close(self) -> None:
        """Note it."""
        self.closed = True


@contextmanager
def opened(pipeline: Scripted, **options: float) -> Iterator[Mailbox]:
    """Open a mailbox for the block."""
    mailbox = Mailbox(pipeline, **options)  # type: ignore[arg-type]
    mailbox.open()
    try:
        yield mailbox
    finally:
        pipeline.gate.set()
        mailbox.close()


def test_what_comes_during_a_batch_is_the_next_batch() -> None:
    """Nothing is answered before its batch is through, and a hundred that waited are one batch."""
    pipeline = Scripted()
    pipeline.gate.clear()
    with opened(pipeline, batch_s=0) as mailbox:
        first = mailbox.put(obs())
        with suppress(TimeoutError):
            first.result(0.3)
        assert not first.done()
        others = [mailbox.put(obs()) for _ in range(100)]
        pipeline.gate.set()
        for future in (first, *others):
            future.result(10)
    assert pipeline.batches == [1, 100]
    assert mailbox.outcome.messages == 101


def test_a_full_mailbox_says_so_at_once() -> None:
    """Beyond its size nothing waits: the caller is told, and what waited already is stored."""
    pipeline = Scripted()
    pipeline.gate.clear()
    with opened(pipeline, batch_s=0, batch_size=1, queue_size=2) as mailbox:
        waiting = [mailbox.put(obs())]
        with pytest.raises(NotStoredError, match="2 messages are waiting"):
            waiting.extend(mailbox.put(obs()) for _ in range(4))
        pipeline.gate.set()
        for future in waiting:
            future.result(10)
    assert sum(pipeline.batches) == len(waiting)


def test_a_short_absence_of_the_database_costs_nothing() -> None:
    """A batch that could not be stored is tried again, and answered once it is stored."""
    pipeline = Scripted(DatabaseAwayError("away"), DatabaseAwayError("away"))
    with opened(pipeline, retry_s=0.01) as mailbox:
        mailbox.put(obs()).result(10)
    assert pipeline.batches == [1]


def test_a_long_absence_is_said() -> None:
    """When patience is over the caller is told that nothing was stored, and the next message is tried afresh."""
    pipeline = Scripted(*[DatabaseAwayError("away")] * 3)
    with opened(pipeline, retry_s=0.1, patience_s=0.15) as mailbox:
        with pytest.raises(NotStoredError, match="the database is away"):
            mailbox.put(obs()).result(10)
        mailbox.put(obs()).result(10)
    assert pipeline.batches == [1]


def test_a_mistake_of_ours_leaves_nobody_waiting() -> None:
    """An error that no pipeline should raise is an answer, and the mailbox goes on."""
    pipeline = Scripted(KeyError("bug"))
    with opened(pipeline) as mailbox:
        with pytest.raises(NotStoredError, match="KeyError"):
            mailbox.put(obs()).result(10)
        mailbox.put(obs()).result(10)


def test_closing_stores_what_waits_and_takes_no_more() -> None:
    """What was taken before the end is stored; afterwards nothing is taken, and the pipeline is given back."""
    pipeline = Scripted()
    with opened(pipeline) as mailbox:
        futures = [mailbox.put(obs()) for _ in range(10)]
    assert all(future.done() and future.exception() is None for future in futures)
    assert pipeline.closed
    with pytest.raises(NotStoredError, match="ending"):
        mailbox.put(obs())
