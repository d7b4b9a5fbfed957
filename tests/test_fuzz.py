"""A short slice of `benchmarks/fuzz.py`: mutated input of every parser is read, or refused by name."""

import pytest

from benchmarks.fuzz import run
from benchmarks.fuzz_targets import TARGETS

SECONDS, EXECUTIONS = 1.0, 1500


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_whatever_comes_is_read_or_refused_by_name(name: str) -> None:
    """A second of mutations crashes nothing; the same command without bounds is run by hand (docs/threat-model.md)."""
    found = run(TARGETS[name], seconds=SECONDS, executions=EXECUTIONS)
    assert found.crashes == {}
    assert found.executions > 20


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_the_examples_are_read(name: str) -> None:
    """What is mutated is worth it: no example is refused, whole and as it stands."""
    for example in TARGETS[name].examples:
        if name != "format":  # there each body is given to a format that it was not written for as well
            TARGETS[name].run(example)
