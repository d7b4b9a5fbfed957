"""Register a station: make its credentials, displace its position, store both, and say once what the owner needs."""

import fcntl
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

import storage.audit
import storage.events
import storage.owners
import storage.series
import storage.stations
from ingest.adopting import told_names
from ingest.sensor_models import family, fault
from ingest.vocabulary import UNITS
from luchtbrug.credentials import ALPHABET, hash_code, hash_token, new_code, new_credentials, new_token
from luchtbrug.displacement import displaced, rounded
from luchtbrug.settings import Settings
from storage.audit import COMMAND, Actor
from storage.rows import NewStation, SeriesName

CLAIM_FOR = timedelta(days=365)
"""How long a station that was registered for somebody else may be claimed."""


@dataclass(frozen=True, slots=True)
class Registered:
    """What is shown once; password and token are kept nowhere in clear."""

    station_id: str
    mqtt_user: str
    mqtt_password: str
    http_token: str
    latitude: float
    longitude: float
    owner_token: str | None = None  # of a new owner; who has one already keeps it
    claim_code: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class NewSensor:
    """A sensor that an owner tells of, by its model; `observed_properties` are its series from the start on."""

    model: str
    observed_properties: tuple[str, ...] = ()


def register(
    conn: psycopg.Connection[Any],
    *,
    station_id: str,
    latitude: float,
    longitude: float,
    position_key: str,
    now: datetime,
    owner_key: int | None = None,
    claimable: bool = False,
    exact_published: bool = False,
    sensors: Sequence[NewSensor] = (),
    actor: Actor | str = COMMAND,
    **more: Any,
) -> Registered:
    """Store a new station with fresh credentials; `more` are further fields of NewStation. The caller commits.

    It belongs to `owner_key`, else to a new owner, or (`claimable`) to nobody until somebody enters its code. The
    position is exact [degrees, WGS 84]; what comes back, and what everybody sees, is the displaced one unless the owner
    wants the exact one published.
    Raises storage.errors.StationExistsError.
    """
    credentials = new_credentials()
    exact = (latitude, longitude)
    public = rounded(exact) if exact_published else displaced(exact, station_id=station_id, key=position_key)
    owner_token = None if claimable or owner_key is not None else new_token()
    if owner_token is not None:
        owner_key = storage.owners.add_owner(conn, hash_token(owner_token))
    storage.stations.add_station(
        conn,
        NewStation(
            station_id=station_id,
            latitude=latitude,
            longitude=longitude,
            public_latitude=public[0],
            public_longitude=public[1],
            password_hash=credentials.password_hash,
            token_hash=credentials.token_hash,
            owner_key=owner_key,
            exact_published=exact_published,
            **more,
        ),
    )
    _add_sensors(conn, station_id, sensors)
    storage.events.record(conn, "station_added", time=now, station_id=station_id)
    code = offer(conn, station_id, "claim", now + CLAIM_FOR) if claimable else None
    storage.audit.record(conn, actor, "station.added", f"station {station_id}", time=now)
    return Registered(station_id, station_id, credentials.password, credentials.token, *public, owner_token, code)


def sensor_faults(sensors: Sequence[NewSensor]) -> list[str]:
    """Say all that is wrong with the sensors that an owner tells of."""
    found = [fault(each.model, each.observed_properties) for each in sensors]
    return [each for each in found if each is not None]


def _add_sensors(conn: psycopg.Connection[Any], station_id: str, sensors: Sequence[NewSensor]) -> None:
    names = told_names([each.model for each in sensors])
    storage.series.add_sensors(
        conn, station_id, {name: family(each.model) for name, each in zip(names, sensors, strict=True)}
    )
    storage.series.claim_series(conn, [
        SeriesName(station_id, name, family(each.model), found, UNITS[found])
        for name, each in zip(names, sensors, strict=True) for found in each.observed_properties
    ])  # fmt: skip


def offer(conn: psycopg.Connection[Any], station_id: str, kind: storage.owners.CodeKind, expires_at: datetime) -> str:
    """Make a code that gives the station to whoever enters it first; an older one is no longer good."""
    code = new_code()
    storage.owners.set_code(conn, station_id, kind, code_hash=hash_code(code), expires_at=expires_at)
    return code


def new_station_id() -> str:
    """Draw an id that says nothing of its owner: `lb-` and 8 characters without look-alikes."""
    return "lb-" + "".join(secrets.choice(ALPHABET) for _ in range(8))


def position_key(settings: Settings) -> str:
    """Return the secret that displaces positions: the configured one, or one made once and kept in the data folder."""
    if settings.position_key is not None:
        return settings.position_key.get_secret_value()
    return kept_secret(settings.data_dir / "position_key")


def kept_secret(path: Path) -> str:
    """Return the secret in a file that only its owner may read; make it the first time.

    Services that start together ask for it at once: one of them makes it, whole, and the others wait for that.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        if not path.exists() or not path.read_text().strip():
            made = path.with_name(f"{path.name}.new")
            made.touch(mode=0o600)
            made.write_text(secrets.token_urlsafe(32))
            made.replace(path)
        return path.read_text().strip()
    finally:
        os.close(folder)  # and with it the lock
