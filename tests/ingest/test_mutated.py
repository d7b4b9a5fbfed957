"""Mutated payloads of every format: read, set aside with a named error, or known to hold nothing; never a crash.

`python benchmarks/mutations.py ../shared/payloads --count 200000` is the same at length.
"""

from pathlib import Path

import pytest

from benchmarks.mutations import captured, run

COUNT = 3000
FOLDER = next((folder / "shared/payloads" for folder in Path(__file__).parents if (folder / "shared").exists()), None)


@pytest.mark.realdata
def test_a_mutated_message_is_read_or_put_aside_by_name() -> None:
    """Thousands of mutations of captured messages: each ends in one place, and many are still read."""
    messages = [] if FOLDER is None else captured(FOLDER)
    if not messages:
        pytest.skip("no ../shared/payloads here")
    fates = run(messages, COUNT)
    assert (fates.crashes, fates.unplaced) == ([], [])
    assert fates.seen.total() == COUNT
    assert fates.seen["read"] > COUNT // 6
