"""What a mixed fleet sent and the platform took, reading by reading: what is stored is checked against it."""

import json
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TextIO

from firmware_sim.devices.wire import Said, Wire
from firmware_sim.stations import SimStation


@dataclass(frozen=True, slots=True)
class MixedSummary:
    """What a run did; of `unclear` messages nobody knows whether they were taken, of `unsent` that they were not."""

    stations: int
    formats: int
    connections: int
    messages: int  # taken by the broker or answered with 2xx
    readings: int  # in them
    refused: int  # HTTP answers of 4xx and 5xx
    unclear: int
    unsent: int
    drops: int
    seconds: float

    @property
    def complete(self) -> bool:
        """Whether of each message it is known that it was taken, or that it never left."""
        return not (self.unclear or self.refused)


class Parcel(NamedTuple):
    """A message on its way."""

    wire: Wire
    station: SimStation
    sent: float

    @property
    def topic(self) -> str:
        """Where to."""
        return self.wire.topic

    @property
    def payload(self) -> bytes:
        """What."""
        return self.wire.payload

    @property
    def qos(self) -> int:
        """0 or 1."""
        return self.wire.qos

    @property
    def retain(self) -> bool:
        """Whether the broker keeps it."""
        return self.wire.retain


class MixedLedger:
    """Writes a JSON line for each message that was taken: station, format, time of sending, what it said.

    A push whose answer never came stands there too, as not known to be taken: the platform may have it.
    """

    def __init__(self, path: Path | None) -> None:
        self.counts: Counter[str] = Counter()
        self._lock = threading.Lock()  # answers to pushes come in other threads
        self._file: TextIO | None = None if path is None else path.open("w", encoding="utf-8", buffering=1)

    def taken(self, parcel: Parcel) -> None:
        """Enter a message that the platform has taken."""
        said = parcel.wire.said
        with self._lock:
            self.counts["messages"] += 1
            self.counts["readings"] += len(said)
            self._write(parcel, taken=True)

    def answered(self, parcel: Parcel, status: int | None) -> None:
        """Enter the answer to a push."""
        if status is not None and 200 <= status < 300:
            self.taken(parcel)
            return
        with self._lock:
            self.counts["unclear" if status is None else "refused" if status else "unsent"] += 1
            if status is None:
                self._write(parcel, taken=False)

    def close(self) -> None:
        """Finish the file."""
        if self._file is not None:
            self._file.close()

    def _write(self, parcel: Parcel, *, taken: bool) -> None:
        said = parcel.wire.said
        if self._file is not None and said:
            line = {"station": parcel.station.station_id, "format": parcel.station.format, "sent": parcel.sent}
            self._file.write(json.dumps({**line, "said": said, "taken": taken}) + "\n")


def said_of(line: str) -> tuple[str, str, float, list[Said]]:
    """Read a line of the ledger: station, format, time of sending [s since 1970], what was said."""
    entry = json.loads(line)
    return entry["station"], entry["format"], entry["sent"], [Said(*each) for each in entry["said"]]


def was_taken(line: str) -> bool:
    """Say whether the platform confirmed the message of a line; else nobody knows whether it was taken."""
    return json.loads(line)["taken"] is True
