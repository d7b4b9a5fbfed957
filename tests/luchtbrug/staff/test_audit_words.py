"""What the audit log says that somebody did, said in words on the desk."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_type_hints

from api.web.wording import LANGUAGES, messages
from luchtbrug.owner.control import EventBody

ROOT = Path(__file__).resolve().parents[3]
WRITING = {"record", "_note", "write_down", "_write_down"}
ACTION = re.compile(r"[a-z]+\.[a-z_]+")


def written() -> Iterator[str]:
    """Give every action that the code writes: whole ones, and those of campaigns and owners, put together of two."""
    for file in (ROOT / "luchtbrug").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in WRITING:
                yield from (one for one in map(_text, node.args) if ACTION.fullmatch(one))
            elif isinstance(node, ast.Call) and _name(node.func) == "Outcome":
                yield from (f"campaign.{_text(each.value)}" for each in node.keywords if each.arg == "done")
    yield from (f"station.{kind}" for kind in get_args(get_type_hints(EventBody)["kind"]))


def _name(of: ast.expr) -> str:
    return of.attr if isinstance(of, ast.Attribute) else getattr(of, "id", "")


def _text(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ""


def test_each_action_has_words_in_both_languages() -> None:
    """Nothing that is written has no words, and no words are left of what is written no more."""
    found = set(written())
    for language in LANGUAGES:
        said = {key.removeprefix("staff.act.") for key in messages(language) if key.startswith("staff.act.")}
        assert said == found
