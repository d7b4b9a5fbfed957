"""Ingest killed, the broker restarted or killed, two clients with one name, ten thousand clients at once."""

import signal
import time

from benchmarks.faults.clients import Crowd
from benchmarks.faults.load import FIRST
from benchmarks.faults.outcome import Tried
from benchmarks.faults.world import World, kill


def ingest_killed(world: World) -> Tried:
    """SIGKILL ingest again and again, each time elsewhere in a batch."""
    times, behind = int(world.size.of(20, 4)), 0.0
    ingest = world.ingest()
    with world.load() as load:
        for number in range(times):
            time.sleep(0.5 + number * 0.37 % 1.5)
            kill(ingest)
            ingest = world.ingest()
            behind = max(behind, world.behind(load))
    return world.tried(times, load, behind_s=behind)


def broker_restarted(world: World) -> Tried:
    """Stop the broker orderly while stations publish, and start it again."""
    times, behind = int(world.size.of(5, 2)), 0.0
    world.ingest()
    with world.load(timeless=0) as load:  # what a station sends again is another message where it carries no time
        for _ in range(times):
            time.sleep(2)
            world.broker.end()
            time.sleep(1)
            world.broker.start()
            time.sleep(1)
            behind = max(behind, world.behind(load))
    return world.tried(times, load, behind_s=behind)


def broker_killed(world: World) -> Tried:
    """SIGKILL the broker while ingest is away: what it has not written to its disk is gone."""
    kill(world.ingest())
    world.broker.process.send_signal(signal.SIGUSR1)  # it writes what it has: ingest's session, and no message yet
    time.sleep(1)
    with world.load(timeless=0) as load:
        time.sleep(world.size.of(45, 5))
        world.broker.end(signal.SIGKILL)
        world.broker.start()
        world.ingest()
        time.sleep(2)
    return world.tried(1, load, note="while ingest was away; it saves every 30 s")


def ingests_with_one_name(world: World) -> Tried:
    """Run two ingests under one number, for whom the broker has one session, and kill the one that works."""
    times, behind, first = int(world.size.of(5, 2)), 0.0, world.ingest()
    with world.load() as load:
        for _ in range(times):
            second = world.ingest(until="ingest_stands_by")
            time.sleep(world.size.of(10, 4))
            kill(first)
            behind, first = max(behind, world.behind(load)), second
    return world.tried(times, load, behind_s=behind)


def stations_with_one_name(world: World) -> Tried:
    """Let two stations connect with one client id: the broker ends the one when the other comes."""
    world.ingest()
    half = world.size.rate / 2
    one = world.load(half, client_id="twin", timeless=0)
    other = world.load(half, client_id="twin", timeless=0, first=5 * FIRST)
    with one, other:
        time.sleep(world.size.of(30, 8))
        other.end(patience_s=0)  # what it has not said by now nobody took over
        behind = world.behind(one, other)
    return world.tried(1, one, other, behind_s=behind, unacknowledged=0)


def many_clients(world: World) -> Tried:
    """Let ten thousand clients connect at once, and each publish one message, beside the load."""
    count = int(world.size.of(10_000, 2_000))
    world.ingest()
    crowd = Crowd(world.broker_url, count, world.size.stations, first=9 * FIRST)
    with world.load() as load:
        numbers, seconds = crowd.publish()
        behind = world.behind(load)
    load.others += numbers
    missing = count - len(numbers)
    return world.tried(1, load, behind_s=behind, note=f"{count - missing} of {count} clients in {seconds:.1f} s",
                       wrong=f"{missing} clients got nowhere" if missing else "")  # fmt: skip
