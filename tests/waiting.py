"""Waiting for what other threads and processes bring about."""

import time
from collections.abc import Callable


def wait_until(done: Callable[[], bool], *, seconds: float = 30.0) -> bool:
    """Wait until something has come true, and say whether it has."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
