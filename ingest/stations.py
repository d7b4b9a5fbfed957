"""The registered stations that ingest knows, with the format that each is set to."""

from collections.abc import Iterable

import psycopg
from storage.stations import find_station, list_stations

_PAGE = 10_000


class Stations:
    """Active stations by id; `formats` holds those only that are set to a format."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self.formats: dict[str, str] = {}

    def load(self, connection: psycopg.Connection) -> None:
        """Learn all active stations anew."""
        self._known, self.formats = set(), {}
        after: str | None = None
        while page := list_stations(connection, after=after, limit=_PAGE):
            for station in page:
                self._learn(station.station_id, station.format)
            after = page[-1].station_id

    def unknown(self, connection: psycopg.Connection, station_ids: Iterable[str]) -> set[str]:
        """Say which of these are not registered, asking the database for those that were not there at the last load."""
        missing = set(station_ids) - self._known
        for station_id in missing:
            found = find_station(connection, _without_nul(station_id))
            if found is not None and found.removed_at is None:
                self._learn(found.station_id, found.format)
        return missing - self._known

    def _learn(self, station_id: str, format_name: str | None) -> None:
        self._known.add(station_id)
        if format_name is not None:
            self.formats[station_id] = format_name


def _without_nul(text: str) -> str:
    """Make a made-up id one that PostgreSQL can be asked for; with a blank in it no station has it."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()
