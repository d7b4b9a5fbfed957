"""What `papers` does."""

from pathlib import Path

import typer

from luchtbrug.papers import Operator, write
from luchtbrug.settings import Settings


def papers(settings: Settings, folder: Path) -> None:
    """Write the papers, and say how much of each is left to fill in."""
    for path in write(Operator.of(settings), folder):
        typer.echo(f"{path}: {path.read_text(encoding='utf-8').count('[FILL IN: ')} to fill in")
