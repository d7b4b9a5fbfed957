"""What a run of the publisher did, so that a loss further on can be checked against it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from firmware_sim.messages import SimMessage

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did; `unacknowledged` messages may or may not have arrived, all others did."""

    stations: int
    connected: int  # stations that were connected at least once
    refused: int  # stations whose login the broker refuses
    connections: int
    messages: int
    acknowledged: int
    acknowledged_readings: int
    unacknowledged: int
    dropped: int  # more than a station keeps while the broker is away
    seconds: float

    @property
    def complete(self) -> bool:
        """Whether the broker has all that was published."""
        return not (self.unacknowledged or self.dropped)


class Ledger:
    """Counts what was acknowledged; with a file, writes a JSON line a message: topic, seq, time, readings."""

    def __init__(self, path: Path | None) -> None:
        self.messages = 0
        self.readings = 0
        # a line at a time, so that a killed run leaves its ledger
        self._file: TextIO | None = None if path is None else path.open("w", encoding="utf-8", buffering=1)

    def record(self, message: SimMessage) -> None:
        """Enter a message that the broker has acknowledged."""
        self.messages += 1
        self.readings += message.readings
        if self._file is not None:
            entry = {
                "topic": message.topic,
                "seq": message.seq,
                "time": message.time.isoformat(),
                "readings": message.readings,
            }
            self._file.write(json.dumps(entry) + "\n")

    def close(self) -> None:
        """Finish the file."""
        if self._file is not None:
            self._file.close()


def as_json(summary: "DataclassInstance") -> str:
    """Write a summary on one line."""
    return json.dumps(asdict(summary))
