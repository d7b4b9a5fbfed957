"""`luchtbrug station`: register, list and show stations (what is done with one: owner.py)."""

import json
import re
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

import storage.series
import storage.stations
from luchtbrug.broker.mosquitto import station_commands
from luchtbrug.database import open_schema
from luchtbrug.owner.ownership import tell_broker
from luchtbrug.owner.registration import setting_faults
from luchtbrug.register import NewSensor, Registered, new_station_id, position_key, register, sensor_faults
from luchtbrug.settings import Settings
from storage.connection import connect
from storage.errors import StationUnknownError
from storage.rows import Station

app = typer.Typer(help="Register, list, show and look after stations.", no_args_is_help=True)

_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")

AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]


@app.command()
def add(
    latitude: Annotated[
        float, typer.Option(min=-90, max=90, help="exact latitude [degrees]; published only with --publish-exact")
    ],
    longitude: Annotated[
        float, typer.Option(min=-180, max=180, help="exact longitude [degrees]; published only with --publish-exact")
    ],
    station_id: Annotated[str | None, typer.Option("--id", help="an id of your own: a-z, 0-9 and -")] = None,
    name: Annotated[str, typer.Option(help="public name; no names of people, please")] = "",
    format: Annotated[str | None, typer.Option(help="device format, as airrohr; without it it is recognised")] = None,  # noqa: A002
    timezone: Annotated[str, typer.Option(help="of a device that sends local time without saying so")] = "UTC",
    project: Annotated[str | None, typer.Option(help="campaign it belongs to")] = None,
    height: Annotated[float | None, typer.Option(min=-10, max=500, help="above the ground [m]")] = None,
    sensors: Annotated[
        list[str] | None, typer.Option("--sensor", help="model of a sensor, as SDS011; repeat for each")
    ] = None,
    publish_exact: Annotated[
        bool, typer.Option("--publish-exact", help="show everybody the exact position, as its owner wishes")
    ] = False,
    claimable: Annotated[
        bool, typer.Option("--claimable", help="for somebody else: print the code that makes its owner")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Register a station and print its credentials, once.

    Example: `luchtbrug station add --latitude 52.2235 --longitude 5.1764 --name "Havenstraat" --sensor SDS011 --json`
    """
    if station_id is not None and not _ID.fullmatch(station_id):
        raise typer.BadParameter(f"{station_id!r} is no id: 2 to 40 of a-z, 0-9 and -, no - at the begin")
    if wrong := setting_faults(format, timezone):
        raise typer.BadParameter(" ".join(wrong), param_hint="--format, --timezone")
    told = [NewSensor(each) for each in sensors or ()]
    if faults := sensor_faults(told):
        raise typer.BadParameter(" ".join(faults), param_hint="--sensor")
    settings = Settings.read()
    now = datetime.now(UTC)
    with open_schema(settings) as url, connect(url) as conn:
        new = register(
            conn,
            station_id=station_id or new_station_id(),
            latitude=latitude,
            longitude=longitude,
            position_key=position_key(settings),
            now=now,
            name=name,
            format=format,
            timezone=timezone,
            project=project,
            height_m=height,
            sensors=told,
            claimable=claimable,
            exact_published=publish_exact,
        )
        tell_broker(settings, station_commands(new.station_id, new.mqtt_password))
        conn.commit()
    typer.echo(json.dumps(new.as_dict()) if as_json else _welcome(new, exact=publish_exact))


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the stations.

    Example: `luchtbrug station list`
    """
    with open_schema(Settings.read()) as url, connect(url) as conn:
        rows = storage.stations.list_stations(conn, limit=100_000)
    if as_json:
        typer.echo(json.dumps([_public(row) for row in rows]))
        return
    table = Table("station", "name", "format", "latitude", "longitude", "since")
    for row in rows:
        rest = (row.format or "recognised", f"{row.latitude:.4f}", f"{row.longitude:.4f}", f"{row.created_at:%Y-%m-%d}")
        table.add_row(row.station_id, escape(row.name), *rest)
    Console().print(table)


@app.command()
def show(station_id: str, as_json: AsJson = False) -> None:
    """Show a station and its series.

    Example: `luchtbrug station show sim-001`
    """
    with open_schema(Settings.read()) as url, connect(url) as conn:
        row = storage.stations.find_station(conn, station_id)
        if row is None:
            raise StationUnknownError(f"There is no station {station_id!r}; `luchtbrug station list` names them all.")
        series = storage.series.series_of_station(conn, station_id)
    found = _public(row) | {
        "series": [
            {
                "series_id": row.series_key,
                "sensor": row.sensor_name,
                "observed_property": row.observed_property,
                "unit": row.unit,
            }
            for row in series
        ]
    }
    typer.echo(json.dumps(found, indent=None if as_json else 2))


def _public(row: Station) -> dict[str, Any]:
    return {
        "station_id": row.station_id,
        "name": row.name,
        "format": row.format,
        "latitude": row.latitude,
        "longitude": row.longitude,
        "municipality": row.municipality,
        "project": row.project,
        "created_at": row.created_at.isoformat(),
        "removed_at": row.removed_at.isoformat() if row.removed_at else None,
    }


def _welcome(new: Registered, *, exact: bool) -> str:
    where = "where it is" if exact else "within 100 m of where it is"
    return (
        f"Station {new.station_id} is registered. Shown once, write it down:\n"
        f"  MQTT user      {new.mqtt_user}\n"
        f"  MQTT password  {new.mqtt_password}\n"
        f"  HTTP token     {new.http_token}\n{_of_owner(new)}"
        f"Publish to aq/1/{new.station_id}/obs (docs/payload.md) or below in/{new.station_id}/.\n"
        f"On the map it stands at {new.latitude:.4f}, {new.longitude:.4f}, {where}."
    )


def _of_owner(new: Registered) -> str:
    if new.claim_code is not None:
        return f"  claim code     {new.claim_code} (for its owner, a year)\n"
    return f"  owner token    {new.owner_token} (for its owner, not for the device)\n"
