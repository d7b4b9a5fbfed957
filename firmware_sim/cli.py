"""The command `luchtbrug-sim`: simulated stations that publish live, for trying out and for load."""

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from firmware_sim.credentials import load_passwords
from firmware_sim.errors import SimulatorError
from firmware_sim.ledger import Summary, as_json
from firmware_sim.publisher import Publisher
from firmware_sim.stations import MOST_STATIONS, make_stations

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
    json: Annotated[bool, typer.Option("--json", help="Print the summary as one line of JSON.")] = False,
) -> None:
    """Let simulated stations publish over MQTT (QoS 1) until stopped.

    Example: luchtbrug-sim --stations 500 --rate 10 --credentials passwords.json --seconds 60 --json
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    try:
        with Publisher(
            make_stations(stations, seed),
            mqtt,
            None if credentials is None else load_passwords(credentials),
            interval_s=interval if rate is None else stations / rate,
            faults=faults,
            ledger=ledger,
        ) as publisher:
            summary = publisher.run(stop, seconds=seconds)
    except (SimulatorError, OSError) as error:
        typer.echo(f"luchtbrug-sim: {error}", err=True)
        raise typer.Exit(1) from error
    typer.echo(as_json(summary) if json else describe(summary))
    if summary.unacknowledged or summary.dropped:
        raise typer.Exit(2)


def describe(summary: Summary) -> str:
    """Say in a sentence what a run did."""
    return (
        f"{summary.acknowledged} of {summary.messages} messages of {summary.connected} stations acknowledged "
        f"in {summary.seconds:.0f} s; {summary.unacknowledged} open, {summary.dropped} dropped, "
        f"{summary.refused} logins refused"
    )
