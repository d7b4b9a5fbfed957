"""docs/architecture.md walks through files that are here, and begins in each where it says."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
STEPS = re.findall(r"`((?:\w+/)+\w+\.(?:py|js))`(?: `(\w+)`)?", PAGE.partition("## Walk with one reading")[2])


def test_the_walks_pass_through_every_room() -> None:
    """From the simulator to the page, and from the official network to the explanation."""
    assert {path.partition("/")[0] for path, _ in STEPS} == {
        "firmware_sim", "luchtbrug", "ingest", "validation", "storage", "api",
    }  # fmt: skip


@pytest.mark.parametrize(("path", "name"), sorted(set(STEPS)))
def test_a_step_of_a_walk_is_where_it_is_said_to_be(path: str, name: str) -> None:
    """A file or function that was moved or renamed is named here before a reader looks for it in vain."""
    text = (ROOT / path).read_text(encoding="utf-8")
    assert not name or re.search(rf"^ *(?:async )?def {name}\(", text, re.MULTILINE)
