"""What `setup` does: the database's schema, and the platform's and the stations' rights on Mosquitto."""

from urllib.parse import urlsplit

import typer

import storage.migrate
from luchtbrug.broker.mosquitto import control, platform_commands, role_commands
from luchtbrug.claiming import devices_by_station
from luchtbrug.database import open_database
from luchtbrug.settings import Settings
from storage.connection import connect

_COMMANDS_AT_ONCE = 100  # 1 kB each, and mosquitto.conf takes no message of more than 256 KiB


def setup(settings: Settings) -> None:
    """Migrate the database and make the platform's own account on Mosquitto."""
    with open_database(settings) as url, connect(url) as conn:
        applied = storage.migrate.migrate(conn)
        stations = devices_by_station(conn)
    typer.echo("\n".join(f"applied {name}" for name in applied) or "The schema is up to date.")
    if settings.mqtt_admin_url is None or settings.mqtt_url is None:
        typer.echo("No LUCHTBRUG_MQTT_ADMIN_URL and LUCHTBRUG_MQTT_URL: the broker is left alone.")
        return
    parts = urlsplit(settings.mqtt_url.get_secret_value())
    admin_url = settings.mqtt_admin_url.get_secret_value()
    control(admin_url, platform_commands(parts.username or "", parts.password or ""))
    roles = [command for name, devices in stations.items() for command in role_commands(name, devices)]
    for begin in range(0, len(roles), _COMMANDS_AT_ONCE):
        control(admin_url, roles[begin : begin + _COMMANDS_AT_ONCE])
    typer.echo(f"The broker knows {parts.username}, and the roles of {len(stations)} stations are as they should be.")
