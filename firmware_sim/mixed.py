"""Publish and push what a mixed fleet measures, each station in its own format, and keep a ledger of every reading."""

import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from firmware_sim.connections import Connections
from firmware_sim.credentials import check_passwords
from firmware_sim.devices import FORMATS
from firmware_sim.devices.wire import Device, Format, Row
from firmware_sim.draws import stream
from firmware_sim.mixed_ledger import MixedLedger, MixedSummary, Parcel
from firmware_sim.pace import play
from firmware_sim.push import Pushes
from firmware_sim.session import Manners
from firmware_sim.stations import SimStation
from firmware_sim.turns import Turn, turns


class MixedFleet:
    """Stations of many makes; use it in a `with` statement and call `run` once, in any thread."""

    def __init__(
        self,
        stations: Sequence[SimStation],
        mqtt_url: str,
        http_url: str,
        secrets: Mapping[str, str],
        *,
        interval_s: float = 60.0,
        faults: float = 1.0,
        drops: float = 0.001,
        ledger: Path | None = None,
        give_up_s: float = 30.0,
        drain_s: float = 20.0,
    ) -> None:
        """Prepare; nothing connects yet. `secrets`: each station's MQTT password, or the token of one that pushes.

        A bad URL is an MqttUrlError or HttpUrlError, a missing secret a CredentialsError. `give_up_s`: how long to wait
        for the first connection of any station.
        """
        check_passwords(stations, secrets)
        self._stations, self._interval_s, self._faults, self._drops = stations, interval_s, faults, drops
        self._give_up_s, self._drain_s = give_up_s, drain_s
        self._ledger = MixedLedger(ledger)
        self._connections: Connections[Parcel] = Connections(mqtt_url)
        self._pushes = Pushes(http_url)
        self._devices = {each.station_id: _device(each, secrets[each.station_id]) for each in stations}
        self._kept: dict[str, deque[Row]] = {}
        self._away: set[str] = set()
        self._dropped = 0
        for station in stations:
            self._furnish(station, secrets[station.station_id])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connections.close()
        self._pushes.close()
        self._ledger.close()

    def run(self, stop: threading.Event, *, seconds: float | None = None) -> MixedSummary:
        """Let the stations measure and send until `stop` is set or the time is over; wait for what is on its way.

        BrokerAwayError or LoginRefusedError when no station was ever connected within `give_up_s`, DoorAwayError when
        no push ever reached the server.
        """
        started = time.monotonic()
        source = turns(self._stations, datetime.now(UTC), self._interval_s, faults=self._faults, drops=self._drops)
        play(source, self._take_turn, self._serve, stop, seconds=seconds)
        lasted = time.monotonic() - started
        if not stop.is_set():
            self._check_hope()
        self._connections.drain(self._drain_s)
        late = self._pushes.drain(self._drain_s)
        if not stop.is_set():
            self._pushes.check_hope()
        return self._summary(late, lasted)

    def _serve(self, wait_s: float, elapsed_s: float) -> None:
        self._connections.serve(wait_s)
        if elapsed_s >= self._give_up_s:
            self._check_hope()

    def _check_hope(self) -> None:
        if self._connections.sessions():
            self._connections.check_hope()
        self._pushes.check_hope()

    def _furnish(self, station: SimStation, secret: str) -> None:
        """Give a station its memory, and a connection where it keeps one."""
        speaks, device = FORMATS[station.format], self._devices[station.station_id]
        self._kept[station.station_id] = deque(maxlen=speaks.memory + 1)
        if not speaks.http:
            self._connections.add(station.station_id, secret, _manners(speaks, device), self._ledger.taken)

    def _take_turn(self, turn: Turn) -> None:
        station_id = turn.station.station_id
        speaks, kept = FORMATS[turn.station.format], self._kept[station_id]
        if turn.restarted:
            kept.clear()
        kept.append(turn.row)
        if turn.away:
            self._lose(turn)
            return
        self._away.discard(station_id)
        wires = speaks.write(self._devices[station_id], list(kept))
        kept.clear()
        for wire in wires:
            self._send(Parcel(wire, turn.station, time.time()))
        if turn.twice and speaks.name == "native":
            self._send(Parcel(wires[0]._replace(said=()), turn.station, time.time()))

    def _lose(self, turn: Turn) -> None:
        """Cut the connection until the next turn at least."""
        station_id, speaks = turn.station.station_id, FORMATS[turn.station.format]
        self._dropped += station_id not in self._away
        self._away.add(station_id)
        if not speaks.http:
            # back shortly before its next turn, which may keep it away for longer
            until = time.monotonic() + max(0.5 * self._interval_s, self._interval_s - 2.0)
            self._connections.of(station_id).drop(until=until)

    def _send(self, parcel: Parcel) -> None:
        if parcel.wire.method:
            self._pushes.send(parcel.wire, partial(self._ledger.answered, parcel))
        else:
            self._connections.of(parcel.station.station_id).publish(parcel)

    def _summary(self, late: int, seconds: float) -> MixedSummary:
        sessions, counts = self._connections.sessions(), self._ledger.counts
        return MixedSummary(
            stations=len(self._stations),
            formats=len({station.format for station in self._stations}),
            connections=sum(session.connections for session in sessions),
            messages=counts["messages"],
            readings=counts["readings"],
            refused=counts["refused"],
            unclear=counts["unclear"] + late + sum(len(session.pending) for session in sessions),
            unsent=counts["unsent"] + sum(session.dropped for session in sessions),
            drops=self._dropped,
            seconds=round(seconds, 3),
        )


def _device(station: SimStation, secret: str) -> Device:
    serial = int(stream(station.seed, station.station_id, "serial")) % 2**24
    return Device(station.station_id, f"84fce6{serial:06x}", secret)


def _manners(speaks: Format, device: Device) -> Manners:
    will = None if speaks.will is None else speaks.will(device)
    return Manners(tuple(speaks.greet(device)), () if will is None else (will,), will)
