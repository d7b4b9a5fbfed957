"""Readings under load, and the ledger of what the broker took over: each message has a number, which is its value.

PM1, PM2.5 and PM10 of message n are n / 1000, so a reading in the database says which message it came in. One message
in ten has no time of its own, as many devices send: no key protects those from being stored twice.
"""

import json
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

import psycopg

from luchtbrug.broker.login import login

FIRST = 100_000
"""The first number: values below it stand in the database before the load begins."""

TIMELESS_EVERY = 10
PROPERTIES = ("pm1", "pm2_5", "pm10")
_AT_ONCE = 4_000  # messages in one go
_MOST_WAITING = 40_000  # MQTT has 65,535 packet ids, and none may stand for two messages
_TICK_S = 0.05

SENT = """
SELECT round(raw * 1000)::bigint, observed_property, count(*) FROM reading JOIN series USING (series_key)
WHERE raw >= %s AND observed_property = ANY (%s) GROUP BY 1, 2
"""
STORED_UP_TO = """
SELECT count(DISTINCT raw) FROM reading WHERE raw BETWEEN %s AND %s
AND series_key IN (SELECT series_key FROM series WHERE observed_property = 'pm10')
"""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message with its number."""

    number: int
    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Balance:
    """What was taken over against what is stored; `twice` counts messages of which a value stands more than once."""

    messages: int
    lost: int
    twice: int


def hold_against(taken: Sequence[int], conn: psycopg.Connection) -> Balance:
    """Hold the database against the numbers that were taken over, value by value."""
    stored: dict[int, Counter[str]] = defaultdict(Counter)
    for number, name, count in conn.execute(SENT, (FIRST / 1000, list(PROPERTIES))):
        stored[number][name] = count
    conn.rollback()
    lost = sum(any(not stored[number][name] for name in PROPERTIES) for number in set(taken))
    twice = sum(any(count > 1 for count in values.values()) for values in stored.values())
    return Balance(len(taken), lost, twice)


def source(
    stations: int, *, begin: datetime, step_s: float = 1.0, first: int = FIRST, timeless_every: int = TIMELESS_EVERY
) -> Iterator[Outgoing]:
    """Make messages for ever; the stations take turns, a step later each round. 0: none is without a time."""
    number = first
    while True:
        turn, station = divmod(number - first, stations)
        stamp = f"{begin + timedelta(seconds=turn * step_s):%Y-%m-%dT%H:%M:%S.%fZ}"
        timeless = timeless_every and number % timeless_every == 0
        time_said = {} if timeless else {"t": stamp}
        entry = {**time_said, "s": "sps30-0", "v": dict.fromkeys(PROPERTIES, number / 1000)}
        body = json.dumps({"seq": number, "obs": [entry]}).encode()
        yield Outgoing(number, f"aq/1/bench-{station}/obs", body)
        number += 1


class Load:
    """Publishes messages at a rate until it is ended; a broker that is away is waited for."""

    def __init__(
        self, url: str, messages: Iterator[Outgoing], *, rate: float, client_id: str = "", at_most: int = 10**9
    ) -> None:
        self.others: list[int] = []  # numbers that the broker took over from somebody else
        self._messages, self.rate = islice(messages, at_most), rate
        self._client, self._host, self._port = login(url, client_id=client_id)
        self._client.max_inflight_messages_set(0)  # none queued: else paho looks through all of them at each answer
        self._client.reconnect_delay_set(1, 2)
        self._client.on_publish = lambda *arguments: self._note(arguments[2])
        self._sent: dict[int, list[int]] = defaultdict(list)  # by packet id, in the order of sending
        self._acknowledged: list[int] = []  # packet ids: a number's may be told before `publish` has returned it
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="load")
        self.sent = 0

    def __enter__(self) -> "Load":
        self._client.connect(self._host, self._port)
        self._client.loop_start()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self, *, patience_s: float = 120) -> int:
        """Publish no more, wait for the broker's acknowledgements, and say how many messages never got one."""
        self._ended.set()
        self._thread.join()
        deadline = time.monotonic() + patience_s
        while len(self._acknowledged) < self.sent and time.monotonic() < deadline:
            time.sleep(_TICK_S)
        self._client.disconnect()
        self._client.loop_stop()
        return self.sent - len(self._acknowledged)

    def taken(self) -> list[int]:
        """List the numbers that the broker has taken over so far."""
        seen: Counter[int] = Counter()
        numbers = list(self.others)
        for packet in list(self._acknowledged):
            sent = self._sent[packet]
            if seen[packet] < len(sent):  # its `publish` returns in a moment
                numbers.append(sent[seen[packet]])
            seen[packet] += 1
        return numbers

    def newest(self) -> int:
        """Give the number of the message that was acknowledged last."""
        if not self._acknowledged:
            return FIRST
        return self._sent[self._acknowledged[-1]][-1]

    def _note(self, packet: int) -> None:
        self._acknowledged.append(packet)

    def _work(self) -> None:
        begin = time.monotonic()
        while not self._ended.is_set():
            due = int((time.monotonic() - begin) * self.rate) - self.sent
            room = _MOST_WAITING - (self.sent - len(self._acknowledged))
            for message in islice(self._messages, max(0, min(due, room, _AT_ONCE))):
                info = self._client.publish(message.topic, message.payload, qos=1)
                self._sent[info.mid].append(message.number)
                self.sent += 1
            time.sleep(_TICK_S)


def stored_up_to(conn: psycopg.Connection, newest: int) -> int:
    """Count the numbers up to one that are stored."""
    row = conn.execute(STORED_UP_TO, (FIRST / 1000, newest / 1000)).fetchone()
    conn.rollback()
    return int(row[0]) if row else 0
