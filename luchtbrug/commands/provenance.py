"""What `recalculate` and `score` do."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

import storage.audit
import storage.scores
from luchtbrug.database import open_schema
from luchtbrug.jobs import recalculate as recalculation
from luchtbrug.jobs.network import CALIBRATED
from luchtbrug.jobs.recalculate import Range, RangeError
from luchtbrug.jobs.scores import midnight, score_property
from luchtbrug.settings import Settings
from storage.audit import COMMAND
from storage.connection import connect
from storage.scores import Score

_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_ORDER = {"field": 0, "value": 1, "estimate": 2}


def recalculate(settings: Settings, begin: str, end: str, observed_properties: Sequence[str], *, refit: bool) -> None:
    """Validate a past range again, with a bar on a terminal, and say what came out."""
    now = datetime.now(UTC)
    wanted = asked_range(begin, end, observed_properties, now=now, refit=refit)
    with open_schema(settings) as url, connect(url) as conn, bar("hours") as shown:
        task = shown.add_task("recalculate", total=None)
        done = recalculation.recalculate(
            conn,
            wanted,
            now=now,
            window=timedelta(weeks=settings.window_weeks),
            refit_every=timedelta(hours=settings.refit_hours),
            progress=lambda finished, total: shown.update(task, completed=finished, total=total),
        )
        told = {"begin": begin, "end": end, "refit": refit, "changed": done.changed, "fitted": done.fitted}
        names = ",".join(wanted.observed_properties)
        storage.audit.record(conn, COMMAND, "calibrations.recalculated", names, time=now, after=told)
    if done.resumed_at > wanted.begin:
        typer.echo(f"Went on at {done.resumed_at:%Y-%m-%dT%H}, where an earlier run was stopped.")
    typer.echo(f"{done.changed} hours got another outcome; {done.fitted} calibrations were fitted.")


def asked_range(begin: str, end: str, observed_properties: Sequence[str], *, now: datetime, refit: bool) -> Range:
    """Read what was asked for; the end is the last full hour at most. Raises RangeError or BadParameter."""
    latest = now.replace(minute=0, second=0, microsecond=0)
    names = tuple(name for name in CALIBRATED if name in observed_properties) or CALIBRATED
    unknown = sorted(set(observed_properties) - set(CALIBRATED))
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)}: only {', '.join(CALIBRATED)} are calibrated")
    return Range(_hour(begin), min(_hour(end), latest), names, refit)


def score(settings: Settings, *, as_json: bool) -> None:
    """Score what today lacks, with a bar on a terminal, and print the scores of today."""
    now = datetime.now(UTC)
    with open_schema(settings) as url, connect(url) as conn:
        with bar("reference stations") as shown:
            tasks: dict[str, TaskID] = {}

            def tell(observed_property: str, done: int, total: int) -> bool:
                if observed_property not in tasks:
                    tasks[observed_property] = shown.add_task(observed_property, total=total)
                shown.update(tasks[observed_property], completed=done)
                return True

            window = timedelta(weeks=settings.window_weeks)
            for name in CALIBRATED:
                score_property(conn, name, now=now, window=window, progress=tell)
        rows = storage.scores.list_scores(conn, day=midnight(now).date())
    if as_json:
        typer.echo(json.dumps([asdict(row) for row in rows], default=lambda time: time.isoformat()))
    elif rows:
        Console().print(_table(rows))
    else:
        typer.echo("Nothing to score: it takes two official stations, and readings of the last eight weeks.")


def _hour(text: str) -> datetime:
    """Read a time; without an offset it is UTC. Raises RangeError."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise RangeError(f"{text!r} is not a time.") from error
    if not _FIRST_YEAR <= time.year <= _LAST_YEAR:
        raise RangeError(f"{text!r} is not between {_FIRST_YEAR} and {_LAST_YEAR}.")
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _table(rows: Sequence[Score]) -> Table:
    """Lay the scores out; errors are in the unit of the property."""
    table = Table(
        "property", "sensor model", "km", "product", "rmse", "bias", "slope", "95 % covers", "±", "given", "hours"
    )
    for row in sorted(
        rows, key=lambda row: (row.observed_property, row.sensor_model, row.band_begin_km, _ORDER[row.product])
    ):
        table.add_row(
            row.observed_property,
            escape(row.sensor_model) or "(no sensor)",
            f"{row.band_begin_km:g}–{row.band_end_km:g}" if row.band_end_km is not None else f"{row.band_begin_km:g}–",
            row.product,
            f"{row.rmse:.2f}",
            f"{row.bias:+.2f}",
            "" if row.slope is None else f"{row.slope:.2f}",
            f"{row.coverage:.0%}",
            f"{row.half_width:.1f}",
            f"{row.validated_share:.0%}",
            str(row.hours),
        )
    return table


@contextmanager
def bar(what: str) -> Iterator[Progress]:
    """Show how far long work has come, on a terminal only."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(what),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        yield progress
