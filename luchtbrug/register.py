"""Register a station: make its credentials, displace its position, store both, and say once what the owner needs."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

import storage.events
import storage.owners
import storage.stations
from luchtbrug.credentials import ALPHABET, displaced, hash_code, hash_token, new_code, new_credentials, new_token
from luchtbrug.settings import Settings
from storage.rows import NewStation

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
    **more: Any,
) -> Registered:
    """Store a new station with fresh credentials; `more` are further fields of NewStation. The caller commits.

    It belongs to `owner_key`, else to a new owner, or (`claimable`) to nobody until somebody enters its code. The
    position is exact [degrees, WGS 84]; what comes back, and what everybody sees, is the displaced one.
    Raises storage.errors.StationExistsError.
    """
    credentials = new_credentials()
    public = displaced(latitude, longitude, station_id=station_id, key=position_key)
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
            **more,
        ),
    )
    storage.events.record(conn, "station_added", time=now, station_id=station_id)
    code = offer(conn, station_id, "claim", now + CLAIM_FOR) if claimable else None
    return Registered(station_id, station_id, credentials.password, credentials.token, *public, owner_token, code)


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
    """Return the secret in a file that only its owner may read; make it the first time."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32))
    return path.read_text().strip()
