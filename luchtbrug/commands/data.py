"""What `migrate`, `replay`, `pictures`, `decode` and `doctor` do; each imports what it runs when it is called."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import typer

import storage.migrate
from luchtbrug.database import open_database
from luchtbrug.settings import Settings
from storage.connection import connect


def migrate(settings: Settings) -> None:
    """Apply the migrations that are missing, and name them."""
    with open_database(settings) as url, connect(url) as conn:
        applied = storage.migrate.migrate(conn)
    typer.echo("\n".join(f"applied {name}" for name in applied) or "The schema is up to date.")


def replay(in_dir: Path, out: Path) -> None:
    """Replay a folder into a file, with a bar on a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    from luchtbrug.jobs.replay import replay as replay_job

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("hours"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        tasks: dict[str, TaskID] = {}

        def tell(observed_property: str, done: int, total: int) -> None:
            task = tasks.setdefault(observed_property, progress.add_task(observed_property, total=total))
            progress.update(task, completed=done)

        replay_job(in_dir, out, progress=tell)


def pictures(validated: Path, truth: Path, out: Path, *, observed_property: str, station: str | None) -> None:
    """Draw a replay beside the truth, and name the files."""
    from api.phrases import UNITS
    from ingest.vocabulary import UNITS as SENT_IN
    from luchtbrug.pictures.campaign import read_campaign
    from luchtbrug.pictures.draw import write_pictures

    campaign = read_campaign(validated, truth, observed_property)
    unit = UNITS.get(SENT_IN.get(observed_property, ""), SENT_IN.get(observed_property, ""))
    for path in write_pictures(campaign, out, unit=unit, station=station):
        typer.echo(path)


def decode(files: list[Path], *, topic: str, jsonl: bool) -> None:
    """Print what payloads are read as, a JSON line a reading or a sample."""
    from msgspec.structs import asdict

    from ingest.decode_lines import decode_lines, decode_payload

    if jsonl:
        for answer in decode_lines(sys.stdin):
            typer.echo(answer)
        return
    payloads = [(str(path), path.read_bytes()) for path in files] or [("standard input", sys.stdin.buffer.read())]
    for place, payload in payloads:
        typer.echo(f"# {place}", err=True)
        name, decoded = decode_payload(topic, payload)
        typer.echo(f"# format {name}", err=True)
        for record in decoded.records:
            typer.echo(json.dumps(asdict(record)))
        for refusal in decoded.refused:
            typer.echo(f"# refused: {refusal}", err=True)


def doctor(settings: Settings) -> bool:
    """Print the findings; False when something is wrong."""
    from rich.console import Console
    from rich.markup import escape

    from luchtbrug.doctor.examining import examine

    console = Console()
    mark = {True: "[green]ok  [/]", False: "[red]BAD [/]", None: "[yellow]?   [/]"}
    with open_database(settings) as url:
        findings = list(examine(settings, database_url=url, now=datetime.now(UTC)))
    for finding in findings:
        advice = f"  → {finding.advice}" if finding.advice else ""
        console.print(
            f"{mark[finding.ok]} {finding.what:<12} {escape(finding.seen + advice)}", highlight=False, soft_wrap=True
        )
    return all(finding.ok is not False for finding in findings)
