"""A local network and a clock that only moves when somebody waits."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest

from ingest.reference.client import Timing
from tests.ingest.reference.server import Network, running


@dataclass(slots=True)
class Clock:
    """Seconds that pass by sleeping only; `waits` keeps them."""

    now: float = 1000.0
    waits: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        self.waits.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    """A clock at 1000 s."""
    return Clock()


@pytest.fixture
def waits(clock: Clock) -> list[float]:
    """What was waited [s]."""
    return clock.waits


@pytest.fixture
def timing(clock: Clock) -> Timing:
    """The clock with seeded jitter."""
    return Timing(clock=lambda: clock.now, sleep=clock.sleep, rng=np.random.default_rng(1))


@pytest.fixture
def network() -> Iterator[Network]:
    """A network that knows nothing yet."""
    with running() as served:
        yield served
