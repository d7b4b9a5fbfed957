"""What a replay found, beside what was really in the air: read from two files, for pictures."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from luchtbrug.jobs.replay_files import ReplayInputError
from validation.flags import Quality, quality

Floats = npt.NDArray[np.float64]

NUMBERS = ("raw", "value", "lower", "upper")
TRUTH = ("time", "station", "observed_property", "value")
VALIDATED = ("time", "station", "observed_property", *NUMBERS, "flags")


@dataclass(frozen=True, slots=True)
class Campaign:
    """Hours (N,) of one observed property ordered by station and time; NaN where nothing is known."""

    observed_property: str
    station: npt.NDArray[np.str_]
    hour: npt.NDArray[np.datetime64]
    truth: Floats
    raw: Floats
    value: Floats
    lower: Floats
    upper: Floats
    flags: npt.NDArray[np.int64]

    @property
    def passed(self) -> npt.NDArray[np.bool_]:
        """Mark the hours whose value is neither suspect nor failed."""
        found: npt.NDArray[np.bool_] = quality(self.flags.astype(np.int32)) == Quality.PASS
        return found

    def of(self, station: str) -> npt.NDArray[np.int64]:
        """List the rows of one station."""
        return np.flatnonzero(self.station == station)


def read_campaign(validated: Path, truth: Path, observed_property: str) -> Campaign:
    """Join the file that `luchtbrug replay` wrote with a file time,station,observed_property,value of the truth.

    Raises ReplayInputError where a file cannot be read, or has nothing in common with the other.
    """
    try:
        true = {_key(row): _number(row["value"]) for row in _rows(truth, observed_property, TRUTH)}
        found = _rows(validated, observed_property, VALIDATED)
        rows = sorted((row for row in found if _key(row) in true), key=_key)
        if not rows:
            raise ReplayInputError(f"{validated} and {truth} have no hour of {observed_property} in common")
        return _laid_out(observed_property, rows, true)
    except ReplayInputError:
        raise
    except (ValueError, csv.Error) as error:  # of a number, a time, an encoding
        raise ReplayInputError(f"{validated} or {truth} cannot be read: {error}") from error


def _laid_out(
    observed_property: str, rows: Sequence[Mapping[str, str]], true: Mapping[tuple[str, str], float]
) -> Campaign:
    columns = {name: np.array([_number(row[name]) for row in rows]) for name in NUMBERS}
    return Campaign(
        observed_property,
        np.array([row["station"] for row in rows]),
        np.array([row["time"].removesuffix("Z") for row in rows], "datetime64[h]"),
        np.array([true[_key(row)] for row in rows]),
        **columns,
        flags=np.array([int(row["flags"]) for row in rows], np.int64),
    )


def _rows(path: Path, observed_property: str, columns: Sequence[str]) -> Iterator[Mapping[str, str]]:
    """Yield the lines of one property, with every column that is needed: one that is cut short has '' there."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, restval="")
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise ReplayInputError(f"{path}: no column {', '.join(missing)}")
            yield from (row for row in reader if row["observed_property"] == observed_property)
    except OSError as error:
        raise ReplayInputError(f"cannot read {path}: {error.strerror}") from error


def _key(row: Mapping[str, str]) -> tuple[str, str]:
    return row["station"], row["time"]


def _number(text: str) -> float:
    return float(text) if text else float("nan")
