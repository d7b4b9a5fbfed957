"""What the ingest service needs to know; the command reads it from the environment and passes it on."""

from dataclasses import dataclass, field
from typing import Literal

from ingest.fixed_topics import SUBSCRIPTIONS

NATIVE = "aq/1/+/obs"
SHARED = f"$share/luchtbrug/{NATIVE}"
"""What several workers share: readings that say themselves when they were measured, wherever they are taken in."""

_ONE_S = ("aq/1/+/status", "aq/1/+/meta", "in/#", *SUBSCRIPTIONS)
"""What one worker takes alone: other formats are read by what the same device said before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestSettings:
    """Where the broker and the database are, and how messages are batched. Times in seconds."""

    database_url: str = field(repr=False)  # holds a password
    mqtt_host: str
    mqtt_port: int = 1883
    mqtt_user: str | None = None
    mqtt_password: str | None = field(default=None, repr=False)
    mqtt_tls: bool = False
    mqtt_ca_file: str | None = None  # None: the system's own authorities
    mqtt_version: Literal[4, 5] = 4  # 4 is MQTT 3.1.1: the embedded broker speaks no newer one
    client_id: str = "luchtbrug-ingest"  # fixed: the broker keeps the session, and what comes meanwhile, under it
    queued_as_retained: bool = False  # amqtt marks what it queued for us as retained: then retain says nothing
    session_expiry_s: int = 14 * 86400  # MQTT 5 only; Mosquitto has its own limit for 3.1.1
    worker: int = 0  # 0: alone; else the number among several, of which the first takes what is not shared
    batch_size: int = 5000
    batch_s: float = 0.1
    queue_size: int = 50_000  # messages held here at most; beyond it we stop reading and the broker holds them
    retry_least_s: float = 0.5
    retry_most_s: float = 15.0

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """List the topics to be subscribed to."""
        if self.worker > 1:
            return (SHARED,)
        return (SHARED if self.worker else NATIVE, *_ONE_S)

    @property
    def outgrown(self) -> str:
        """Name the subscription that the kept session has from when it was alone, or was not."""
        return NATIVE if self.worker else SHARED
