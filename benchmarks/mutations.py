"""Mutate captured payloads and decode them: each must be read, set aside by name, or known to hold nothing.

    python benchmarks/mutations.py FOLDER --count 200000      # FOLDER of captured samples, as ../shared/payloads

Seeded: the same count and seed give the same mutations. Prints the first crashes and messages that ended in no place or
in two, and, last, one JSON line with their numbers and what became of the others. Ends with 1 where there was any.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from ingest.decoding import DecodedBatch, decode
from ingest.memory import Memories
from ingest.message import Message

SEED = 20_261_122
_AT = datetime(2026, 5, 17, 22, 23, 5, tzinfo=UTC)
_SHOWN = 5  # crashes and unplaced messages that are printed


@dataclass(slots=True)
class Fates:
    """What became of mutated messages: how many ended how, and those that should not have."""

    seen: Counter[str] = field(default_factory=Counter)
    crashes: list[str] = field(default_factory=list)
    unplaced: list[str] = field(default_factory=list)

    def summary(self) -> dict[str, object]:
        """Give the numbers."""
        counts = {"messages": self.seen.total(), "crashes": len(self.crashes), "unplaced": len(self.unplaced)}
        return counts | {"fates": dict(self.seen.most_common())}


def main() -> int:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description="Mutate captured payloads and decode them.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    fates = run(captured(asked.folder), asked.count, seed=asked.seed)
    print("\n".join((fates.crashes + fates.unplaced)[:_SHOWN]))
    print(json.dumps(fates.summary()))
    return 1 if fates.crashes or fates.unplaced else 0


def captured(folder: Path) -> list[Message]:
    """Give every captured message of a folder, on a topic of station st-1."""
    found: list[Message] = []
    for path in sorted(folder.glob("*/*.meta.json")):
        found += _messages(json.loads(path.read_text()), path.parent)
    return found


def run(messages: Sequence[Message], count: int, *, seed: int = SEED) -> Fates:
    """Mutate and decode so many messages, bodies and request targets in turn; the station is now and then set."""
    random, memories, fates = Random(seed), Memories(), Fates()  # noqa: S311 -- mutations, no secrets
    for number in range(count):
        changed = _changed(messages[number % len(messages)], number, random)
        setting = {"st-1": "generic_json"} if number % 17 == 0 else {}
        try:
            homes = _homes(decode([changed], setting, memories))
        except Exception as error:  # noqa: BLE001 -- any is what is looked for
            homes = ["crash"]
            fates.crashes.append(f"{type(error).__name__}: {error!s:.100} of {changed!r:.300}")
        if len(homes) != 1:
            fates.unplaced.append(f"{homes} of {changed!r:.300}")
        fates.seen[homes[0] if homes else "nowhere"] += 1
    return fates


def _changed(message: Message, number: int, random: Random) -> Message:
    if message.payload or number % 2:
        return replace(message, payload=mutated(message.payload, random))
    return replace(message, path=mutated(message.path.encode(), random).decode("utf-8", "replace"))


def _homes(batch: DecodedBatch) -> list[str]:
    """List where a message ended: among readings, what is rightly silent, notices, or failures, by their reason."""
    found = ["read" for _ in batch.readings] + ["silent" for _ in batch.silent] + ["notice" for _ in batch.notices]
    return found + [error.reason for _, error in batch.failures]


def _messages(meta: dict[str, Any], folder: Path) -> Iterator[Message]:
    body = (folder / str(meta["file"])).read_bytes()
    transport = meta["transport"]
    if transport["kind"] == "mqtt-transcript":
        for line in map(json.loads, filter(str.strip, body.decode().splitlines())):
            yield Message("mqtt", f"in/st-1/{line['topic']}", line["payload"].encode(), _AT)
    elif transport["kind"] == "mqtt":
        yield Message("mqtt", f"in/st-1/{transport['topic']}", body, _AT)
    else:
        polled = "direction" in transport
        payload = b"" if transport["method"] == "GET" and not polled else body
        headers = {key: value for key, value in transport["headers"].items() if key != "note"}
        path = "" if polled else transport["path"]
        yield Message("http", "in/st-1/push", payload, _AT, station_id="st-1", path=path, headers=headers)


_ODD = (
    b"null", b"NaN", b"-Infinity", b"1e999", b"9" * 400, b'""', b"[]", b"{}", b"[[[[", b"true", b'"\\ud800"', b"\x00",
    b"\xff\xfe", b"\xf0\x9f\x92\xa3", b"-9999", b"65535", b"327.67", b"%00", b"%ZZ", b"&", b"=", b",",
    b'"', b"\\", b"_",
)  # fmt: skip


def mutated(seed: bytes, random: Random) -> bytes:
    """Cut out, repeat, overwrite and put in bytes, one to four times."""
    payload = bytearray(seed)
    for _ in range(random.randint(1, 4)):
        begin = random.randint(0, len(payload))
        end = min(len(payload), begin + random.choice((0, 1, 1, 2, 8, 40)))
        kind = random.randrange(5)
        if kind == 0:
            del payload[begin:end]
        elif kind == 1:
            payload[begin:end] = random.choice(_ODD)
        elif kind == 2:
            payload[begin:begin] = payload[begin:end] * random.randint(1, 3)
        elif kind == 3:
            payload[begin:end] = bytes(random.randrange(256) for _ in range(end - begin))
        else:
            _replace_value(payload, random)
    return bytes(payload)


def _replace_value(payload: bytearray, random: Random) -> None:
    """Put something odd in the place of a value: the JSON or form stays one, so that decoders see it."""
    at = payload.find(random.choice((b":", b"=")), random.randint(0, len(payload)))
    if at < 0:
        return
    ends = [end for mark in (b",", b"}", b"&", b"]") if (end := payload.find(mark, at)) > 0]
    payload[at + 1 : min(ends, default=len(payload))] = random.choice(_ODD)


if __name__ == "__main__":
    sys.exit(main())
