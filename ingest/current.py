"""The calibrations that value readings, in memory as columns: learnt once, and then only those that changed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import itemgetter

import numpy as np
import psycopg

from ingest.series_table import Ints
from ingest.vocabulary import PROPERTIES
from storage.calibrations import current_keys, in_use
from validation.calibrations import Calibrations
from validation.features import BASE, WEATHER

_SCORES = ("skill", "lowest_raw", "highest_raw")
"""What `validation.nowcast` asks of the scores: how far a reading is from what its calibration has seen."""


@dataclass(frozen=True, slots=True)
class Current:
    """The current calibrations of one observed property, ascending by series key."""

    series_key: Ints
    calibration_key: Ints
    calibrations: Calibrations

    @staticmethod
    def join(parts: "list[Current]") -> "Current":
        """Put those of one observed property together."""
        series_key = np.concatenate([part.series_key for part in parts])
        calibration_key = np.concatenate([part.calibration_key for part in parts])
        joined = Current(series_key, calibration_key, Calibrations.join([part.calibrations for part in parts]))
        return joined if (np.diff(series_key) > 0).all() else joined.take(np.argsort(series_key))

    def take(self, rows: Ints) -> "Current":
        """Give some of them."""
        return Current(self.series_key[rows], self.calibration_key[rows], self.calibrations.take(rows))

    def among(self, calibration_key: Ints) -> "Current":
        """Give those that are among these calibrations."""
        kept = np.isin(self.calibration_key, calibration_key)
        return self if kept.all() else self.take(np.flatnonzero(kept))

    def of(self, series_key: Ints) -> "tuple[Current, Ints]":
        """Give the calibrations of these series only, and the row of each series in them, -1 where it has none."""
        place = np.minimum(np.searchsorted(self.series_key, series_key), len(self.series_key) - 1)
        known = self.series_key[place] == series_key
        rows = np.unique(place[known]) if known.any() else np.zeros(1, np.int64)  # of none any one serves
        return self.take(rows), np.where(known, np.searchsorted(rows, place), -1)

    def others(self) -> list[str]:
        """Name the gases that these calibrations look at beside their own, in the order of the features."""
        own = {*BASE, *WEATHER}
        return [name.removeprefix("raw_") for name in self.calibrations.feature_names if name not in own]


class CurrentCalibrations:
    """The current calibrations by observed property."""

    def __init__(self) -> None:
        self._of: dict[str, Current] = {}

    def __iter__(self) -> Iterator[tuple[str, Current]]:
        return iter(self._of.items())

    def refresh(self, connection: psycopg.Connection, at: datetime) -> None:
        """Forget what is no longer current, and learn what is by now; reads only what changed."""
        _, wanted = current_keys(connection, at)
        held = [current.calibration_key for current in self._of.values()]
        new = np.setdiff1d(wanted, np.concatenate([*held, np.zeros(0, np.int64)]))
        parts = [(name, current.among(wanted)) for name, current in self]
        parts += _read(connection, new)
        parts = sorted(((name, part) for name, part in parts if len(part.series_key)), key=itemgetter(0))
        self._of = {name: _join([part for _, part in group]) for name, group in groupby(parts, itemgetter(0))}


def _read(connection: psycopg.Connection, keys: Ints) -> Iterable[tuple[str, Current]]:
    if not len(keys):
        return
    for name, records in in_use(connection, keys.tolist()):
        if name in PROPERTIES:  # else it is of a newer release
            series_key, calibration_key = (
                np.array([each[key] for each in records], np.int64) for key in ("series_key", "calibration_key")
            )
            yield name, Current(series_key, calibration_key, lean(Calibrations.from_records(records)))


def _join(parts: list[Current]) -> Current:
    return parts[0] if len(parts) == 1 else Current.join(parts)


def lean(known: Calibrations) -> Calibrations:
    """Leave out what no reading is valued by: two thirds of all memory."""
    return replace(
        known,
        covariance=np.zeros((len(known.status), 0, 0)),
        reference_id=(),
        reference_weight=np.zeros((len(known.status), 0)),
        scores={name: values for name, values in known.scores.items() if name in _SCORES},
    )
