"""Commands as documents name them: each is there, with the options that are named."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import typer.main

from luchtbrug.cli import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob(".github/**/*.md")])
NAMED = re.compile(r"(?:`|bin/|^\$ |^ {4}|run --rm .*? api )luchtbrug ([a-z][^`\n|#;&)'\"]*)", re.MULTILINE)
BENCHMARK = re.compile(r"python -m (benchmarks(?:\.\w+)+|benchmarks)([^`\n|#;&]*)")
OPTION = re.compile(r"(?<![\w-])--[a-z][\w-]*")


def _command(words: Sequence[str]) -> tuple[Any, Sequence[str]]:
    """Find the command that words begin with; itself, and the words after it."""
    command: Any = typer.main.get_command(app)
    while words and hasattr(command, "list_commands"):
        found = command.get_command(command.context_class(command, info_name="luchtbrug"), words[0])
        if found is None:
            return command, words
        command, words = found, words[1:]
    return command, words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_document_names_no_command_that_is_not_there(page: Path) -> None:
    """A command or an option that was renamed would be found here, not by who types it."""
    for line in NAMED.findall(page.read_text(encoding="utf-8")):
        command, rest = _command(line.split())
        assert rest == [] or rest[0].startswith("-") or not hasattr(command, "list_commands"), line
        known = {"--help", *(name for each in command.params for name in (*each.opts, *each.secondary_opts))}
        assert set(OPTION.findall(line)) <= known, line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_document_names_no_benchmark_that_is_not_there(page: Path) -> None:
    """Its module is here, and its source names each option."""
    for module, options in BENCHMARK.findall(page.read_text(encoding="utf-8")):
        path = ROOT / module.replace(".", "/")
        source = path.with_suffix(".py") if path.with_suffix(".py").exists() else path / "__main__.py"
        text = source.read_text(encoding="utf-8")
        assert [option for option in OPTION.findall(options) if f'"{option}"' not in text] == [], module


def test_what_is_not_there_is_found() -> None:
    """A page with a command and an option of its own invention is refused."""
    command, rest = _command(["station", "paint"])
    assert (hasattr(command, "list_commands"), rest) == (True, ["paint"])
    assert NAMED.findall("    luchtbrug retention --weekly\n`luchtbrug paint`") == ["retention --weekly", "paint"]
