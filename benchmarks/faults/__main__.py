"""Is anything lost or stored twice, whatever breaks?

Run `python -m benchmarks.faults [--only NAME …] [--quick] [--rate 500]` (needs Debian's mosquitto; `faketime` for the
clock and root for the full disk, else those two are left out and say so). Each fault gets servers of its own: a real
PostgreSQL, a real Mosquitto with our production configuration, and ingest as a process, under load. What the broker
acknowledged to the publisher stands in the publisher's ledger; the database is held against it, value by value. The
last line is JSON; the exit code is 1 when anything was lost or stored twice that is promised not to be.
"""

import argparse
import json
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.faults.catalogue import FAULTS, Fault
from benchmarks.faults.outcome import Outcome
from benchmarks.faults.world import Size, world
from benchmarks.fleet_world import programs_missing

COLUMNS = ("fault", "times", "messages", "lost", "twice", "behind_s", "seconds", "verdict", "note")
WIDTHS = (26, 5, 9, 6, 5, 8, 7, 18, 0)


def main() -> None:
    """Print a row for each fault, and end with 1 where a promise was not kept."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that every server is ended
    if missing := programs_missing():
        raise SystemExit(f"install {', '.join(missing)}: apt-get install mosquitto mosquitto-clients")
    print(_line(COLUMNS), flush=True)
    size, outcomes = Size(options.rate, options.stations, options.quick), []
    for name in options.only or FAULTS:
        fault = FAULTS[name]
        if reason := fault.impossible():
            print(f"{name}: left out, {reason}", flush=True)
            continue
        outcome = _try(name, fault, size)
        outcomes.append(outcome)
        print(_line([str(value) for value in outcome.as_dict().values()]), flush=True)
    print(json.dumps([outcome.as_dict() for outcome in outcomes]))
    sys.exit(any(not outcome.holds for outcome in outcomes))


def _try(name: str, fault: Fault, size: Size) -> Outcome:
    begin = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="luchtbrug-fault-", ignore_cleanup_errors=True) as folder,
        fault.database_folder(Path(folder)) as database,
        world(Path(folder), size, database) as broken,
    ):
        tried = fault.run(broken)
    return Outcome(name, fault.promised, tried, time.monotonic() - begin)


def _line(values: Sequence[str]) -> str:
    return " ".join(value.ljust(width) for value, width in zip(values, WIDTHS, strict=True)).rstrip()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=list(FAULTS), metavar="NAME", help=", ".join(FAULTS))
    parser.add_argument("--quick", action="store_true", help="each fault a few times and for seconds")
    parser.add_argument("--rate", type=int, default=500, help="messages a second")
    parser.add_argument("--stations", type=int, default=200)
    return parser.parse_args()


if __name__ == "__main__":
    main()
