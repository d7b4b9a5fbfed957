"""`luchtbrug station …` for what an owner can do over the API; the operator needs no token for it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer

from luchtbrug.commands.station import AsJson
from luchtbrug.database import open_schema
from luchtbrug.owner import ownership
from luchtbrug.settings import Settings
from luchtbrug.setup_lines import DEVICES, as_markdown
from storage.audit import COMMAND
from storage.connection import connect
from storage.errors import StationUnknownError
from storage.owners import CodeKind
from storage.stations import find_station

app = typer.Typer()

Station = Annotated[str, typer.Argument(help="id, as lb-abcdefgh")]

_BEGIN, _END = "<!-- begin: luchtbrug station devices -->", "<!-- end -->"


class Kind(StrEnum):
    """What may be reported of a station."""

    PAUSED = "paused"
    RESUMED = "resumed"
    HARDWARE_CHANGED = "hardware_changed"
    MOVED = "moved"


_ASKED: dict[ownership.Readings, str] = {
    "keep": "Its login and exact position are deleted for good.",
    "remove": "Its login, its exact position and all that it measured are deleted for good.",
}


@app.command()
def rotate(station_id: Station, as_json: AsJson = False) -> None:
    """Give a station another password and token; the old ones are good for nothing at once.

    Example: `luchtbrug station rotate lb-abcdefgh`
    """
    settings = Settings.read()
    with _open(settings) as conn:
        keys = ownership.rotate(conn, settings, station_id, datetime.now(UTC), actor=COMMAND)
    told = {"station_id": station_id, "mqtt_password": keys.mqtt_password, "http_token": keys.http_token}
    text = f"Shown once:\n  MQTT password  {keys.mqtt_password}\n  HTTP token     {keys.http_token}"
    typer.echo(json.dumps(told) if as_json else text)


@app.command()
def transfer(
    station_id: Station,
    claim: Annotated[bool, typer.Option("--claim", help="a claim: the device's keys stay as they are")] = False,
    as_json: AsJson = False,
) -> None:
    """Print a code that gives a station to whoever enters it; an older code is no longer good.

    Example: `luchtbrug station transfer lb-abcdefgh`
    """
    now = datetime.now(UTC)
    with _open(Settings.read()) as conn:
        kind: CodeKind = "claim" if claim else "transfer"
        code, expires_at = ownership.offer_station(conn, station_id, kind, now, actor=COMMAND)
    told = {"station_id": station_id, "code": code, "expires_at": expires_at.isoformat()}
    typer.echo(json.dumps(told) if as_json else f"{code} gives {station_id} away, once, until {expires_at:%Y-%m-%d}.")


@app.command()
def claim(
    code: Annotated[str, typer.Argument(help="as it was printed; capitals and hyphens do not matter")],
    as_json: AsJson = False,
) -> None:
    """Make the owner of a station by its code, and print the owner's token, once.

    Example: `luchtbrug station claim abcd-efgh-jkmn-pqrs`
    """
    settings = Settings.read()
    with _open(settings) as conn:
        taken = ownership.take(conn, settings, code, datetime.now(UTC), owner_key=None, new_keys=None, actor=COMMAND)
    told: dict[str, Any] = {"station_id": taken.station_id, "owner_token": taken.owner_token}
    if taken.keys is not None:
        told |= {"mqtt_password": taken.keys.mqtt_password, "http_token": taken.keys.http_token}
    typer.echo(json.dumps(told) if as_json else "\n".join(f"{name:15} {value}" for name, value in told.items()))


@app.command()
def report(
    station_id: Station,
    kind: Annotated[Kind, typer.Argument(help="what happened")],
    text: Annotated[str, typer.Option(help="in words; no names of people, please")] = "",
    sensor: Annotated[str | None, typer.Option(help="the sensor that was changed, as sps30-0")] = None,
    latitude: Annotated[float | None, typer.Option(min=-90, max=90, help="of a move: exact")] = None,
    longitude: Annotated[float | None, typer.Option(min=-180, max=180, help="of a move")] = None,
    height_m: Annotated[
        float | None, typer.Option("--height", min=-10, max=500, help="of a move: above ground [m]")
    ] = None,
) -> None:
    """Write down a pause, its end, other hardware, or a move: calibration looks at it.

    Example: `luchtbrug station report lb-abcdefgh paused --text barbecue`
    """
    settings = Settings.read()
    moved, placed = kind is Kind.MOVED, [latitude is not None, longitude is not None]
    if not all(placed) if moved else any((*placed, height_m is not None)):
        raise typer.BadParameter("--latitude and --longitude go with moved, both, and --height with nothing else")
    with _open(settings) as conn:
        _known(conn, station_id)
        if latitude is not None and longitude is not None:
            ownership.move(conn, settings, station_id, (latitude, longitude), height_m)
        ownership.report(conn, station_id, kind.value, text=text, sensor=sensor, now=datetime.now(UTC), actor=COMMAND)
    typer.echo(f"{station_id}: {kind.value}.")


@app.command()
def remove(
    station_id: Station,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    readings: Annotated[ownership.Readings, typer.Option(help="what becomes of its measurements")] = "keep",
    as_json: AsJson = False,
) -> None:
    """Withdraw a station: its login, name, exact position and owner are deleted, and its readings where that is wished.

    Prints the receipt that its owner is to get. Example: `luchtbrug station remove lb-abcdefgh --readings remove --yes`
    """
    if not yes:
        typer.confirm(f"Withdraw {station_id}? {_ASKED[readings]}", abort=True)
    settings = Settings.read()
    with _open(settings) as conn:
        now = datetime.now(UTC)
        receipt = ownership.remove(conn, settings, station_id, now, readings=readings, actor=COMMAND).as_dict()
    words = [f"{station_id} is withdrawn. Receipt {receipt['receiptId']}:", *receipt["words"]["en"]]
    typer.echo(json.dumps(receipt) if as_json else "\n".join(words))


@app.command()
def devices(
    write: Annotated[Path | None, typer.Option(help="a document: put the table between its marks")] = None,
) -> None:
    """Print what is entered on which device, as the table of docs/devices.md.

    Example: `luchtbrug station devices --write docs/devices.md`
    """
    if write is None:
        typer.echo(as_markdown())
        return
    before, _, rest = write.read_text(encoding="utf-8").partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not end:
        raise typer.BadParameter(f"{write} has no {_BEGIN} … {_END}")
    write.write_text(f"{before}{_BEGIN}\n\n{as_markdown()}\n\n{end}{after}", encoding="utf-8")
    typer.echo(f"{write}: {len(DEVICES)} devices.")


@contextmanager
def _open(settings: Settings) -> Iterator[psycopg.Connection[Any]]:
    with open_schema(settings) as url, connect(url) as conn:
        yield conn


def _known(conn: psycopg.Connection[Any], station_id: str) -> None:
    found = find_station(conn, station_id)
    if found is None or found.removed_at is not None:
        raise StationUnknownError(f"There is no active station {station_id!r}.")
