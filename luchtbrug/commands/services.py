"""What `ingest`, `api`, `calibrate`, `retention` and their like do: one service each, in this process until SIGTERM.

Each imports what it runs when it starts: the broker needs no web framework, and ingest no second broker.
"""

import asyncio
import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import typer
from pydantic import SecretStr

from luchtbrug.broker.rules import SERVICE_USER
from luchtbrug.database import open_schema
from luchtbrug.services import stop_signals
from luchtbrug.settings import Settings, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from api.settings import ApiSettings
    from ingest.settings import IngestSettings
    from luchtbrug.broker.embedded import Secure
    from luchtbrug.metrics import Metric

CERTIFICATE, PRIVATE_KEY = "fullchain.pem", "privkey.pem"


def ingest(settings: Settings, *, as_json: bool) -> None:
    """Run ingest in this process until SIGTERM."""
    from ingest.service import Counters
    from ingest.service import run as run_ingest
    from luchtbrug.metrics import of_ingest

    mqtt_url, counters = _mqtt_url(settings), Counters()
    with open_schema(settings) as url, stop_signals() as stopping, _metrics(settings, lambda: of_ingest(counters)):
        run_ingest(_ingest_settings(settings, mqtt_url, url), stopping, counters=counters)
    if as_json:
        typer.echo(json.dumps(counters.as_dict()))


def _metrics(settings: Settings, read: "Callable[[], Iterable[Metric]]") -> "AbstractContextManager[None]":
    from luchtbrug.metrics import exposed

    return exposed(read, host=settings.metrics_host, port=settings.metrics_port)


def _mqtt_url(settings: Settings) -> str:
    if settings.mqtt_url is None:
        raise SettingsError("LUCHTBRUG_MQTT_URL is not set: where is the broker? (`luchtbrug serve` starts its own.)")
    return settings.mqtt_url.get_secret_value()


def _ingest_settings(settings: Settings, mqtt_url: str, database_url: str) -> "IngestSettings":
    from ingest.settings import IngestSettings

    parts = urlsplit(mqtt_url)
    secure = parts.scheme == "mqtts"
    return IngestSettings(
        database_url=database_url,
        mqtt_host=parts.hostname or "",
        mqtt_port=parts.port or (8883 if secure else 1883),
        mqtt_user=unquote(parts.username) if parts.username else None,
        mqtt_password=unquote(parts.password) if parts.password else None,
        mqtt_tls=secure,
        client_id=_session_name(parts.password, settings.ingest_worker),
        worker=settings.ingest_worker,
        queued_as_retained=settings.embedded_broker,
        batch_size=settings.batch_size,
        batch_s=settings.batch_seconds,
    )


def _session_name(password: str | None, worker: int) -> str:
    """Name ingest's session so that no station can guess it: who connects under its name throws ingest out.

    The first of several workers takes over the session of the one that was alone.
    """
    number = f"-{worker}" if worker > 1 else ""
    if not password:
        return f"luchtbrug-ingest{number}"
    return f"luchtbrug-ingest-{hashlib.sha256(password.encode()).hexdigest()[:16]}{number}"


def api(settings: Settings) -> None:
    """Run the API in this process until SIGTERM."""
    import uvicorn

    from api.main import create_app
    from api.surface import HEADERS
    from api.time_limit import BoundedArrival
    from luchtbrug.doorway import hang, open_door
    from luchtbrug.onboarding import Onboarding
    from luchtbrug.staff.room import Staff

    tls = _tls_of_api(settings)
    with open_schema(settings) as url, open_door(url) as door:
        app = create_app(_api_settings(settings, url))
        hang(app, door, Onboarding(settings, url, HEADERS), Staff(settings, url))
        uvicorn.run(
            app,
            host=settings.api_host,
            port=settings.api_port,
            http=BoundedArrival,
            log_level=settings.log_level,
            access_log=False,  # no addresses of readers are kept
            server_header=False,
            **tls,
            **_believed(settings.trusted_proxies),
        )


def _believed(proxies: str) -> dict[str, Any]:
    """Say whose X-Forwarded-For is believed: what anybody else says of himself is not."""
    return {"proxy_headers": False} if proxies == "none" else {"forwarded_allow_ips": proxies}


def _tls_of_api(settings: Settings) -> dict[str, Any]:
    folder = _certificate("LUCHTBRUG_API_TLS_DIR", settings.api_tls_dir)
    return {} if folder is None else {"ssl_certfile": folder / CERTIFICATE, "ssl_keyfile": folder / PRIVATE_KEY}


def _api_settings(settings: Settings, database_url: str) -> "ApiSettings":
    """Pass on what the two have in common, by name."""
    from api.settings import ApiSettings
    from api.web.theme import ThemeError, load_theme

    try:
        load_theme(settings.theme)
    except ThemeError as error:
        raise SettingsError(f"LUCHTBRUG_THEME: {error}.") from error
    shared = ApiSettings.model_fields.keys() & Settings.model_fields.keys() - {"database_url", "lake_url"}
    return ApiSettings(
        database_url=SecretStr(database_url),
        lake_url=settings.lake,
        **{name: getattr(settings, name) for name in shared},
    )


def calibrate(settings: Settings, *, once: bool) -> None:
    """Run the calibrate job in this process until SIGTERM."""
    from luchtbrug.jobs import loop
    from luchtbrug.metrics import of_calibrate

    turns = loop.Turns()
    with open_schema(settings) as url, stop_signals() as stopping, _metrics(settings, lambda: of_calibrate(turns)):
        loop.run(settings, url, stopping, once=once, turns=turns)


def home(settings: Settings) -> None:
    """Publish validated values to their owners in this process until SIGTERM."""
    from luchtbrug.jobs.home import run as run_home

    mqtt_url = _mqtt_url(settings)
    with open_schema(settings) as url, stop_signals() as stopping:
        run_home(mqtt_url, url, stopping, pause_s=settings.home_seconds)


def alerts(settings: Settings) -> None:
    """Tell owners of stations that need them in this process until SIGTERM."""
    from luchtbrug.jobs.alerts import run as run_alerts

    mqtt_url = _mqtt_url(settings)
    with open_schema(settings) as url, stop_signals() as stopping:
        run_alerts(settings, mqtt_url, url, stopping)


def retention(settings: Settings, *, dry_run: bool, nightly: bool) -> None:
    """Delete what has been kept long enough, once or (`nightly`) each night until SIGTERM, and say how much."""
    from luchtbrug.jobs import retention as job
    from luchtbrug.metrics import of_retention
    from storage.connection import connect

    if nightly:
        swept = job.Nights()
        with open_schema(settings) as url, stop_signals() as stopping, _metrics(settings, lambda: of_retention(swept)):
            job.every_night(settings, url, stopping, swept)
        return
    with open_schema(settings) as url, connect(url) as conn:
        for step in job.sweep(conn, settings, now=datetime.now(UTC), dry_run=dry_run):
            typer.echo(step.said(dry_run=dry_run))


def broker(settings: Settings) -> None:
    """Run the embedded broker in this process; its address and the platform's password stand in LUCHTBRUG_MQTT_URL."""
    from luchtbrug.broker import embedded as embedded_broker

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


def _secure(settings: Settings) -> "Secure | None":
    """Say where the embedded broker listens with TLS; a certificate that is not there is a SettingsError."""
    from luchtbrug.broker.embedded import Secure

    folder = _certificate("LUCHTBRUG_MQTT_TLS_DIR", settings.mqtt_tls_dir)
    return None if folder is None else Secure(settings.mqtt_tls_port, folder)


def _certificate(setting: str, folder: "Path | None") -> "Path | None":
    """Give the folder of a certificate back; one that lacks a file is a SettingsError."""
    if folder is None:
        return None
    missing = [name for name in (CERTIFICATE, PRIVATE_KEY) if not (folder / name).is_file()]
    if missing:
        raise SettingsError(f"{setting} = {folder}: there is no {' and no '.join(missing)}")
    return folder
