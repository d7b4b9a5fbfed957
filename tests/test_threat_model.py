"""docs/threat-model.md: what it promises is tried by tests that are there; the exceptions in the code have reasons."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/threat-model.md"
DOORS = (
    "MQTT", "HTTP push", "Public API", "The page", "Owners' forms", "Staff", "Command line", "Reference networks",
    "Webhooks and mail", "Supply chain",
)  # fmt: skip


def test_each_test_that_is_named_is_there() -> None:
    """Every link to a test leads to a file in which a test of that name is defined."""
    named = re.findall(r"\[`(test_\w+)`\]\(\.\./(tests/[\w/.]+)\)", PAGE.read_text())
    assert len(named) > 80
    assert [one for one, path in named if f"def {one}(" not in (ROOT / path).read_text()] == []


def test_each_promise_has_a_test_that_is_there() -> None:
    """docs/trust.md numbers ten promises, and each row names tests that are defined in the files it names."""
    rows = re.findall(r"^\| (\d+) \| .+ \| (.+) \| .+ \|$", (ROOT / "docs/trust.md").read_text(), re.MULTILINE)
    named = [(number, *pair) for number, cell in rows for pair in re.findall(r"`(tests/[\w/.]+)::(test_\w+)`", cell)]
    assert [one for one in named if f"def {one[2]}(" not in (ROOT / one[1]).read_text()] == []
    assert {number for number, *_ in named} | {"6"} == {
        str(number) for number in range(1, 11)
    }  # 6: docs/threat-model.md


def test_each_door_has_its_section_and_each_threat_its_test() -> None:
    """No door is left out, and no row of a threat ends without a test."""
    text = PAGE.read_text()
    assert [door for door in DOORS if f"\n## {door}" not in text] == []
    rows = re.findall(r"^\| ([STRIDE]) \| (.+) \| (.+) \| (.*) \|$", text, re.MULTILINE)
    assert len(rows) > 50
    assert [threat for _, threat, _, tests in rows if "`test_" not in tests] == []
    assert {kind for kind, *_ in rows} == set("STRIDE")


def test_every_exception_from_a_security_rule_has_its_reason() -> None:
    """Behind each noqa of one of ruff's S rules, outside of tests, stand words."""
    rooms = ("luchtbrug", "ingest", "validation", "storage", "api", "firmware_sim", "benchmarks", ".ci")
    done = subprocess.run(["git", "grep", "-n", "noqa: S", "--", *rooms], cwd=ROOT, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    assert len(lines) > 5
    assert [line for line in lines if not re.search(r"noqa: S\d+(?:, ?[A-Z]+\d+)* +(?:--|#) +\w+", line)] == []
