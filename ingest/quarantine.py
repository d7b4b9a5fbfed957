"""Writes up the messages that could not be used: as they came, without their secrets, with the reason in a word."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from ingest.decoded import Refusal
from ingest.errors import IngestError, UnitNotToldError, ValuesRefusedError
from ingest.fixed_topics import Device, device_of
from ingest.message import MAX_PAYLOAD, Message
from ingest.secrets import is_private, strip_secrets, strip_topic
from ingest.topics import claimed_station
from storage.rows import Quarantined

_LISTED = 20  # refused values named in one row; the payload beside them has them all

_NO_CLAIMS: Mapping[Device, str] = MappingProxyType({})


def values_refused(refused: Sequence[Refusal]) -> ValuesRefusedError | UnitNotToldError:
    """Say which values of a message were refused, and why."""
    listed = [f"{each.sensor_name}/{_said(each)} {each.reason}" for each in refused[:_LISTED]]
    more = [f"and {len(refused) - _LISTED} more"] if len(refused) > _LISTED else []
    kind = UnitNotToldError if all(each.reason == "unit_not_told" for each in refused) else ValuesRefusedError
    return kind("; ".join(listed + more))


def _said(refusal: Refusal) -> str:
    """Name a refused value, and the value where it tells no secret and no place, as an object or a list may."""
    name = refusal.observed_property
    return f"{name}=***" if is_private(name) or refusal.value[:1] in ("{", "[") else f"{name}={refusal.value}"


def write_up(message: Message, error: IngestError, claims: Mapping[Device, str] = _NO_CLAIMS) -> Quarantined:
    """Write up a message of which nothing, or not all, could be stored; `claims` says whose a device is."""
    return Quarantined(
        received_at=message.received_at,
        door=message.door,
        topic=_printable(strip_topic(message.topic[:1000])),
        station_id=_station(message, claims),
        payload=strip_secrets(message.payload[:MAX_PAYLOAD], message.topic),
        payload_size=len(message.payload),
        reason=error.reason,
        detail=_printable(_without_secrets(str(error)[:4000])),
    )


def _without_secrets(detail: str) -> str:
    return strip_secrets(detail.encode("utf-8", "backslashreplace")).decode()


def _station(message: Message, claims: Mapping[Device, str]) -> str | None:
    device = device_of(message.topic)
    claimed = message.station_id or (claimed_station(message.topic) if device is None else claims.get(device))
    return None if claimed is None else _printable(claimed[:100])


def _printable(text: str) -> str:
    """Make text that PostgreSQL takes: no NUL, no lone surrogates."""
    return text.replace("\0", "\\0").encode("utf-8", "backslashreplace").decode()
