"""`luchtbrug station claim-device` and `release-device`: devices whose topic names the device alone."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from luchtbrug import claiming
from luchtbrug.commands.station import app
from luchtbrug.database import open_schema
from luchtbrug.settings import Settings
from storage.audit import COMMAND
from storage.connection import connect

_Format = Annotated[str, typer.Argument(help="airgradient, qingping or smartcitizen")]
_Serial = Annotated[str, typer.Argument(help="serial, MAC or token, as the device shows it")]


@app.command()
def claim_device(station_id: str, format_name: _Format, serial: _Serial) -> None:
    """Give a station the device that publishes on a topic of its own; the first station to claim one has it.

    Example: `luchtbrug station claim-device lb-abcdefgh airgradient 84fce612f5b8`
    """
    settings, now = Settings.read(), datetime.now(UTC)
    with open_schema(settings) as url, connect(url) as conn:
        claiming.claim(conn, settings, station_id, format_name=format_name, serial=serial, now=now, actor=COMMAND)
        conn.commit()
    typer.echo(f"This {format_name} is now of {station_id}: its messages are taken within 5 seconds.")


@app.command()
def release_device(station_id: str, format_name: _Format, serial: _Serial) -> None:
    """Take a device from its station, so that another can claim it.

    Example: `luchtbrug station release-device lb-abcdefgh airgradient 84fce612f5b8`
    """
    settings, now = Settings.read(), datetime.now(UTC)
    with open_schema(settings) as url, connect(url) as conn:
        had = claiming.release(
            conn, settings, station_id, format_name=format_name, serial=serial, now=now, actor=COMMAND
        )
        conn.commit()
    typer.echo(f"This {format_name} is free." if had else f"{station_id} had no such {format_name}: nothing changed.")
