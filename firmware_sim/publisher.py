"""Publish what a fleet reads as time goes by, and count what the broker acknowledged; one thread for all stations."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Self

from firmware_sim.connections import Connections
from firmware_sim.credentials import check_passwords
from firmware_sim.devices.wire import Wire
from firmware_sim.ledger import Ledger, Summary
from firmware_sim.messages import SimMessage, batches
from firmware_sim.pace import play
from firmware_sim.session import Manners
from firmware_sim.stations import SimStation
from firmware_sim.texts import status_topic

_BATCH_MESSAGES = 2_000  # some 40 ms to make: short beside any interval
_FAR_FUTURE = timedelta(days=3650)


class Publisher:
    """Stations that publish live; use it in a `with` statement and call `run` once, in any thread."""

    def __init__(
        self,
        stations: Sequence[SimStation],
        mqtt_url: str,
        passwords: Mapping[str, str] | None = None,
        *,
        interval_s: float = 60.0,
        faults: float = 1.0,
        ledger: Path | None = None,
        begin: datetime | None = None,
        give_up_s: float | None = 30.0,
        drain_s: float = 10.0,
    ) -> None:
        """Prepare; nothing connects yet. A bad URL is an MqttUrlError, a missing password a CredentialsError.

        Without passwords the stations log in anonymously. With `begin` the readings since then are sent at once, as a
        fleet does that was offline. `give_up_s`: how long to wait for the first connection, None for ever.
        """
        check_passwords(stations, passwords)
        self._stations = stations
        self._interval_s = interval_s
        self._faults = faults
        self._begin = begin
        self._give_up_s = give_up_s
        self._drain_s = drain_s
        self._published = 0
        self._connections: Connections[SimMessage] = Connections(mqtt_url)
        self._ledger = Ledger(ledger)
        for station in stations:
            name = station.station_id
            password = None if passwords is None else passwords[name]
            self._connections.add(name, password, _manners(station), self._ledger.record)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def run(self, stop: threading.Event, *, seconds: float | None = None) -> Summary:
        """Publish until `stop` is set or the time is over, wait for acknowledgements, disconnect.

        BrokerAwayError or LoginRefusedError when no station was ever connected within `give_up_s`.
        """
        started = time.monotonic()
        play(self._source(self._begin or datetime.now(UTC)), self._publish, self._serve, stop, seconds=seconds)
        if not stop.is_set():
            self._connections.check_hope()
        published_s = time.monotonic() - started
        self._connections.drain(self._drain_s)
        return self._summary(published_s)

    def summary(self, seconds: float = 0.0) -> Summary:
        """Say what was done so far; safe to call from another thread."""
        return self._summary(seconds)

    def close(self) -> None:
        """Close all connections and the ledger."""
        self._connections.close()
        self._ledger.close()

    def _source(self, begin: datetime) -> Iterator[SimMessage]:
        lists = batches(
            self._stations,
            begin,
            begin + _FAR_FUTURE,
            self._interval_s,
            faults=self._faults,
            size=_BATCH_MESSAGES,
        )
        return chain.from_iterable(lists)

    def _serve(self, wait_s: float, elapsed_s: float) -> None:
        self._connections.serve(wait_s)
        if self._give_up_s is not None and elapsed_s >= self._give_up_s:
            self._connections.check_hope()

    def _publish(self, message: SimMessage) -> None:
        self._published += 1
        self._connections.of(message.station_id).publish(message)

    def _summary(self, seconds: float) -> Summary:
        sessions = self._connections.sessions()
        return Summary(
            stations=len(sessions),
            connected=sum(session.connections > 0 for session in sessions),
            refused=sum(session.refused is not None for session in sessions),
            connections=sum(session.connections for session in sessions),
            messages=self._published,
            acknowledged=self._ledger.messages,
            acknowledged_readings=self._ledger.readings,
            unacknowledged=sum(len(session.pending) for session in sessions),
            dropped=sum(session.dropped for session in sessions),
            seconds=round(seconds, 3),
        )


def _manners(station: SimStation) -> Manners:
    """Say online and offline as docs/payload.md says."""
    online, offline = (
        Wire(status_topic(station), f'{{"state":"{state}"}}'.encode(), qos=1, retain=True)
        for state in ("online", "offline")
    )
    return Manners((online,), (offline,), offline)
