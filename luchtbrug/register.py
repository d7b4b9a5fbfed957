"""Register a station: make its credentials, displace its position, store both, and say once what the owner needs."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

import storage.events
import storage.stations
from luchtbrug.credentials import displaced, new_credentials
from luchtbrug.settings import Settings
from storage.rows import NewStation


@dataclass(frozen=True, slots=True)
class Registered:
    """What is shown once; password and token are kept nowhere in clear."""

    station_id: str
    mqtt_user: str
    mqtt_password: str
    http_token: str
    latitude: float
    longitude: float

    def as_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self)


def register(
    conn: psycopg.Connection[Any],
    *,
    station_id: str,
    latitude: float,
    longitude: float,
    position_key: str,
    now: datetime,
    **more: Any,
) -> Registered:
    """Store a new station with fresh credentials; `more` are further fields of NewStation. The caller commits.

    The position is exact [degrees, WGS 84]; what comes back, and what everybody sees, is the displaced one.
    Raises storage.errors.StationExistsError.
    """
    credentials = new_credentials()
    public = displaced(latitude, longitude, station_id=station_id, key=position_key)
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
            **more,
        ),
    )
    storage.events.record(conn, "station_added", time=now, station_id=station_id)
    return Registered(station_id, station_id, credentials.password, credentials.token, *public)


def new_station_id() -> str:
    """Draw an id that says nothing of its owner: `lb-` and 8 characters without look-alikes."""
    return "lb-" + "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(8))


def position_key(settings: Settings) -> str:
    """Return the secret that displaces positions: the configured one, or one made once and kept in the data folder."""
    if settings.position_key is not None:
        return settings.position_key.get_secret_value()
    return kept_secret(settings.data_dir / "position_key")


def kept_secret(path: Path) -> str:
    """Return the secret in a file that only its owner may read; make it the first time."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32))
    return path.read_text().strip()
