"""Mutated payloads of every format: read, set aside with a named error, or known to hold nothing; never a crash.

MUTATIONS=200000 pytest tests/ingest/test_mutated.py -s --timeout 3600        # by hand: so many, and their fates
"""

import os
from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from ingest.decoding import DecodedBatch, decode
from ingest.memory import Memories
from ingest.message import Message
from tests.ingest.captured import captured, mutated

SEED = 20_261_122
COUNT = int(os.environ.get("MUTATIONS", "3000"))


def _fates(batch: DecodedBatch) -> list[str]:
    fates = ["read" for _ in batch.readings] + ["silent" for _ in batch.silent] + ["notice" for _ in batch.notices]
    return fates + [error.reason for _, error in batch.failures]


def _run(messages: list[Message], count: int) -> Counter[str]:
    """Mutate and decode so many messages, bodies and request targets in turn; count what became of them."""
    random, memories, seen = Random(SEED), Memories(), Counter[str]()
    for number in range(count):
        message = messages[number % len(messages)]
        if message.payload or number % 2:
            changed = replace(message, payload=mutated(message.payload, random))
        else:
            changed = replace(message, path=mutated(message.path.encode(), random).decode("utf-8", "replace"))
        fates = _fates(decode([changed], {"st-1": "generic_json"} if number % 17 == 0 else {}, memories))
        assert len(fates) == 1, (changed, fates)
        seen[fates[0]] += 1
    return seen


@pytest.mark.realdata
def test_a_mutated_message_is_read_or_put_aside_by_name() -> None:
    """Thousands of mutations of captured messages: each ends in one place, and many are still read."""
    messages = [message for _, message in captured()]
    if not messages:
        pytest.skip("no ../shared/payloads here")
    seen = _run(messages, COUNT)
    print(dict(seen))  # noqa: T201  the count, where it is asked for by hand
    assert seen.total() == COUNT
    assert seen["read"] > COUNT // 6
