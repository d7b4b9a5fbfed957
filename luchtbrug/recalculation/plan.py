"""What a recalculation consists of: areas of some stations each, months, and pieces of a month; nothing of hours."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
import numpy.typing as npt

from storage.rows import SeriesPosition
from validation.history import Network
from validation.policy import DEFAULT, VERSION, Policy
from validation.surroundings import Surroundings, find_surroundings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

STATIONS = 250
"""Of an area at most: a year's window of hours of so many takes about 200 MB."""


class Area(msgspec.Struct, frozen=True):
    """Stations that are validated together, and those around them that they are compared with."""

    name: str
    stations: list[str]
    around: list[str]


class Piece(msgspec.Struct, frozen=True):
    """Hours [begin, end) that one calibration holds for; with `fit` it is fitted at the begin."""

    begin: datetime
    end: datetime
    fit: bool


class Plan(msgspec.Struct, frozen=True):
    """Everything that decides the result, but for the hours; it is kept beside the result."""

    begin: datetime
    end: datetime
    observed_properties: list[str]
    window_h: int
    refit_h: int
    policy: str
    areas: list[Area]

    @property
    def name(self) -> str:
        """Name the result by what it is made from: another range, method or set of stations is another result."""
        digest = hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:8]
        return f"{self.begin:%Y%m%d}-{self.end:%Y%m%d}-{digest}"

    def months(self) -> list[datetime]:
        """List the months with an hour of the range."""
        return list(_months(self.begin, self.end))

    def months_read(self, month: datetime) -> list[datetime]:
        """List the months whose hours a month is validated with: as far back as the window reaches."""
        return list(_months(max(month, self.begin) - timedelta(hours=self.window_h), min(after(month), self.end)))

    def pieces(self, month: datetime) -> list[Piece]:
        """Cut a month where a calibration is due; they are due at the same times however a range is cut into months."""
        first, last = max(month, self.begin), min(after(month), self.end)
        every = timedelta(hours=self.refit_h)
        due = self.begin + -((self.begin - first) // every) * every
        cuts = [first] if due > first else []
        while due < last:
            cuts.append(due)
            due += every
        return [
            Piece(one, end, (one - self.begin) % every == timedelta(0))
            for one, end in zip(cuts, [*cuts[1:], last], strict=True)
        ]


def make_plan(
    positions: Sequence[SeriesPosition],
    *,
    begin: datetime,
    end: datetime,
    observed_properties: Sequence[str],
    window: timedelta,
    refit_every: timedelta,
    stations: int = STATIONS,
) -> Plan:
    """Divide the stations into areas of at most `stations`, as equal as can be, and give each its neighbours."""
    hour = timedelta(hours=1)
    return Plan(
        begin=begin,
        end=end,
        observed_properties=list(observed_properties),
        window_h=window // hour,
        refit_h=refit_every // hour,
        policy=VERSION,
        areas=_areas(positions, observed_properties, stations),
    )


def after(month: datetime) -> datetime:
    """Return the begin of the next month."""
    return (month + timedelta(days=32)).replace(day=1)


def _months(begin: datetime, end: datetime) -> Iterator[datetime]:
    month = datetime(begin.year, begin.month, 1, tzinfo=UTC)
    while month < end:
        yield month
        month = after(month)


def _areas(positions: Sequence[SeriesPosition], names: Sequence[str], most: int) -> list[Area]:
    """Cut at the middle, across the longer side, until no area has more than `most` stations."""
    places = {row.station_id: (row.latitude, row.longitude) for row in positions if row.observed_property in names}
    ids = sorted(places)
    where = np.array([places[one] for one in ids]).reshape(len(ids), 2)
    parts = _halved(where, np.arange(len(ids)), most)
    around = _neighbours(positions, names)
    found = []
    for number, part in enumerate(parts):
        own = [ids[index] for index in part.tolist()]
        beside = {other for one in own for other in around.get(one, ())} - set(own)
        found.append(Area(f"{number:04d}", own, sorted(beside)))
    return found


def _halved(where: Floats, rows: Ints, most: int) -> list[Ints]:
    if len(rows) <= most:
        return [np.sort(rows)] if len(rows) else []
    latitude, longitude = where[rows].T
    wide = np.ptp(longitude) * np.cos(np.radians(latitude.mean())) > np.ptp(latitude)
    order = rows[np.argsort(longitude if wide else latitude, kind="stable")]
    half = len(order) // 2
    return _halved(where, order[:half], most) + _halved(where, order[half:], most)


def _neighbours(
    positions: Sequence[SeriesPosition], names: Sequence[str], policy: Policy = DEFAULT
) -> Mapping[str, set[str]]:
    """Name the stations that each is compared with in any property, from positions and models alone."""
    found: dict[str, set[str]] = {}
    for name in names:
        own = [row for row in positions if row.observed_property == name]
        if not own:
            continue
        station = np.array([row.station_id for row in own], dtype=object)
        near = find_surroundings(_without_hours(own), policy)
        for one, other in _pairs(near):
            for mine, theirs in set(zip(station[one].tolist(), station[other].tolist(), strict=True)):
                found.setdefault(mine, set()).add(theirs)
    return found


def _pairs(near: Surroundings) -> Iterator[tuple[Ints, Ints]]:
    """Yield the numbers of the series that are compared and of those that they are compared with."""
    first, second = near.close.nonzero()
    yield first.astype(np.int64), second.astype(np.int64)
    for table in (near.alike, near.around):
        row, place = np.nonzero(table >= 0)
        yield row, table[row, place]


def _without_hours(own: Sequence[SeriesPosition]) -> Network:
    """Give a network of these series that has no hours: where they stand is all that is asked."""
    none = np.zeros((0, len(own)))
    return Network(
        hours=np.zeros(0, "datetime64[h]"), raw=none, relative_humidity=none, temperature=none,
        latitude=np.array([row.latitude for row in own]), longitude=np.array([row.longitude for row in own]),
        sensor_model=tuple(row.sensor_model for row in own), station_id=tuple(row.station_id for row in own),
        reference=np.zeros((0, 0)), reference_latitude=np.zeros(0), reference_longitude=np.zeros(0),
        reference_id=(), observed_property=own[0].observed_property,
    )  # fmt: skip
