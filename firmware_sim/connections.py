"""The connections of a whole fleet on one selector: a thousand stations need one thread."""

import selectors
import time
from collections.abc import Callable
from typing import Generic

from firmware_sim.errors import BrokerAwayError, LoginRefusedError
from firmware_sim.session import Manners, Message, Session, parse_broker

LONGEST_WAIT_S = 0.1

_TRIES_AT_ONCE = 50
_MISC_EVERY_S = 0.2
_LAST_WORDS_S = 0.3


class Connections(Generic[Message]):
    """Sessions by station; a bad URL of the broker is an MqttUrlError."""

    def __init__(self, mqtt_url: str) -> None:
        self._url = mqtt_url
        self._broker = parse_broker(mqtt_url)
        self._selector = selectors.DefaultSelector()
        self._sessions: dict[str, Session[Message]] = {}
        self._next_misc = 0.0

    def add(
        self, station_id: str, password: str | None, manners: Manners, acknowledged: Callable[[Message], None]
    ) -> None:
        """Add a station; it connects when the connections are served. Without a password it is anonymous."""
        self._sessions[station_id] = Session(
            station_id, self._broker, self._selector, password=password, manners=manners, acknowledged=acknowledged
        )

    def of(self, station_id: str) -> Session[Message]:
        """Give the session of a station."""
        return self._sessions[station_id]

    def sessions(self) -> list[Session[Message]]:
        """List all sessions."""
        return list(self._sessions.values())

    def serve(self, wait_s: float) -> None:
        """Let the sockets work for a moment."""
        now = time.monotonic()
        if now >= self._next_misc:
            self._next_misc = now + _MISC_EVERY_S
            self._tend(now)
        for key, events in self._selector.select(min(wait_s, LONGEST_WAIT_S)):
            key.data.ready(events)

    def check_hope(self) -> None:
        """Raise BrokerAwayError or LoginRefusedError if no station was ever connected."""
        sessions = self.sessions()
        if any(session.connections for session in sessions):
            return
        refused = [session for session in sessions if session.refused]
        if refused:
            raise LoginRefusedError(
                f"the broker at {self._url} refuses the login of {refused[0].station_id} ({refused[0].refused}): "
                "check the file of passwords"
            )
        raise BrokerAwayError(f"no broker answers at {self._url}: is it running?")

    def drain(self, at_most_s: float) -> None:
        """Wait until all is acknowledged, let the stations say goodbye, and disconnect."""
        self._serve_until(lambda: not any(session.pending for session in self._sessions.values()), at_most_s)
        for session in self._sessions.values():
            session.say_goodbye()
        self._serve_until(lambda: False, _LAST_WORDS_S)
        for session in self._sessions.values():
            session.close()

    def close(self) -> None:
        """Close all connections."""
        for session in self._sessions.values():
            session.close()
        self._selector.close()

    def _tend(self, now: float) -> None:
        """Keep connections alive and try those that are down, a few at once: a login costs the broker work."""
        tries = 0
        for session in self._sessions.values():
            session.misc()
            tries += tries < _TRIES_AT_ONCE and session.connect_when_due(now)

    def _serve_until(self, done: Callable[[], bool], at_most_s: float) -> None:
        end = time.monotonic() + at_most_s
        while not done() and time.monotonic() < end:
            self.serve(0.05)
