"""Stores what stations say of themselves as events: a state or a description that changed, not its repetition."""

from collections.abc import Mapping, Sequence

import psycopg

from ingest.decoding import DecodedBatch, Notice
from ingest.message import Message
from storage.events import record

_GROUPS = {"station_online": "state", "station_offline": "state", "station_meta": "meta"}

_Said = dict[tuple[str, str], tuple[str, Mapping[str, object]]]


class Noticing:
    """Remembers what each station said last."""

    def __init__(self) -> None:
        self._last: _Said = {}

    def store(self, connection: psycopg.Connection, messages: Sequence[Message], batch: DecodedBatch) -> None:
        """Record the notices of a batch that say something new; the caller commits."""
        heard: _Said = {}
        for notice in batch.notices:
            key, said = _key(notice), (notice.kind, notice.detail)
            if heard.get(key, self._last.get(key)) != said:
                time = messages[notice.position].received_at
                record(connection, notice.kind, time=time, station_id=notice.station_id, detail=notice.detail)
            heard[key] = said

    def remember(self, batch: DecodedBatch) -> None:
        """Take what a batch said as known; call it only after the commit."""
        for notice in batch.notices:
            self._last[_key(notice)] = (notice.kind, notice.detail)


def _key(notice: Notice) -> tuple[str, str]:
    return notice.station_id, _GROUPS[notice.kind]
