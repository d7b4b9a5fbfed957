"""Fuzz every decoder and parser that a stranger's bytes reach; anything but an answer or a named error is a crash.

    python -m benchmarks.fuzz --seconds 30                # each target; the last line is JSON; 1 where anything crashed
    python -m benchmarks.fuzz --seconds 60 --only topics filter

With atheris installed (`pip install atheris`; not a dependency, it has wheels for Linux only) each target runs in a
process of its own, led by the branches that an input reaches; else, or with --plain, inputs are seeded mutations of
examples. Crashes are printed with the shortest input that was seen, as Python writes it.
"""

import argparse
import importlib
import importlib.util
import json
import re
import subprocess
import sys
import time
import traceback
from dataclasses import dataclass, field
from random import Random
from tempfile import TemporaryDirectory
from types import FunctionType
from typing import Any

from benchmarks.fuzz_targets import TARGETS, Target
from benchmarks.mutations import mutated

SEED = 20_261_123
LARGEST = 4096  # [bytes] of one input


@dataclass(slots=True)
class Found:
    """What became of one target: how often it ran, and a shortest input by each crash."""

    executions: int = 0
    seconds: float = 0.0
    crashes: dict[str, bytes] = field(default_factory=dict)

    def note(self, error: BaseException, data: bytes) -> None:
        """Keep a crash by where it happened, with the shortest input."""
        frame = traceback.extract_tb(error.__traceback__)[-1]
        name = f"{type(error).__name__} at {frame.name}:{frame.lineno}: {str(error)[:100]}"
        if name not in self.crashes or len(data) < len(self.crashes[name]):
            self.crashes[name] = data

    def summary(self) -> dict[str, Any]:
        """Give the numbers."""
        crashes = {name: repr(data[:500]) for name, data in self.crashes.items()}
        return {"executions": self.executions, "seconds": round(self.seconds, 1), "crashes": crashes}


def main() -> int:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description="Fuzz every decoder and parser.")
    parser.add_argument("--seconds", type=float, default=10.0, help="of each target [s]")
    parser.add_argument("--only", nargs="*", choices=sorted(TARGETS), default=sorted(TARGETS))
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--plain", action="store_true", help="mutations without atheris")
    parser.add_argument("--guided", choices=sorted(TARGETS), help=argparse.SUPPRESS)
    asked, _ = parser.parse_known_args()
    if asked.guided:
        return _guided(TARGETS[asked.guided])
    guided = not asked.plain and importlib.util.find_spec("atheris") is not None
    found = {}
    for name in asked.only:
        plain = not guided and run(TARGETS[name], seconds=asked.seconds, seed=asked.seed).summary()
        found[name] = each = plain or _in_a_process(name, asked.seconds, asked.seed)
        print(f"{name:12} {each['executions']:>10,} executions, {len(each['crashes'])} crashes", flush=True)
        for crash in each["crashes"].items():
            print("   ", *crash)
    total = sum(each["executions"] for each in found.values())
    crashed = sum(len(each["crashes"]) for each in found.values())
    print(json.dumps({"guided": guided, "executions": total, "crashes": crashed, "targets": found}))
    return 1 if crashed else 0


def run(target: Target, *, seconds: float, seed: int = SEED, executions: int = 10**9) -> Found:
    """Mutate examples, and what grew out of them, until the time or the number is over."""
    random, found = Random(seed), Found()  # noqa: S311 -- mutations, no secrets
    pool, begin = list(target.examples), time.monotonic()
    while found.executions < executions and time.monotonic() - begin < seconds:
        data = mutated(random.choice(pool), random)[:LARGEST]
        if _one(target, data, found) and random.random() < 0.02:
            pool = [*pool[-200:], data, *target.examples[:20]]
    found.seconds = time.monotonic() - begin
    return found


def _one(target: Target, data: bytes, found: Found) -> bool:
    """Run one input; whether it ended as it may."""
    found.executions += 1
    try:
        target.run(data)
    except target.allowed:
        return True
    except Exception as error:  # noqa: BLE001 -- any other is what is looked for
        found.note(error, data)
        return False
    return True


def _in_a_process(name: str, seconds: float, seed: int) -> dict[str, Any]:
    """Let atheris lead one target: it ends its process itself."""
    with TemporaryDirectory() as corpus:
        for number, example in enumerate(TARGETS[name].examples):
            with open(f"{corpus}/{number}", "wb") as file:  # noqa: PTH123 -- a scratch file
                file.write(example)
        command = [sys.executable, "-m", "benchmarks.fuzz", "--guided", name, corpus]
        options = [
            f"-max_total_time={max(1, round(seconds))}",
            f"-seed={seed}",
            f"-max_len={LARGEST}",
            "-verbosity=0",
            "-print_final_stats=1",
        ]
        done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    ran = re.search(r"^stat::number_of_executed_units: *(\d+)", done.stderr, re.MULTILINE)
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    crashes = told[-1]["crashes"] if told else {}
    if ran is None:
        crashes[f"ended with {done.returncode}"] = done.stderr[-500:]
    return {"executions": int(ran[1]) if ran else 0, "seconds": seconds, "crashes": crashes}


def _guided(target: Target) -> int:
    """Run one target under atheris, which ends the process; what crashed is printed as it is found."""
    atheris: Any = importlib.import_module("atheris")  # not a dependency

    found = Found()

    def run_one(data: bytes) -> None:
        if not _one(target, data, found):
            print(json.dumps(found.summary()), flush=True)

    for room in ("ingest", "api", "storage.sensorthings", "luchtbrug.jobs.replay_files"):
        for name, module in list(sys.modules.items()):
            if name.startswith(room) and getattr(module, "__file__", None):
                _instrument(atheris, module)
    atheris.Setup([sys.argv[0], *sys.argv[3:]], run_one)
    atheris.Fuzz()
    return 0


def _instrument(atheris: Any, module: Any) -> None:
    for each in vars(module).values():
        if isinstance(each, FunctionType) and each.__module__ == module.__name__:
            atheris.instrument_func(each)


if __name__ == "__main__":
    sys.exit(main())
