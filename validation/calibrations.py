"""A fitted calibration of every series of a network, as arrays, and as the JSON-able record that storage keeps of
each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from validation.field import References
from validation.flags import Flag
from validation.kriging import Covariance
from validation.policy import VERSION
from validation.screening import Expectation

Floats = npt.NDArray[np.float64]
Hours = npt.NDArray[np.datetime64]

METHOD = "mm-reverse-5"
FULL, SHORT, PRIOR, NO_SKILL, NONE = "full", "short_window", "sibling_prior", "no_skill", "not_calibrated"
PAUSED = "paused"
GIVES_VALUE = (FULL, SHORT, PRIOR)
FLAG_OF = {NO_SKILL: Flag.NO_SKILL, SHORT: Flag.SHORT_WINDOW, PRIOR: Flag.CALIBRATION_PRIOR}
"""What the values of a calibration are flagged with; FULL with nothing, the others as not calibrated."""


@dataclass(frozen=True, slots=True)
class Interval:
    """What a 95 % interval is made of, each (S,) [unit]: all grow with (base + value) / (base + median).

    increment_up, increment_down: how far the place may lie above or below what the references can see; noise: the
    hourly error of the value; estimate_*: the same for the estimate.
    """

    median: Floats
    increment_up: Floats
    increment_down: Floats
    noise: Floats
    estimate_up: Floats
    estimate_down: Floats
    estimate_noise: Floats


@dataclass(frozen=True, slots=True)
class Shares:
    """What the estimate needs, each (S,): level and scale of value - field [unit], the sensor's share (0..1), and the
    variances [unit²] of the error that siblings share and of the error of a sensor beside a reference (else NaN).
    """

    level: Floats
    scale: Floats
    share: Floats
    common_variance: Floats
    own_variance: Floats


@dataclass(frozen=True, slots=True)
class Calibrations:
    """Calibrations of S series with p features against R references; row i belongs to series i of the network.

    status (S,): see the names above; coefficients (S,p); covariance (S,p,p) of them as the series' own hours give it,
    before siblings narrow it, NaN where the coefficients are borrowed; centre (S,p) of the features (stands in for
    missing weather); reference_weight (S,R) sums to 1; scores: name -> (S,). Window is the hours learnt from.
    """

    fitted_at: np.datetime64
    status: tuple[str, ...]
    feature_names: tuple[str, ...]
    coefficients: Floats
    covariance: Floats
    centre: Floats
    window_begin: Hours
    window_end: Hours
    reference_id: tuple[str, ...]
    references: References
    reference_weight: Floats
    expectation: Expectation
    interval: Interval
    shares: Shares
    scores: Mapping[str, Floats]
    seed: int

    def record(self, i: int) -> dict[str, Any]:
        """Write series i as the JSON-able fields of storage.rows.NewCalibration; NaN becomes None."""
        learnt = self.references
        return {
            "method": METHOD,
            "status": self.status[i],
            "window_begin": _text(self.window_begin[i]),
            "window_end": _text(self.window_end[i]),
            "coefficients": _named(self.feature_names, self.coefficients[i]),
            "covariance": [[_number(value) for value in row] for row in self.covariance[i]],
            "interval_parts": _row(self.interval, i),
            "reference_weight": _named(self.reference_id, self.reference_weight[i]),
            "scores": {name: _number(values[i]) for name, values in self.scores.items()},
            "provenance": {
                "policy": VERSION,
                "seed": self.seed,
                "fitted_at": _text(self.fitted_at),
                "centre": _named(self.feature_names, self.centre[i]),
                "screening": _row(self.expectation, i),
                "estimate": _row(self.shares, i),
                "references": {
                    name: [_number(learnt.offset[r]), _number(learnt.variance[r]), bool(learnt.usable[r])]
                    for r, name in enumerate(self.reference_id)
                },
                "field": None if learnt.covariance is None else asdict(learnt.covariance),
            },
        }  # fmt: skip

    def hold(self, previous: "Calibrations") -> "Calibrations":
        """Keep a series' previous calibration where none could be fitted now; its interval grows with its age."""
        if previous.feature_names != self.feature_names or len(previous.status) != len(self.status):
            return self
        old = np.array([status == NONE for status in self.status]) & np.isin(np.array(previous.status), GIVES_VALUE)
        return replace(
            self,
            status=tuple(np.where(old, previous.status, self.status).tolist()),
            coefficients=_choose(old, previous.coefficients, self.coefficients),
            covariance=_choose(old, previous.covariance, self.covariance),
            centre=_choose(old, previous.centre, self.centre),
            window_begin=np.where(old, previous.window_begin, self.window_begin),
            window_end=np.where(old, previous.window_end, self.window_end),
            expectation=_mix(old, previous.expectation, self.expectation),
            interval=_mix(old, previous.interval, self.interval),
            shares=_mix(old, previous.shares, self.shares),
            scores={
                name: _choose(old, previous.scores.get(name, np.full(len(values), np.nan)), values)
                for name, values in self.scores.items()
            },  # a score added since then is unknown
        )

    @staticmethod
    def from_records(records: Sequence[Mapping[str, Any]]) -> "Calibrations":
        """Read records of one observed property back, in the order of the series; at least one."""
        names = max((tuple(record["coefficients"]) for record in records), key=len)
        notes = [record["provenance"] for record in records]
        reference_id, references = _read_references(notes)
        score_names = dict.fromkeys(name for record in records for name in record["scores"])
        return Calibrations(
            fitted_at=max(np.datetime64(note["fitted_at"][:19], "h") for note in notes),
            status=tuple(record["status"] for record in records),
            feature_names=names,
            coefficients=_table([record["coefficients"] for record in records], names, 0.0),
            covariance=np.array([_square(record["covariance"], len(names)) for record in records]),
            centre=_table([note["centre"] for note in notes], names, 0.0),
            window_begin=np.array([_time(record["window_begin"]) for record in records]),
            window_end=np.array([_time(record["window_end"]) for record in records]),
            reference_id=reference_id,
            references=references,
            reference_weight=_table([record["reference_weight"] for record in records], reference_id, 0.0),
            expectation=_read(Expectation, [note["screening"] for note in notes]),
            interval=_read(Interval, [record["interval_parts"] for record in records]),
            shares=_read(Shares, [note["estimate"] for note in notes]),
            scores={name: _column([record["scores"] for record in records], name) for name in score_names},
            seed=int(notes[0]["seed"]),
        )

    def take(self, rows: npt.NDArray[np.int64]) -> "Calibrations":
        """Give the calibrations of some rows, in their order."""
        return replace(
            self,
            status=tuple(self.status[row] for row in rows.tolist()),
            coefficients=self.coefficients[rows],
            covariance=self.covariance[rows],
            centre=self.centre[rows],
            window_begin=self.window_begin[rows],
            window_end=self.window_end[rows],
            reference_weight=self.reference_weight[rows],
            expectation=_of_rows(self.expectation, rows),
            interval=_of_rows(self.interval, rows),
            shares=_of_rows(self.shares, rows),
            scores={name: values[rows] for name, values in self.scores.items()},
        )

    @staticmethod
    def join(parts: Sequence["Calibrations"]) -> "Calibrations":
        """Put the series of several together, in their order; at least one. The references are the newest part's.

        A feature that a part does not have counts for nothing in it, as when all records are read at once.
        """
        newest = max(parts, key=lambda part: part.fitted_at)
        names = max((part.feature_names for part in parts), key=len)
        score_names = dict.fromkeys(name for part in parts for name in part.scores)
        known = max(part.covariance.shape[1] for part in parts)  # none, where nobody needs it
        return replace(
            newest,
            status=tuple(status for part in parts for status in part.status),
            feature_names=names,
            coefficients=np.concatenate([_widened(part.coefficients, len(names), 1) for part in parts]),
            covariance=np.concatenate([_widened(part.covariance, known, 2) for part in parts]),
            centre=np.concatenate([_widened(part.centre, len(names), 1) for part in parts]),
            window_begin=np.concatenate([part.window_begin for part in parts]),
            window_end=np.concatenate([part.window_end for part in parts]),
            reference_weight=np.concatenate([_rearranged(part, newest.reference_id) for part in parts]),
            expectation=_chain([part.expectation for part in parts]),
            interval=_chain([part.interval for part in parts]),
            shares=_chain([part.shares for part in parts]),
            scores={
                name: np.concatenate([part.scores.get(name, np.full(len(part.status), np.nan)) for part in parts])
                for name in score_names
            },
        )


Rows = TypeVar("Rows", Expectation, Interval, Shares)


def _widened(table: Floats, size: int, axes: int) -> Floats:
    """Fill the last `axes` axes up with zeros to `size`."""
    return np.pad(table, [(0, 0)] + [(0, size - table.shape[1])] * axes)


def _rearranged(part: Calibrations, reference_id: Sequence[str]) -> Floats:
    """Give the weights of a part's references in another order; those that it does not know have none."""
    column = {name: number for number, name in enumerate(part.reference_id)}
    none = np.zeros((len(part.status), 1))
    return np.append(part.reference_weight, none, axis=1)[:, [column.get(name, -1) for name in reference_id]]


def _chain(parts: Sequence[Rows]) -> Rows:
    names = [part.name for part in fields(parts[0])]
    return type(parts[0])(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def _of_rows(known: Rows, rows: npt.NDArray[np.int64]) -> Rows:
    return type(known)(**{part.name: getattr(known, part.name)[rows] for part in fields(known)})


def _choose(old: npt.NDArray[np.bool_], previous: Floats, current: Floats) -> Floats:
    return np.where(old.reshape(-1, *(1,) * (current.ndim - 1)), previous, current)


def _mix(old: npt.NDArray[np.bool_], previous: Rows, current: Rows) -> Rows:
    names = [part.name for part in fields(current)]
    return type(current)(**{name: np.where(old, getattr(previous, name), getattr(current, name)) for name in names})


def _read(kind: type[Rows], rows: Sequence[Mapping[str, Any]]) -> Rows:
    columns = {part.name: _column(rows, part.name) for part in fields(kind)}
    if kind is Expectation:
        columns["repeat"] = columns["repeat"].astype(np.int64)  # the one whole number
    return kind(**columns)  # type: ignore[arg-type]  # mypy does not follow kind


def _read_references(notes: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, ...], References]:
    """The references of the newest record: the others were fitted against an older view of the same stations."""
    newest = max(notes, key=lambda note: str(note["fitted_at"]))
    rows = list(newest["references"].values())
    covariance = newest.get("field")  # a record from before kriging has none: its field is the weighted mean
    return tuple(newest["references"]), References(
        np.array([row[0] for row in rows], dtype=np.float64),
        np.array([row[1] for row in rows], dtype=np.float64),
        np.array([row[2] for row in rows], dtype=np.bool_),
        None if covariance is None else Covariance(**covariance),
    )


def _column(rows: Sequence[Mapping[str, Any]], name: str) -> Floats:
    return np.array([np.nan if row.get(name) is None else row[name] for row in rows], dtype=np.float64)


def _table(rows: Sequence[Mapping[str, Any]], names: Sequence[str], missing: float) -> Floats:
    found = [[missing if row.get(name) is None else row[name] for name in names] for row in rows]
    return np.array(found, dtype=np.float64).reshape(len(rows), len(names))


def _square(rows: Sequence[Sequence[float | None]], size: int) -> Floats:
    square = np.zeros((size, size))
    for i, row in enumerate(rows):
        square[i, : len(row)] = [np.nan if value is None else value for value in row]
    return square


def _row(rows: Expectation | Interval | Shares, i: int) -> dict[str, float | None]:
    return {name: _number(values[i]) for name, values in asdict(rows).items()}


def _named(names: Sequence[str], values: Floats) -> dict[str, float | None]:
    return {name: _number(value) for name, value in zip(names, values, strict=True)}


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _text(time: np.datetime64) -> str:
    return f"{time.astype('datetime64[s]')}Z"


def _time(text: Any) -> np.datetime64:
    """Read a time as stored: the text of a record, or the datetime that a database driver makes of it."""
    return np.datetime64(str(text)[:19].replace(" ", "T"), "h")
