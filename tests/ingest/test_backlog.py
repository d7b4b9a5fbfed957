"""The queue between receiving and storing."""

import threading

from ingest.backlog import Backlog
from tests.waiting import wait_until


def test_what_is_put_comes_out_in_its_order() -> None:
    """Handfuls are cut as they are asked for."""
    backlog: Backlog[int] = Backlog(10)
    backlog.put([1, 2, 3], closing=threading.Event())
    backlog.put([4], closing=threading.Event())
    assert (backlog.wait(4, timeout=0), backlog.wait(5, timeout=0)) == (True, False)
    assert (backlog.take(2), backlog.take(9), backlog.take(1)) == ([1, 2], [3, 4], [])


def test_no_more_waits_than_there_is_room() -> None:
    """Who puts more waits until it was taken, and nothing of it is lost."""
    backlog: Backlog[int] = Backlog(3)
    thread = threading.Thread(target=backlog.put, args=(range(8),), kwargs={"closing": threading.Event()})
    thread.start()
    taken: list[int] = []
    while len(taken) < 8:
        assert backlog.wait(1, timeout=10)
        assert len(backlog) <= 3
        taken += backlog.take(2)
    thread.join(10)
    assert taken == list(range(8))


def test_a_backlog_that_closes_holds_nobody_up() -> None:
    """Who waits for room when it closes goes on without it."""
    backlog, closing = Backlog[int](1), threading.Event()
    thread = threading.Thread(target=backlog.put, args=([1, 2],), kwargs={"closing": closing})
    thread.start()
    assert wait_until(lambda: len(backlog) == 1)
    closing.set()
    thread.join(10)
    assert not thread.is_alive()
    assert backlog.take(9) == [1]
