"""The command `luchtbrug`: parse, call, print. Every expected failure ends in a sentence that says what to do.

Each command imports what it runs when it is called: else `--help` would load a web framework and two numeric libraries.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from luchtbrug import __version__
from luchtbrug.commands.groups import Groups

if TYPE_CHECKING:
    from luchtbrug.settings import Settings

app = typer.Typer(
    cls=Groups,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_say_version, help="say which release this is, and end")
    ] = False,
) -> None:
    """Citizen-science air quality: stations publish over MQTT, every value is calibrated and explains itself."""


def main() -> None:
    """Run the command; an expected error is one sentence and exit code 1, never a traceback."""
    try:
        app()
    except Exception as error:  # outermost: what is not expected goes on as it is
        from luchtbrug.commands.failures import explained

        sentence = explained(error)
        if sentence is None:
            raise
        print(f"luchtbrug: {sentence}", file=sys.stderr)  # noqa: T201
        sys.exit(1)


@app.command()
def demo(
    stations: Annotated[int, typer.Option(min=4, max=2000, help="simulated stations")] = 40,
    seconds: Annotated[float | None, typer.Option(min=1, help="end after this long; without it at Ctrl-C")] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="port of the page; a free one if it is taken")] = 8000,
    seed: Annotated[int, typer.Option(min=0, help="another seed is another city")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="the summary as JSON on the last line")] = False,
) -> None:
    """Run the main job here on simulated stations: broker, database, ingest, calibration, API and page.

    Example: `luchtbrug demo --stations 40 --seconds 60 --json`
    """
    from luchtbrug.demo.run import run_demo
    from luchtbrug.settings import Settings

    run_demo(Settings.read(api_port=port), stations=stations, seconds=seconds, seed=seed, as_json=as_json)


@app.command()
def serve() -> None:
    """Run all services against the configured database and broker; what is not configured is embedded.

    Example: `LUCHTBRUG_DATABASE_URL=postgresql://… LUCHTBRUG_MQTT_URL=mqtt://… luchtbrug serve`
    """
    from luchtbrug.commands import together

    together.serve(_settings())


@app.command()
def ingest(
    as_json: Annotated[bool, typer.Option("--json", help="the counters as JSON on the last line")] = False,
) -> None:
    """Take readings from the broker into the database until SIGTERM.

    Example: `LUCHTBRUG_MQTT_URL=mqtt://luchtbrug:secret@localhost:1883 luchtbrug ingest`
    """
    from luchtbrug.commands import services

    services.ingest(_settings(), as_json=as_json)


@app.command()
def api() -> None:
    """Serve the API and the page until SIGTERM.

    Example: `LUCHTBRUG_API_PORT=8080 luchtbrug api`
    """
    from luchtbrug.commands import services

    services.api(_settings())


@app.command()
def calibrate(
    once: Annotated[bool, typer.Option(help="look once and end")] = False,
) -> None:
    """Fetch official hours, fit calibrations and validate hours, again and again until SIGTERM.

    Example: `luchtbrug calibrate --once`
    """
    from luchtbrug.commands import services

    services.calibrate(_settings(), once=once)


@app.command()
def home() -> None:
    """Publish each station's validated values to its owner, with Home Assistant discovery, until SIGTERM.

    Example: `LUCHTBRUG_MQTT_URL=mqtt://luchtbrug:secret@localhost:1883 luchtbrug home`
    """
    from luchtbrug.commands import services

    services.home(_settings())


@app.command()
def alerts() -> None:
    """Tell owners once when a station is silent, stuck, odd or drifting, and once when it is over, until SIGTERM.

    Example: `LUCHTBRUG_SMTP_URL=smtp://user:secret@mail:587 luchtbrug alerts`
    """
    from luchtbrug.commands import services

    services.alerts(_settings())


@app.command()
def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would go, and delete nothing")] = False,
    nightly: Annotated[bool, typer.Option("--nightly", help="at 3:00 UTC each night until SIGTERM")] = False,
) -> None:
    """Delete what has been kept long enough, class by class, and say how much that was (docs/privacy/retention.md).

    Example: `luchtbrug retention --dry-run`
    """
    from luchtbrug.commands import services

    services.retention(_settings(), dry_run=dry_run, nightly=nightly)


@app.command()
def papers(
    folder: Annotated[Path, typer.Argument(help="where to write them")],
) -> None:
    """Write the privacy papers, filled in for this platform: register, DPIA pre-scan, annex, retention, statement, BIO.

    Example: `luchtbrug papers papers/`
    """
    from luchtbrug.commands import papers as writing

    writing.papers(_settings(), folder)


@app.command()
def broker() -> None:
    """Run the embedded broker alone until SIGTERM (production uses Mosquitto).

    Example: `LUCHTBRUG_MQTT_PORT=1884 luchtbrug broker`
    """
    from luchtbrug.commands import services

    services.broker(_settings())


@app.command()
def setup() -> None:
    """Migrate the database, and make the platform's account on Mosquitto (once, and after an upgrade).

    Example: `luchtbrug setup`
    """
    from luchtbrug.commands import brokers

    brokers.setup(_settings())


@app.command()
def resync(
    new_passwords: Annotated[
        bool, typer.Option("--new-passwords", help="make lost accounts anew, and print their new passwords once")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Make the accounts on Mosquitto what the station table says, as after the restore of a backup.

    Example: `luchtbrug resync`
    """
    from luchtbrug.commands import resync as resynchronising

    if not resynchronising.resync(_settings(), new_passwords=new_passwords, as_json=as_json):
        raise typer.Exit(2)


@app.command()
def migrate() -> None:
    """Bring the database to the schema of this release.

    Example: `LUCHTBRUG_DATABASE_URL=postgresql://… luchtbrug migrate`
    """
    from luchtbrug.commands import data

    data.migrate(_settings())


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="folder to make; it holds exact positions: keep it as you keep those")],
) -> None:
    """Back the database up into a folder, while everything goes on; settings and keys are not in it.

    Example: `luchtbrug backup /backups/2026-11-23`
    """
    from luchtbrug.commands import backup as backups

    backups.backup(_settings(), folder)


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(help="folder that `backup` made")],
    force: Annotated[bool, typer.Option("--force", help="drop what the database holds first")] = False,
) -> None:
    """Restore a backup into an empty database, and compare every table with what was backed up.

    Example: `LUCHTBRUG_DATABASE_URL=postgresql://… luchtbrug restore /backups/2026-11-23`
    """
    from luchtbrug.commands import backup as backups

    backups.restore(_settings(), folder, force=force)


@app.command()
def replay(
    in_dir: Annotated[
        Path, typer.Argument(help="folder with stations.csv, reference_stations.csv, readings.csv, reference.csv")
    ],
    out: Annotated[Path, typer.Option(help="file to write")] = Path("validated.csv"),
) -> None:
    """Walk through history hour by hour, with no knowledge of later hours, and write validated values.

    Example: `luchtbrug replay my_campaign/ --out validated.csv`
    """
    from luchtbrug.commands import data

    data.replay(in_dir, out)


@app.command()
def pictures(
    validated: Annotated[Path, typer.Argument(help="file that `replay` wrote")],
    truth: Annotated[Path, typer.Argument(help="file of what was in the air: time,station,observed_property,value")],
    out: Annotated[Path, typer.Option(help="folder for the pictures")] = Path("pictures"),
    observed_property: Annotated[str, typer.Option("--property", help="as pm2_5")] = "pm2_5",
    station: Annotated[str | None, typer.Option(help="whose story to tell; else one with many spoiled hours")] = None,
) -> None:
    """Draw how good the values are: before and after, coverage, and the story of a station (SVG).

    Example: `luchtbrug pictures validated.csv truth.csv --out docs/pictures`
    """
    from luchtbrug.commands import data

    data.pictures(validated, truth, out, observed_property=observed_property, station=station)


@app.command()
def recalculate(
    begin: Annotated[str, typer.Option(help="first hour, UTC, as 2026-05-01T00")],
    end: Annotated[str, typer.Option(help="first hour that is left out, UTC")],
    observed_property: Annotated[
        list[str] | None,
        typer.Option("--property", help="as pm2_5 or temperature; without it all that are calibrated"),
    ] = None,
    refit: Annotated[bool, typer.Option("--refit", help="fit the calibrations of that time anew first")] = False,
    lake: Annotated[
        str | None, typer.Option(help="folder or URL of the nightly files: read these, not the database; fits anew")
    ] = None,
    processes: Annotated[int, typer.Option(min=1, max=256, help="with --lake: processes on this machine")] = 1,
    dask: Annotated[
        str | None, typer.Option(help="with --lake: scheduler of a Dask cluster, as tcp://host:8786")
    ] = None,
) -> None:
    """Validate a past range again; what comes out otherwise is a new revision, and nothing is lost.

    Stopped, it goes on where it was. Example: `luchtbrug recalculate --begin 2026-05-01T00 --end 2026-05-08T00`

    Years of many stations, from the nightly files and back into them, on as many processes as there are:
    `luchtbrug recalculate --begin 2025-01-01 --end 2026-01-01 --lake s3://bucket/air --dask tcp://scheduler:8786`
    """
    from luchtbrug.commands import provenance

    if lake is None:
        provenance.recalculate(_settings(), begin, end, observed_property or [], refit=refit)
    else:
        from luchtbrug.commands import recalculation

        recalculation.recalculate(
            _settings(), lake, begin, end, observed_property or [], processes=processes, dask=dask
        )


@app.command()
def score(
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a table")] = False,
) -> None:
    """Score the last eight weeks at official stations that are left out in turn, unless today has its score already.

    The calibrate service does so once a day. Example: `luchtbrug score`
    """
    from luchtbrug.commands import provenance

    provenance.score(_settings(), as_json=as_json)


@app.command()
def lake(
    snapshot: Annotated[bool, typer.Option("--snapshot", help="freeze the files under an id to cite")] = False,
    nightly: Annotated[bool, typer.Option("--nightly", help="write at 2:00 UTC each night until SIGTERM")] = False,
) -> None:
    """Write Parquet files of all hours, by month, with stations, calibrations and checksums; only what changed.

    Example: `LUCHTBRUG_LAKE_URL=s3://bucket/air luchtbrug lake --snapshot`
    """
    from luchtbrug.commands import lake as publish

    publish.lake(_settings(), snapshot=snapshot, nightly=nightly)


@app.command()
def decode(
    files: Annotated[list[Path] | None, typer.Argument(help="payload files; without any, standard input")] = None,
    topic: Annotated[str, typer.Option(help="the MQTT topic they came on")] = "",
    jsonl: Annotated[bool, typer.Option("--jsonl", help="JSON lines in, JSON lines out")] = False,
) -> None:
    """Show what a payload is read as; nothing is stored.

    Example: `luchtbrug decode payload.json --topic in/lb-abcdefgh/airrohr`
    """
    from luchtbrug.commands import data

    data.decode(files or [], topic=topic, jsonl=jsonl)


@app.command()
def doctor() -> None:
    """Look whether database, schema, TimescaleDB, broker, clock and disk are as they should be.

    Example: `luchtbrug doctor`
    """
    from luchtbrug.commands import data

    if not data.doctor(_settings()):
        raise typer.Exit(1)


def _settings() -> "Settings":
    from luchtbrug import logs
    from luchtbrug.settings import Settings

    settings = Settings.read()
    logs.configure(settings.log_level, settings.log_format)
    return settings
