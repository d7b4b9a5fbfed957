"""What a replay found, beside what was really in the air: read from two files, for pictures."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from luchtbrug.jobs.replay_files import ReplayInputError
from validation.flags import Quality, quality

Floats = npt.NDArray[np.float64]

NUMBERS = ("raw", "value", "lower", "upper")


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
    true = {_key(row): _number(row["value"]) for row in _rows(truth, observed_property)}
    rows = sorted((row for row in _rows(validated, observed_property) if _key(row) in true), key=_key)
    if not rows:
        raise ReplayInputError(f"{validated} and {truth} have no hour of {observed_property} in common")
    columns = {name: np.array([_number(row[name]) for row in rows]) for name in NUMBERS}
    return Campaign(
        observed_property,
        np.array([row["station"] for row in rows]),
        np.array([row["time"].removesuffix("Z") for row in rows], "datetime64[h]"),
        np.array([true[_key(row)] for row in rows]),
        **columns,
        flags=np.array([int(row["flags"]) for row in rows], np.int64),
    )


def _rows(path: Path, observed_property: str) -> Iterator[Mapping[str, str]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            for row in csv.DictReader(file):
                if row["observed_property"] == observed_property:
                    yield row
    except OSError as error:
        raise ReplayInputError(f"cannot read {path}: {error.strerror}") from error
    except KeyError as error:
        raise ReplayInputError(f"{path}: no column {error.args[0]}") from error


def _key(row: Mapping[str, str]) -> tuple[str, str]:
    return row["station"], row["time"]


def _number(text: str) -> float:
    return float(text) if text else float("nan")
