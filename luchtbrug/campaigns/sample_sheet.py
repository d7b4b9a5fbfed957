"""A table of samples, line by line: what it says, and all that is wrong with it by line and column. Stores nothing."""

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import pyproj

from luchtbrug.campaigns import cells
from luchtbrug.campaigns.cells import CellError
from luchtbrug.sheet import lines_of
from storage.samples import Kind

LINES_MAX = 2000
Box = tuple[float, float, float, float]

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "sample": (
        "sample",
        "sampleid",
        "tube",
        "tubeid",
        "id",
        "monster",
        "monsternummer",
        "buis",
        "buisnummer",
        "nummer",
    ),
    "kind": ("kind", "type", "soort"),
    "place": ("place", "site", "location", "plaats", "plek", "locatie", "meetpunt"),
    "begin": ("begin", "start", "from", "startdate", "begindate", "van", "startdatum", "begindatum"),
    "end": ("end", "until", "to", "enddate", "stop", "eind", "einde", "tot", "einddatum"),
    "latitude": ("latitude", "lat", "breedtegraad", "breedte"),
    "longitude": ("longitude", "lon", "lng", "long", "lengtegraad", "lengte"),
    "x": ("x", "xrd", "rdx", "xcoordinaat"),
    "y": ("y", "yrd", "rdy", "ycoordinaat"),
    "value": ("value", "concentration", "result", "waarde", "concentratie", "resultaat"),
    "public_place": ("publicplace", "public", "openbareplek", "openbareplaats", "openbaar"),
    "reference_station": ("referencestation", "referentiestation"),
    "reference_value": ("referencevalue", "referentiewaarde"),
}
"""Column → the headings that it goes by, in small letters without blanks, marks and what stands in brackets."""

REASONS = ("reden", "reason")
"""The column that `refused` adds: whoever mends a table may leave it where it is."""

NEEDED = ("sample", "begin", "end", "value")
RD_X, RD_Y = (0.0, 300_000.0), (300_000.0, 625_000.0)
"""Where RD New (EPSG:28992) is the Netherlands [m]: the two do not overlap, so exchanged ones are seen."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: in which line and column, the message that says what to do, and what stood there."""

    line: int
    column: str
    key: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One sample as the table has it; the position is exact (latitude, longitude) [degrees, WGS 84]."""

    line: int
    sample_id: str
    kind: Kind
    place: str | None
    begin: datetime
    end: datetime
    position: tuple[float, float] | None
    place_is_public: bool
    reference_station: str | None
    reference_value: float | None
    raw: float
    below_limit: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table that was read: the good rows, the faults, and every line as it stood there, the heading first."""

    rows: Sequence[Row]
    faults: Sequence[Fault]
    lines: Mapping[int, Sequence[str]]
    unread: Sequence[str] = ()

    @property
    def good(self) -> Sequence[Row]:
        """Give the rows without a fault."""
        bad = {fault.line for fault in self.faults}
        return [row for row in self.rows if row.line not in bad]


def read(text: str, *, box: Box | None = None, now: datetime) -> Sheet:
    """Read a table; nothing in it raises. `box` is where its places may lie (west, south, east, north) [degrees]."""
    try:
        found = [(number, line) for number, line in lines_of(text)]
    except csv.Error:
        return Sheet([], [Fault(1, "", "table")], {})
    if len(found) < 2 or len(found) > LINES_MAX + 1:
        return Sheet([], [Fault(1, "", "empty" if len(found) < 2 else "long")], {})
    heading = found[0][1]
    columns = [_column(cell) for cell in heading]
    faults = _heading_faults(columns)
    lines = dict(found)
    if faults:
        return Sheet([], faults, lines)
    rows: list[Row] = []
    for number, line in found[1:]:
        reading = _Line(number, columns, line, faults)
        row = reading.row(box, now)
        rows += [row] if row else []
    faults += _repeated(rows)
    unread = [
        cell
        for cell, column in zip(heading, columns, strict=True)
        if column is None and cell and cell.lower() not in REASONS
    ]
    return Sheet(rows, sorted(faults, key=lambda fault: fault.line), lines, unread)


def _column(cell: str) -> str | None:
    """Name the column of a heading; None for one that is not known."""
    plain = re.sub(r"[^a-z0-9]", "", re.sub(r"\(.*?\)|\[.*?\]", "", cell.lower()))
    return next((column for column, names in HEADINGS.items() if plain in names), None)


def _heading_faults(columns: Sequence[str | None]) -> list[Fault]:
    missing = [Fault(1, column, "missing") for column in NEEDED if column not in columns]
    twice = {column for column in columns if column is not None and columns.count(column) > 1}
    return missing + [Fault(1, column, "twice") for column in sorted(twice)]


def _repeated(rows: Sequence[Row]) -> list[Fault]:
    seen: set[tuple[str, datetime]] = set()
    faults = []
    for row in rows:
        if (row.sample_id, row.begin) in seen:
            faults.append(Fault(row.line, "sample", "again", row.sample_id))
        seen.add((row.sample_id, row.begin))
    return faults


class _Line:
    """One line while it is read; what is wrong with it goes to `faults`, all of it."""

    def __init__(self, number: int, columns: Sequence[str | None], line: Sequence[str], faults: list[Fault]) -> None:
        self._number = number
        self._cells = {name: cell for name, cell in zip(columns, line, strict=False) if name}
        self._faults = faults
        self._before = len(faults)
        if len(line) > len(columns):
            self._fault("", "cells", line[len(columns)])

    def row(self, box: Box | None, now: datetime) -> Row | None:
        """Read all cells; None where the line cannot be used."""
        kind: Kind = self._read("kind", cells.kind, empty="sample") or "blank"  # what a blank needs, all need
        begin, end = self._read("begin", cells.moment), self._read("end", cells.moment)
        found: dict[str, Any] = {
            "sample_id": self._read("sample", cells.sample_id),
            "place": self._read("place", cells.place, empty=None if kind == "blank" else ...),
            "position": self._position(required=kind != "blank"),
            "place_is_public": self._read("public_place", cells.yes, empty=False),
            "reference_station": self._read("reference_station", cells.reference_station, empty=None),
            "reference_value": self._read("reference_value", cells.positive, empty=None),
        }
        value = self._read("value", cells.measured)
        self._check(kind, begin, end, found, box, now)
        if len(self._faults) > self._before or begin is None or end is None or value is None:
            return None
        return Row(self._number, kind=kind, begin=begin, end=end, raw=value[0], below_limit=value[1], **found)

    def _check(
        self, kind: Kind, begin: datetime | None, end: datetime | None, found: Mapping[str, Any], box: Box | None,
        now: datetime,
    ) -> None:  # fmt: skip
        """Look at what belongs together."""
        if begin and end and end <= begin:
            self._fault("end", "order")
        if end and end > now:
            self._fault("end", "future")
        if kind == "reference" and not (found["reference_station"] or found["reference_value"]):
            self._fault("reference_station", "beside")
        if box and found["position"] and not _inside(found["position"], box):
            self._fault("x" if self._cells.get("x") else "latitude", "outside")

    def _position(self, *, required: bool) -> tuple[float, float] | None:
        degrees, metres = (
            any(self._cells.get(name) for name in pair) for pair in (("latitude", "longitude"), ("x", "y"))
        )
        if degrees and metres:
            self._fault("x", "both")
        elif degrees:
            pair = self._read("latitude", cells.latitude), self._read("longitude", cells.longitude)
            return (pair[0], pair[1]) if pair[0] is not None and pair[1] is not None else None
        elif metres:
            return self._rd(self._read("x", cells.number), self._read("y", cells.number))
        elif required:
            self._fault("latitude", "nowhere")
        return None

    def _rd(self, x: float | None, y: float | None) -> tuple[float, float] | None:
        if x is None or y is None:
            return None
        if not (RD_X[0] <= x <= RD_X[1] and RD_Y[0] <= y <= RD_Y[1]):
            self._fault("x", "exchanged" if RD_X[0] <= y <= RD_X[1] and RD_Y[0] <= x <= RD_Y[1] else "rd")
            return None
        east, north = _to_degrees().transform(x, y)
        return round(north, 6), round(east, 6)

    def _read(self, column: str, reader: Callable[[str], Any], *, empty: Any = ...) -> Any:
        """Read a cell; `empty` stands for one that may be left out."""
        text = self._cells.get(column, "")
        if not text:
            if empty is ...:
                self._fault(column, "needed")
                return None
            return empty
        try:
            return reader(text)
        except CellError as error:
            self._fault(column, error.key, text)
            return None

    def _fault(self, column: str, key: str, text: str = "") -> None:
        shown = text or self._cells.get(column, "")
        self._faults.append(Fault(self._number, column, key, shown[:40]))


def _inside(position: tuple[float, float], box: Box) -> bool:
    return box[0] <= position[1] <= box[2] and box[1] <= position[0] <= box[3]


@cache
def _to_degrees() -> pyproj.Transformer:
    return pyproj.Transformer.from_crs("EPSG:28992", "OGC:CRS84", always_xy=True)
