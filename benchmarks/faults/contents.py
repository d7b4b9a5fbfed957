"""What comes in is the fault: messages that nobody can read, six hours at once, and clocks that jump."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.faults.load import Load, source
from benchmarks.faults.outcome import Tried
from benchmarks.faults.world import World
from benchmarks.ingest_world import publish

REFUSED = 66.5
"""A value that the database refuses here: what no decoder can foresee."""

HOSTILE = (
    b"\xff\xfe\x00", b"{", b"[" * 60_000, b'{"obs":' * 9_000, b"null", b'{"obs":[]}', b"x" * 200_000,
    b'{"obs":[{"s":"sps30-0","v":{"pm10":1e999}}]}',
    b'{"seq":' + b"9" * 5_000 + b',"obs":[{"t":"9999-99-99","s":"sps30-0","v":{"pm10":"NaN"}}]}',
    f'{{"obs":[{{"s":"sps30-0","v":{{"pm10":{REFUSED}}}}}]}}'.encode(),
)  # fmt: skip

SIX_HOURS = timedelta(hours=6)
INTERVAL_S = 150.0
"""What a usual station waits between two measurements."""

MOVED = """
SELECT count(*) FROM reading WHERE raw >= 100 AND abs(extract(epoch FROM received_at - now())) > 3600
"""

JUMPS = ("+2h", "-2h", "+40d", "-40d", "+0")
"""Where ingest's clock jumps to in turn, counted from the right time; at the end it is right again."""


def poison(world: World) -> Tried:
    """Put messages that cannot be read, and one that the database refuses, between those of the load."""
    world.do(f"ALTER TABLE reading ADD CONSTRAINT poison CHECK (raw <> {REFUSED})")
    times = int(world.size.of(20, 3))
    world.ingest()
    with world.load() as load:
        for _ in range(times):
            publish(world.broker_url, [("aq/1/bench-0/obs", body) for body in HOSTILE])
            time.sleep(0.5)
        behind = world.behind(load)
    tried = world.tried(times, load, behind_s=behind)
    aside, sent = world.count("SELECT count(*) FROM quarantine"), times * len(HOSTILE)
    wrong = "" if aside == sent else f"{aside} of {sent} in quarantine"
    return Tried(times, tried.balance, behind, tried.unacknowledged, f"{sent} poisonous messages in quarantine", wrong)


def backlog(world: World) -> Tried:
    """Let what every station measured in six hours arrive together."""
    stations = world.size.stations * int(world.size.of(5, 1))
    count = stations * int(SIX_HOURS.total_seconds() / INTERVAL_S)
    world.register(stations)
    world.ingest()
    made = source(stations, begin=datetime.now(UTC) - SIX_HOURS, step_s=INTERVAL_S, timeless_every=0)
    begin = time.monotonic()
    with Load(world.broker_url, made, rate=1e6, at_most=count) as load:
        while load.sent < count:
            time.sleep(0.1)
        load.end()
        behind = world.behind(load)
    rate = count / (time.monotonic() - begin)
    return world.tried(1, load, behind_s=behind, note=f"{count} messages of {stations} stations, {rate:.0f} a second")


def clock_jumps(world: World) -> Tried:
    """Let the clock of ingest's machine jump to and fro by hours and weeks."""
    file = world.folder / "clock"
    file.write_text("+0\n")
    env = {"LD_PRELOAD": str(library()), "FAKETIME_TIMESTAMP_FILE": str(file), "FAKETIME_CACHE_DURATION": "1",
           "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}  # fmt: skip
    world.ingest(**env)
    with world.load() as load:
        for jump in JUMPS:
            time.sleep(world.size.of(10, 3))
            file.write_text(f"{jump}\n")
        time.sleep(world.size.of(10, 3))
        behind = world.behind(load)
    moved = world.count(MOVED)
    wrong = "" if moved else "the clock did not jump"
    return world.tried(len(JUMPS), load, behind_s=behind, note=f"{moved} readings came at a wrong time", wrong=wrong)


def library() -> Path | None:
    """Find libfaketime."""
    return next(Path("/usr/lib").rglob("libfaketime.so.1"), None)
