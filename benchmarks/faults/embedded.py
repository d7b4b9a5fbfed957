"""The same on the embedded broker, as far as it goes; docs/runbook.md lists what it cannot do."""

import time

from benchmarks.faults.outcome import Tried
from benchmarks.faults.world import World, kill
from luchtbrug.services import stop

RATE = 100.0
"""Messages a second: the embedded broker is for a demo, and for some dozens of stations."""


def embedded_database_stopped(world: World) -> Tried:
    """Stop the database for a while: ingest holds what comes, and the broker what ingest does not take."""
    world.use_embedded_broker()
    world.ingest()
    with world.load(RATE) as load:
        time.sleep(3)
        world.stop_database()
        time.sleep(world.size.of(60, 5))
        world.start_database()
        behind = world.behind(load)
    return world.tried(1, load, behind_s=behind)


def embedded_ingest_stopped(world: World) -> Tried:
    """Stop ingest orderly, and start it again."""
    times, behind = int(world.size.of(5, 2)), 0.0
    world.use_embedded_broker()
    ingest = world.ingest()
    with world.load(RATE) as load:
        for _ in range(times):
            time.sleep(2)
            stop(ingest.process)
            time.sleep(1)
            ingest = world.ingest()
            behind = max(behind, world.behind(load, patience_s=10))
    return world.tried(times, load, behind_s=behind)


def embedded_ingest_killed(world: World) -> Tried:
    """SIGKILL ingest: what it had in hand is not sent again."""
    times = int(world.size.of(5, 2))
    world.use_embedded_broker()
    ingest = world.ingest()
    with world.load(RATE) as load:
        for _ in range(times):
            time.sleep(2)
            kill(ingest)
            ingest = world.ingest()
    return world.tried(times, load, note="it sends nothing again that was delivered")
