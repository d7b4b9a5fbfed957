"""The registered stations that ingest knows, with the format that each is set to."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import psycopg

from ingest.decoding import Places
from ingest.fixed_topics import Device
from storage.claims import list_claims
from storage.rows import Station
from storage.stations import find_station, list_stations

_PAGE = 10_000


class Stations:
    """Active stations by id.

    `formats` and `zones` hold those only that are set to a format, and to a time zone; `claims` is whose a device is.
    """

    def __init__(self) -> None:
        self._known: set[str] = set()
        self.formats: dict[str, str] = {}
        self.zones: dict[str, ZoneInfo] = {}
        self.claims: dict[Device, str] = {}

    @property
    def places(self) -> Places:
        """What decoding asks of stations beside their format."""
        return Places(self.zones, self.claims)

    def load(self, connection: psycopg.Connection) -> None:
        """Learn all active stations anew."""
        self._known, self.formats, self.zones = set(), {}, {}
        self.claims = {Device(claim.format, claim.serial): claim.station_id for claim in list_claims(connection)}
        after: str | None = None
        while page := list_stations(connection, after=after, limit=_PAGE):
            for station in page:
                self._learn(station)
            after = page[-1].station_id

    def unknown(self, connection: psycopg.Connection, station_ids: Iterable[str]) -> set[str]:
        """Say which of these are not registered, asking the database for those that were not there at the last load."""
        missing = set(station_ids) - self._known
        for station_id in missing:
            found = find_station(connection, _without_nul(station_id))
            if found is not None and found.removed_at is None:
                self._learn(found)
        return missing - self._known

    def _learn(self, station: Station) -> None:
        self._known.add(station.station_id)
        if station.format is not None:
            self.formats[station.station_id] = station.format
        zone = _zone(station.timezone)
        if zone is not None:
            self.zones[station.station_id] = zone


def _zone(name: str) -> ZoneInfo | None:
    """Find a time zone; None for UTC, which needs no care, and for one that this machine does not know."""
    try:
        return None if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _without_nul(text: str) -> str:
    """Make a made-up id one that PostgreSQL can be asked for; with a blank in it no station has it."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()
