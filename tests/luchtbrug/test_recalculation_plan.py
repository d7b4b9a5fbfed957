"""How a recalculation is cut: areas of stations with their neighbours, months, and pieces of one calibration."""

from datetime import UTC, datetime, timedelta
from itertools import chain, pairwise

import numpy as np

from luchtbrug.recalculation.plan import Plan, make_plan
from storage.rows import SeriesPosition

BEGIN, END = datetime(2026, 1, 20, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)


def _plan(positions: list[SeriesPosition], *, stations: int = 8) -> Plan:
    return make_plan(
        positions, begin=BEGIN, end=END, observed_properties=["pm2_5"], window=timedelta(days=30),
        refit_every=timedelta(days=5), stations=stations,
    )  # fmt: skip


def _positions(count: int) -> list[SeriesPosition]:
    rng = np.random.default_rng(1)
    return [
        SeriesPosition(key, f"s{key:02d}", "one", "SPS30", "pm2_5", *rng.uniform((51, 4), (53, 7)).tolist())
        for key in range(count)
    ]


def test_each_station_is_in_one_area_and_its_neighbours_are_at_hand() -> None:
    """No area is larger than asked or less than half of it, and stations a street apart know each other."""
    beside = [SeriesPosition(90 + n, f"t{n}", "one", "SPS30", "pm2_5", 52.0, 5.0 + n / 1000) for n in range(9)]
    plan = _plan([*_positions(31), *beside])
    own = list(chain.from_iterable(area.stations for area in plan.areas))
    assert sorted(own) == sorted({*own})
    assert len(own) == 40
    assert all(4 <= len(area.stations) <= 8 for area in plan.areas)
    for area in plan.areas:
        if any(name.startswith("t") for name in area.stations):
            assert {one.station_id for one in beside} <= {*area.stations, *area.around}


def test_the_same_stations_are_the_same_plan_and_another_set_is_another() -> None:
    """The name of the result holds what it was made from."""
    assert _plan(_positions(20)).name == _plan(_positions(20)).name
    assert _plan(_positions(20)).name != _plan(_positions(21)).name


def test_pieces_cover_the_range_and_fits_are_due_whatever_the_months() -> None:
    """Every hour is in one piece, and a fit is every five days from the begin on, across the ends of months."""
    plan = _plan(_positions(4))
    pieces = list(chain.from_iterable(plan.pieces(month) for month in plan.months()))
    assert (pieces[0].begin, pieces[-1].end) == (BEGIN, END)
    assert all(one.end == other.begin for one, other in pairwise(pieces))
    assert [piece.begin for piece in pieces if piece.fit] == [BEGIN + timedelta(days=5 * n) for n in range(9)]
    assert [month.month for month in plan.months_read(datetime(2026, 2, 1, tzinfo=UTC))] == [1, 2]
