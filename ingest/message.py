"""A message as it came through a door: what every format decodes and what quarantine keeps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

Door = Literal["mqtt", "http", "replay"]

MAX_PAYLOAD = 64 * 1024
"""The largest message that is read [bytes] (docs/payload.md)."""

_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Message:
    """One message, whichever way it came.

    `topic` names the station for every door: HTTP push to `/in/<token>/airrohr` becomes `in/<station>/airrohr`, and
    `station_id` then is the station that the token belongs to. MQTT has no `station_id`: the broker has held each
    station to its own topics. `retain` and `redelivered` are the broker's marks; `path` and `headers` are HTTP's.
    """

    door: Door
    topic: str
    payload: bytes
    received_at: datetime
    retain: bool = False
    redelivered: bool = False
    station_id: str | None = None
    path: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: _NO_HEADERS)
