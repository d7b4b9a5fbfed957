"""What `serve`, `ingest`, `api`, `calibrate`, `home`, `alerts`, `broker` and `setup` do."""

import asyncio
import hashlib
import json
import secrets
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import typer
import uvicorn
from pydantic import SecretStr

import storage.migrate
from api.main import create_app
from api.settings import ApiSettings
from api.surface import HEADERS
from ingest.service import run as run_ingest
from ingest.settings import IngestSettings
from luchtbrug.broker import embedded as embedded_broker
from luchtbrug.broker.mosquitto import control, platform_commands, role_commands
from luchtbrug.broker.rules import SERVICE_USER
from luchtbrug.claiming import devices_by_station
from luchtbrug.database import open_database, open_schema
from luchtbrug.doorway import hang, open_door
from luchtbrug.jobs import loop
from luchtbrug.jobs.alerts import run as run_alerts
from luchtbrug.jobs.home import run as run_home
from luchtbrug.onboarding import Onboarding
from luchtbrug.services import Service, free_port, running, stop_signals, wait_for_port, watch
from luchtbrug.settings import Settings, SettingsError
from storage.connection import connect

FOREVER = 10 * 365 * 86400.0

_COMMANDS_AT_ONCE = 100  # 1 kB each, and mosquitto.conf takes no message of more than 256 KiB


def serve(settings: Settings) -> None:
    """Run everything as child processes until SIGINT or SIGTERM, and end with the first that ends."""
    with ExitStack() as stack:
        stopping = stack.enter_context(stop_signals())
        url = stack.enter_context(open_database(settings))
        with connect(url) as conn:
            storage.migrate.migrate(conn)
        platform = start_all(stack, settings, url)
        typer.echo(f"luchtbrug serves {platform.page} (Ctrl-C ends it)")
        watch(platform.services, stopping, seconds=FOREVER)


@dataclass(frozen=True, slots=True)
class Platform:
    """All services as they run: where stations publish and where people read."""

    services: list[Service]
    mqtt_host: str
    mqtt_port: int
    page: str


def start_all(stack: ExitStack, settings: Settings, url: str, *, log_dir: Path | None = None) -> Platform:
    """Start broker (where none is configured), ingest, calibrate, home, alerts and api.

    They stop with the stack, in the reverse order. Ports that are taken are replaced by free ones.
    """
    services: list[Service] = []
    env: dict[str, str | None] = {"LUCHTBRUG_DATABASE_URL": url, "LUCHTBRUG_DATA_DIR": str(settings.data_dir)}

    def start(name: str, more: Mapping[str, str | None]) -> Service:
        service = stack.enter_context(running(name, ["luchtbrug", name], env={**env, **more}, log_dir=log_dir))
        services.append(service)
        return service

    if settings.mqtt_url is None:
        port, password = free_port(settings.mqtt_port), secrets.token_urlsafe(20)
        env["LUCHTBRUG_MQTT_URL"] = f"mqtt://{SERVICE_USER}:{password}@127.0.0.1:{port}"
        env["LUCHTBRUG_EMBEDDED_BROKER"] = "true"
        wait_for_port(start("broker", {}), "127.0.0.1", port)
    else:
        env["LUCHTBRUG_MQTT_URL"] = settings.mqtt_url.get_secret_value()
    start("ingest", {})
    start("calibrate", {})
    start("home", {})
    start("alerts", {})
    api_port = free_port(settings.api_port, settings.api_host)
    wait_for_port(start("api", {"LUCHTBRUG_API_PORT": str(api_port)}), settings.api_host, api_port)
    broker_url = urlsplit(env["LUCHTBRUG_MQTT_URL"] or "")
    page = f"http://{settings.api_host}:{api_port}/"
    return Platform(services, broker_url.hostname or "", broker_url.port or 1883, page)


def ingest(settings: Settings, *, as_json: bool) -> None:
    """Run ingest in this process until SIGTERM."""
    mqtt_url = _mqtt_url(settings)
    with open_schema(settings) as url, stop_signals() as stopping:
        counters = run_ingest(_ingest_settings(settings, mqtt_url, url), stopping)
    if as_json:
        typer.echo(json.dumps(counters.as_dict()))


def _mqtt_url(settings: Settings) -> str:
    if settings.mqtt_url is None:
        raise SettingsError("LUCHTBRUG_MQTT_URL is not set: where is the broker? (`luchtbrug serve` starts its own.)")
    return settings.mqtt_url.get_secret_value()


def _ingest_settings(settings: Settings, mqtt_url: str, database_url: str) -> IngestSettings:
    parts = urlsplit(mqtt_url)
    secure = parts.scheme == "mqtts"
    return IngestSettings(
        database_url=database_url,
        mqtt_host=parts.hostname or "",
        mqtt_port=parts.port or (8883 if secure else 1883),
        mqtt_user=unquote(parts.username) if parts.username else None,
        mqtt_password=unquote(parts.password) if parts.password else None,
        mqtt_tls=secure,
        client_id=_session_name(parts.password),
        queued_as_retained=settings.embedded_broker,
        batch_size=settings.batch_size,
        batch_s=settings.batch_seconds,
    )


def _session_name(password: str | None) -> str:
    """Name ingest's session so that no station can guess it: who connects under its name throws ingest out."""
    if not password:
        return "luchtbrug-ingest"
    return f"luchtbrug-ingest-{hashlib.sha256(password.encode()).hexdigest()[:16]}"


def api(settings: Settings) -> None:
    """Run the API in this process until SIGTERM."""
    with open_schema(settings) as url, open_door(url) as door:
        app = create_app(_api_settings(settings, url))
        hang(app, door, Onboarding(settings, url, HEADERS))
        uvicorn.run(
            app,
            host=settings.api_host,
            port=settings.api_port,
            log_level=settings.log_level,
            access_log=False,  # no addresses of readers are kept
            server_header=False,
        )


def _api_settings(settings: Settings, database_url: str) -> ApiSettings:
    """Pass on what the two have in common, by name."""
    shared = ApiSettings.model_fields.keys() & Settings.model_fields.keys() - {"database_url", "lake_url"}
    return ApiSettings(
        database_url=SecretStr(database_url),
        lake_url=settings.lake,
        **{name: getattr(settings, name) for name in shared},
    )


def calibrate(settings: Settings, *, once: bool) -> None:
    """Run the calibrate job in this process until SIGTERM."""
    with open_schema(settings) as url, stop_signals() as stopping:
        loop.run(settings, url, stopping, once=once)


def home(settings: Settings) -> None:
    """Publish validated values to their owners in this process until SIGTERM."""
    mqtt_url = _mqtt_url(settings)
    with open_schema(settings) as url, stop_signals() as stopping:
        run_home(mqtt_url, url, stopping, pause_s=settings.home_seconds)


def alerts(settings: Settings) -> None:
    """Tell owners of stations that need them in this process until SIGTERM."""
    mqtt_url = _mqtt_url(settings)
    with open_schema(settings) as url, stop_signals() as stopping:
        run_alerts(settings, mqtt_url, url, stopping)


def broker(settings: Settings) -> None:
    """Run the embedded broker in this process; its address and the platform's password stand in LUCHTBRUG_MQTT_URL."""
    text = settings.mqtt_url.get_secret_value() if settings.mqtt_url else f"mqtt://127.0.0.1:{settings.mqtt_port}"
    parts = urlsplit(text)
    if not parts.password:
        raise SettingsError(f"LUCHTBRUG_MQTT_URL must hold the platform's password: mqtt://{SERVICE_USER}:…@host:port")
    secure = _secure(settings)
    with open_schema(settings) as url:
        asyncio.run(
            embedded_broker.run(
                host=parts.hostname or "127.0.0.1",
                port=parts.port or settings.mqtt_port,
                database_url=url,
                service_password=unquote(parts.password),
                secure=secure,
            )
        )


def _secure(settings: Settings) -> embedded_broker.Secure | None:
    """Say where the embedded broker listens with TLS; a certificate that is not there is a SettingsError."""
    folder = settings.mqtt_tls_dir
    if folder is None:
        return None
    missing = [name for name in ("fullchain.pem", "privkey.pem") if not (folder / name).is_file()]
    if missing:
        raise SettingsError(f"LUCHTBRUG_MQTT_TLS_DIR = {folder}: there is no {' and no '.join(missing)}")
    return embedded_broker.Secure(settings.mqtt_tls_port, folder)


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
