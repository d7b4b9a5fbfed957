"""Lets what is to happen happen when its time has come, and the sockets work in between."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Protocol, TypeVar

_AT_ONCE = 500  # before the sockets are looked at again
_IDLE_S = 0.1


class Timed(Protocol):
    """What happens at a time."""

    @property
    def time(self) -> datetime:
        """When, UTC."""


Thing = TypeVar("Thing", bound=Timed)


def play(
    things: Iterator[Thing],
    act: Callable[[Thing], None],
    serve: Callable[[float, float], None],
    stop: threading.Event,
    *,
    seconds: float | None,
) -> None:
    """Call `act` with each thing when it is due, until `stop` is set or the time is over.

    `serve` is called in between with how long it may wait and how long all of this has lasted [s].
    """
    started = time.monotonic()
    waiting = next(things, None)
    while not stop.is_set() and (seconds is None or time.monotonic() - started < seconds):
        for _ in range(_AT_ONCE):
            if waiting is None or waiting.time > datetime.now(UTC):
                break
            act(waiting)
            waiting = next(things, None)
        serve(_seconds_until(waiting), time.monotonic() - started)


def _seconds_until(thing: Timed | None) -> float:
    return _IDLE_S if thing is None else max(0.0, (thing.time - datetime.now(UTC)).total_seconds())
