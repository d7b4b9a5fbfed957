"""Lines of a document, typed into a shell as they stand."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest


def typed(text: str, shown: str, here: str, folder: Path) -> str:
    """Type every line that begins with `$ `, with the address `here` for the one that is shown; give what they said."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    lines = re.findall(r"^\$ (.*)$", text, re.MULTILINE)
    assert lines
    assert shown in text
    program = "\n".join(lines).replace(shown, here)
    shell = 'set -e; curl() { command curl --silent --show-error --fail "$@"; }\n' + program
    done = subprocess.run(["sh", "-c", shell], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
