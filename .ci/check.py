"""Run what a merge needs besides the long tests, beside each other: `make check`, and each commit.

python .ci/check.py [NAME ...]     # without names all of CHECKS; what a check says is shown where it fails
"""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent  # .venv/bin

FAST = (
    "tests/validation", "tests/ingest/formats", "tests/test_repository.py", "tests/test_public_code.py",
    "tests/test_threat_model.py",
)  # fmt: skip
"""Tests that start no server and no browser: what they say in half a minute."""

CHECKS = {  # what takes longest first
    "tests": ("pytest", "-q", *FAST),  # in one process: with two, beside mypy, they take half as much again
    "types": ("mypy",),
    "licences": ("reuse", "lint", "--quiet"),
    "rooms": ("lint-imports",),
    "lint": ("ruff", "check", "."),
    "format": ("ruff", "format", "--check", "."),
}


class Done(NamedTuple):
    """How a check ended."""

    name: str
    code: int
    seconds: float
    said: str


def main(names: Sequence[str]) -> int:
    """Print a line for each check as it ends; 1 where any failed."""
    if unknown := set(names) - CHECKS.keys():
        print(f"no check is called {', '.join(sorted(unknown))}: there are {', '.join(CHECKS)}")
        return 2
    begin = time.monotonic()
    with ThreadPoolExecutor(max(2, os.cpu_count() or 1)) as pool:
        done = [one.result() for one in [pool.submit(_run, name) for name in names or CHECKS]]
    for one in done:
        if one.code:
            print(f"\n-- {one.name}: {' '.join(CHECKS[one.name])}\n{one.said}")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{time.monotonic() - begin:.0f} s, of processor time {used.ru_utime + used.ru_stime:.0f} s")
    return int(any(one.code for one in done))


def _run(name: str) -> Done:
    program, *options = CHECKS[name]
    begin = time.monotonic()
    found = subprocess.run([BIN / program, *options], cwd=ROOT, capture_output=True, text=True, check=False)
    done = Done(name, found.returncode, time.monotonic() - begin, found.stdout + found.stderr)
    last = done.said.strip().rpartition("\n")[2]
    print(f"{name:9} {'ok ' if done.code == 0 else 'BAD'} {done.seconds:5.1f} s  {last}", flush=True)
    return done


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
