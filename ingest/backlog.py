"""What waits between the thread that receives and the one that stores: bounded, and handed over many at a time."""

import threading
from collections import deque
from collections.abc import Sequence
from itertools import islice
from typing import Generic, TypeVar

T = TypeVar("T")


class Backlog(Generic[T]):
    """A queue of at most `size` items; one lock and one wake-up a handful instead of one an item."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._waiting: deque[T] = deque()
        self._changed = threading.Condition()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, items: Sequence[T], *, closing: threading.Event) -> None:
        """Add items in their order, waiting for room; once it is `closing`, what finds none is dropped."""
        begin = 0
        with self._changed:
            while begin < len(items):
                room = self._size - len(self._waiting)
                if room > 0:
                    self._waiting.extend(islice(items, begin, begin + room))
                    self._changed.notify_all()
                    begin += room
                elif closing.is_set():
                    return
                else:
                    self._changed.wait(1.0)

    def wait(self, count: int, *, timeout: float) -> bool:
        """Wait until so many items wait [s], and say whether they do."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._waiting) >= count, timeout)

    def take(self, most: int) -> list[T]:
        """Take what waits, at most so many."""
        with self._changed:
            taken = [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]
            self._changed.notify_all()
        return taken
