"""Publish what a fleet reads as time goes by, and count what the broker acknowledged; one thread for all stations."""

import selectors
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Self

from firmware_sim.credentials import check_passwords
from firmware_sim.errors import BrokerAwayError, LoginRefusedError
from firmware_sim.ledger import Ledger, Summary
from firmware_sim.messages import SimMessage, batches
from firmware_sim.session import Session, parse_broker
from firmware_sim.stations import SimStation

_BATCH_MESSAGES = 2_000  # some 40 ms to make: short beside any interval
_AT_ONCE = 500  # messages, before the sockets are looked at again
_TRIES_AT_ONCE = 50
_LONGEST_WAIT_S = 0.1
_MISC_EVERY_S = 0.2
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
        self._url = mqtt_url
        self._interval_s = interval_s
        self._faults = faults
        self._begin = begin
        self._give_up_s = give_up_s
        self._drain_s = drain_s
        self._published = 0
        self._next_misc = 0.0
        broker = parse_broker(mqtt_url)
        self._ledger = Ledger(ledger)
        self._selector = selectors.DefaultSelector()
        self._sessions = {
            station.station_id: Session(
                station, broker, self._selector, passwords=passwords, acknowledged=self._ledger.record
            )
            for station in stations
        }

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
        messages = self._source(self._begin or datetime.now(UTC))
        waiting = next(messages, None)
        while not stop.is_set() and (seconds is None or time.monotonic() - started < seconds):
            for _ in range(_AT_ONCE):
                if waiting is None or waiting.time > datetime.now(UTC):
                    break
                self._publish(waiting)
                waiting = next(messages, None)
            self._serve(_seconds_until(waiting))
            if self._give_up_s is not None and time.monotonic() - started >= self._give_up_s:
                self._check_hope()
        if not stop.is_set():
            self._check_hope()
        published_s = time.monotonic() - started
        self._drain()
        return self._summary(published_s)

    def summary(self, seconds: float = 0.0) -> Summary:
        """Say what was done so far; safe to call from another thread."""
        return self._summary(seconds)

    def close(self) -> None:
        """Close all connections and the ledger."""
        for session in self._sessions.values():
            session.close()
        self._selector.close()
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

    def _publish(self, message: SimMessage) -> None:
        self._published += 1
        self._sessions[message.station_id].publish(message)

    def _serve(self, wait_s: float) -> None:
        """Let the sockets work for a moment."""
        now = time.monotonic()
        if now >= self._next_misc:
            self._next_misc = now + _MISC_EVERY_S
            self._tend(now)
        for key, events in self._selector.select(min(wait_s, _LONGEST_WAIT_S)):
            key.data.ready(events)

    def _tend(self, now: float) -> None:
        """Keep connections alive and try those that are down, a few at once: a login costs the broker work."""
        tries = 0
        for session in self._sessions.values():
            session.misc()
            tries += tries < _TRIES_AT_ONCE and session.connect_when_due(now)

    def _check_hope(self) -> None:
        """Raise if no station was ever connected."""
        sessions = self._sessions.values()
        if any(session.connections for session in sessions):
            return
        refused = [session for session in sessions if session.refused]
        if refused:
            first = refused[0]
            raise LoginRefusedError(
                f"the broker at {self._url} refuses the login of {first.station.station_id} ({first.refused}): "
                "check the file of passwords"
            )
        raise BrokerAwayError(f"no broker answers at {self._url}: is it running?")

    def _drain(self) -> None:
        self._serve_until(lambda: not any(session.pending for session in self._sessions.values()), self._drain_s)
        for session in self._sessions.values():
            session.say_goodbye()
        self._serve_until(lambda: False, 0.3)
        for session in self._sessions.values():
            session.close()

    def _serve_until(self, done: Callable[[], bool], at_most_s: float) -> None:
        end = time.monotonic() + at_most_s
        while not done() and time.monotonic() < end:
            self._serve(0.05)

    def _summary(self, seconds: float) -> Summary:
        sessions = list(self._sessions.values())
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


def _seconds_until(message: SimMessage | None) -> float:
    if message is None:
        return _LONGEST_WAIT_S
    return max(0.0, (message.time - datetime.now(UTC)).total_seconds())
