"""The passwords of the stations, in a JSON file {station id: password}."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from firmware_sim.errors import CredentialsError
from firmware_sim.stations import SimStation


def load_passwords(path: Path) -> dict[str, str]:
    """Read a JSON file {station id: password}; a CredentialsError says what is wrong with it."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise CredentialsError(f"the file of passwords {path} cannot be read: {error}") from error
    if not isinstance(content, dict) or not all(isinstance(value, str) for value in content.values()):
        raise CredentialsError(f'the file of passwords {path} must be a JSON object as {{"sim-001": "password"}}')
    return content


def check_passwords(stations: Sequence[SimStation], passwords: Mapping[str, str] | None) -> None:
    """Raise a CredentialsError if a station has no password; None means anonymous stations."""
    if passwords is None:
        return
    missing = [station.station_id for station in stations if station.station_id not in passwords]
    if missing:
        raise CredentialsError(f"no password for {len(missing)} of {len(stations)} stations, first {missing[0]}")
