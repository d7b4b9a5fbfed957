"""The command `luchtbrug-sim`: simulated stations that publish live, for trying out and for load."""

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from firmware_sim.credentials import load_passwords
from firmware_sim.devices import FORMATS
from firmware_sim.errors import OptionError, SimulatorError
from firmware_sim.ledger import Summary, as_json
from firmware_sim.mixed import MixedFleet
from firmware_sim.mixed_ledger import MixedSummary
from firmware_sim.publisher import Publisher
from firmware_sim.stations import MOST_STATIONS, make_mixed_stations, make_stations

app = typer.Typer(add_completion=False)


@app.command()
def publish(
    stations: Annotated[int, typer.Option(min=1, max=MOST_STATIONS, help="How many stations.")] = 40,
    rate: Annotated[float | None, typer.Option(min=0.001, help="Messages a second of all stations together.")] = None,
    interval: Annotated[
        float, typer.Option(min=0.001, help="Seconds between a station's messages, without --rate.")
    ] = 60.0,
    mqtt: Annotated[str, typer.Option(help="The broker.")] = "mqtt://127.0.0.1:1883",
    credentials: Annotated[
        Path | None, typer.Option(help='JSON file {"sim-001": "password"}; without it the stations are anonymous.')
    ] = None,
    seconds: Annotated[float | None, typer.Option(min=0, help="Stop after this time; without it at Ctrl-C.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed is the same air and the same stations.")] = 1,
    faults: Annotated[float, typer.Option(min=0, help="Share of faults: 0 none, 1 as in real life.")] = 1.0,
    ledger: Annotated[Path | None, typer.Option(help="Write a JSON line for each acknowledged message.")] = None,
    formats: Annotated[
        str | None, typer.Option(help="A mixed fleet: 'all', or formats as tasmota,wu; then --credentials is needed.")
    ] = None,
    http: Annotated[str, typer.Option(help="Where the devices of a mixed fleet push to.")] = "http://127.0.0.1:8000",
    drops: Annotated[
        float, typer.Option(min=0, max=0.5, help="Share of moments at which a station of a mixed fleet drops out.")
    ] = 0.001,
    json: Annotated[bool, typer.Option("--json", help="Print the summary as one line of JSON.")] = False,
) -> None:
    """Let simulated stations publish over MQTT (QoS 1) until stopped.

    Example: luchtbrug-sim --stations 500 --rate 10 --credentials passwords.json --seconds 60 --json
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    try:
        passwords = None if credentials is None else load_passwords(credentials)
        between = interval if rate is None else stations / rate
        fleet: Publisher | MixedFleet
        if formats is None:
            fleet = Publisher(
                make_stations(stations, seed), mqtt, passwords, interval_s=between, faults=faults, ledger=ledger
            )
        else:
            fleet = MixedFleet(
                make_mixed_stations(stations, seed, chosen(formats)), mqtt, http, passwords or {}, interval_s=between,
                faults=faults, drops=drops, ledger=ledger,
            )  # fmt: skip
        with fleet:
            summary = fleet.run(stop, seconds=seconds)
    except (SimulatorError, OSError) as error:
        typer.echo(f"luchtbrug-sim: {error}", err=True)
        raise typer.Exit(1) from error
    typer.echo(as_json(summary) if json else describe(summary))
    if not summary.complete:
        raise typer.Exit(2)


def chosen(formats: str) -> list[str]:
    """List the formats that are asked for; one that nobody speaks is an OptionError."""
    wanted = list(FORMATS) if formats == "all" else [name.strip() for name in formats.split(",")]
    unknown = [name for name in wanted if name not in FORMATS]
    if unknown:
        raise OptionError(f"formats has {unknown[0]!r}: there is {', '.join(FORMATS)}")
    return wanted


def describe(summary: Summary | MixedSummary) -> str:
    """Say in a sentence what a run did."""
    if isinstance(summary, MixedSummary):
        return (
            f"{summary.messages} messages of {summary.stations} stations in {summary.formats} formats taken in "
            f"{summary.seconds:.0f} s, with {summary.readings} readings; {summary.refused} refused, {summary.unclear} "
            f"unclear, {summary.unsent} unsent, {summary.drops} drops"
        )
    return (
        f"{summary.acknowledged} of {summary.messages} messages of {summary.connected} stations acknowledged "
        f"in {summary.seconds:.0f} s; {summary.unacknowledged} open, {summary.dropped} dropped, "
        f"{summary.refused} logins refused"
    )
