"""What `serve` does, and `demo` before it sends anything: all services as child processes of this one."""

import secrets
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

import typer

import storage.migrate
from luchtbrug.broker.rules import SERVICE_USER
from luchtbrug.database import open_database
from luchtbrug.services import Service, free_port, running, stop_signals, wait_for_port, watch
from luchtbrug.settings import Settings
from storage.connection import connect

FOREVER = 10 * 365 * 86400.0

WITH_FIGURES = ("ingest", "calibrate", "retention")
"""Services that Prometheus may ask: together they need a port each."""


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


def start_all(
    stack: ExitStack,
    settings: Settings,
    url: str,
    *,
    log_dir: Path | None = None,
    more: Mapping[str, str | None] = MappingProxyType({}),
) -> Platform:
    """Start broker (where none is configured), the workers and api; `more` are settings of all of them.

    They stop with the stack, in the reverse order. Ports that are taken are replaced by free ones.
    """
    services: list[Service] = []
    env: dict[str, str | None] = {"LUCHTBRUG_DATABASE_URL": url, "LUCHTBRUG_DATA_DIR": str(settings.data_dir), **more}

    def start(name: str, own: Mapping[str, str | None], *options: str) -> Service:
        command = ["luchtbrug", name, *options]
        service = stack.enter_context(running(name, command, env={**env, **own}, log_dir=log_dir))
        services.append(service)
        return service

    if settings.mqtt_url is None:
        port, password = free_port(settings.mqtt_port), secrets.token_urlsafe(20)
        env["LUCHTBRUG_MQTT_URL"] = f"mqtt://{SERVICE_USER}:{password}@127.0.0.1:{port}"
        env["LUCHTBRUG_EMBEDDED_BROKER"] = "true"
        wait_for_port(start("broker", {}), "127.0.0.1", port)
    else:
        env["LUCHTBRUG_MQTT_URL"] = settings.mqtt_url.get_secret_value()
    for name, *options in workers(settings):
        start(name, {"LUCHTBRUG_METRICS_PORT": figures_port(settings, name)}, *options)
    api_port = free_port(settings.api_port, settings.api_host)
    api = start("api", {"LUCHTBRUG_API_PORT": str(api_port)})
    wait_for_port(api, settings.api_host, api_port, seconds=120)  # on a small, busy machine it takes its time
    broker_url = urlsplit(env["LUCHTBRUG_MQTT_URL"] or "")
    page = f"http://{settings.api_host}:{api_port}/"
    return Platform(services, broker_url.hostname or "", broker_url.port or 1883, page)


def figures_port(settings: Settings, name: str) -> str | None:
    """Give a service the port of its figures: the first has the configured one, the others those behind it."""
    if settings.metrics_port is None or name not in WITH_FIGURES:
        return None
    return str(settings.metrics_port + WITH_FIGURES.index(name))


def workers(settings: Settings) -> list[list[str]]:
    """Name the commands that run beside broker and api."""
    nightly = [["lake", "--nightly"]] if settings.lake_nightly else []
    return [["ingest"], ["calibrate"], ["home"], ["alerts"], ["retention", "--nightly"], *nightly]
