"""Make of the documents a site: pages generated from code, and links to code that lead to the repository.

MkDocs calls the functions `on_*`. Nothing here changes a file: a generated page exists in the built site only.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

import typer
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from typer.main import get_command

from api.flag_words import WORDS
from api.settings import ApiSettings
from api.v1 import create_v1
from luchtbrug.cli import app
from validation.flags import FAIL, SUSPECT, Flag

_LINK = re.compile(r"(!?\[[^\]]*\])\((?!https?:|mailto:|#)([^)\s]+)\)")


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the pages that are made of code."""
    pages = {"commands": _commands(), "flags": _flags(), "api-paths": _paths()}
    for name, text in pages.items():
        files.append(File.generated(config, f"reference/{name}.md", content=text))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead links that leave docs/ to the repository; those within stay, and are checked by the strict build."""
    here = PurePosixPath("docs", page.file.src_uri).parent

    def lead(match: re.Match[str]) -> str:
        path, _, anchor = match[2].partition("#")
        target = _resolved(here / path)
        if target.parts[:1] == ("docs",) and files.get_file_from_path(str(target.relative_to("docs"))):
            return match[0]
        suffix = f"#{anchor}" if anchor else ""
        return f"{match[1]}({config.repo_url}/blob/main/{target}{suffix})"

    return _LINK.sub(lead, markdown)


def _resolved(path: PurePosixPath) -> PurePosixPath:
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return PurePosixPath(*parts)


def _commands() -> str:
    lines = ["# Commands", "", "Made from the help texts of `luchtbrug`; each has an example.", ""]
    for name, command in _walk("luchtbrug", get_command(app)):
        lines += [f"## {name}", "", command.help or "", ""]
        rows = [_option(each) for each in command.params if each.name != "help"]
        if rows:
            lines += ["| option | default | meaning |", "| --- | --- | --- |", *rows, ""]
    return "\n".join(lines)


def _walk(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    """Go through the commands and those of groups."""
    if not hasattr(command, "list_commands"):
        yield name, command
        return
    ctx = typer.Context(command)
    for each in command.list_commands(ctx):
        yield from _walk(f"{name} {each}", command.get_command(ctx, each))


def _option(parameter: Any) -> str:
    names = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
    default = "" if parameter.default in (None, False, ()) or parameter.required else f"`{parameter.default}`"
    return f"| {names} | {default} | {getattr(parameter, 'help', None) or ''} |"


def _flags() -> str:
    lines = [
        "# Flags", "",
        "What was seen about a value, one bit each; nothing is deleted for it. The checks behind them are in",
        "[quality control](../quality-control.md).", "",
        "| flag | bit | use of the value | in words | in het Nederlands |", "| --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    for flag in Flag:
        level = "fail: no value" if flag & FAIL else "suspect" if flag & SUSPECT else "said only"
        english, dutch = WORDS[str(flag.name).lower()]
        lines.append(f"| `{str(flag.name).lower()}` | {int(flag).bit_length() - 1} | {level} | {english} | {dutch} |")
    return "\n".join(lines)


def _paths() -> str:
    settings = ApiSettings.model_validate({"database_url": "postgresql://localhost/none"})
    document = create_v1(settings).openapi()
    lines = [
        "# Paths of the API",
        "",
        document["info"]["description"],
        "",
        "Each path is below `/v1`; the document is `/v1/openapi.json`.",
        "",
    ]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            lines += [
                f"## {method.upper()} {path}",
                "",
                operation.get("summary", ""),
                "",
                operation.get("description", ""),
                "",
            ]
            rows = [_parameter(each) for each in operation.get("parameters", [])]
            if rows:
                lines += ["| parameter | in | meaning |", "| --- | --- | --- |", *rows, ""]
    return "\n".join(lines)


def _parameter(parameter: Any) -> str:
    meaning = str(parameter.get("description", "")).replace("\n", " ").replace("|", "\\|")
    return f"| `{parameter['name']}` | {parameter['in']} | {meaning} |"
