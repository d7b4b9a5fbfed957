"""Markers: which value decides, how it is painted, what is old."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from api.web.indices import Index, legend, numbers
from api.web.markers import Kind, Look, Marker, day_means, official_table, paint
from api.web.view import Averaging, Shown, View
from storage.overview import STATIONS
from storage.rows import ReferenceHours, ReferenceStation

NOW = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)
READING = {
    "station_id": "a-1",
    "name": "Noord",
    "latitude": 52.2,
    "longitude": 5.1,
    "unit": "ug/m3",
    "time": NOW,
    "raw": 22.6,
    "value": 14.4,
    "lower": 10.0,
    "upper": 19.0,
    "flags": 0,
    "simulated": False,
}
OFFICIAL = ReferenceStation("NL1", "luchtmeetnet", "Stad", 52.2, 5.2)


def painted(view: View | None = None, **changes: Any) -> Marker:
    """Paint one station, with some of its reading changed."""
    table = pa.Table.from_pylist([{**READING, **changes}], schema=STATIONS)
    (marker,) = paint(table, STATIONS.empty_table(), view or View(), NOW).rows()
    return marker


@pytest.mark.parametrize(("shown", "number", "band"), [(Shown.VALIDATED, "14", 2), (Shown.RAW, "23", 3)])
def test_the_shown_value_decides_number_and_band(shown: Shown, number: str, band: int) -> None:
    """A validated 14.4 is fair, the raw 22.6 of the same reading is moderate."""
    marker = painted(View(shown=shown))
    assert (marker.number, marker.band, marker.look) == (number, band, Look.FULL)


def test_a_station_without_validated_value_is_hollow_and_never_painted_by_its_raw_one() -> None:
    """Without a value there is no number and no band."""
    marker = painted(value=None, lower=None, upper=None)
    assert (marker.number, marker.band, marker.look) == ("–", 0, Look.HOLLOW)


def test_a_station_fades_after_three_hours() -> None:
    """Three hours is not old, a second more is."""
    times = [NOW - timedelta(hours=3), NOW - timedelta(hours=3, seconds=1)]
    assert [painted(time=time).look for time in times] == [Look.FULL, Look.OLD]


def test_ppb_are_shown_as_the_mass_that_official_stations_report() -> None:
    """10 ppb of NO2 is 19.1 µg/m³; a unit without a mass leaves no number."""
    view = View(observed_property="no2")
    assert painted(view, unit="[ppb]", value=10.0).shown == pytest.approx(19.125)
    assert painted(view, unit="V", value=10.0).shown is None


def test_a_value_on_a_bound_is_the_lower_european_class_and_the_higher_of_the_lki() -> None:
    """PM2.5 of 50 µg/m³ is moderate in Europe and class 3 of the LKI; what is not known has no class."""
    values = np.array([0.0, 5.0, 5.1, 20.0, 50.0, 140.0, 141.0, np.nan])
    assert numbers(Index.EUROPEAN, "pm2_5", values).tolist() == [1, 1, 2, 3, 3, 5, 6, 0]
    assert numbers(Index.LKI, "pm2_5", values).tolist() == [1, 1, 1, 2, 3, 5, 5, 0]


@pytest.mark.parametrize(("index", "classes"), [(Index.EUROPEAN, 6), (Index.LKI, 5)])
def test_the_legend_covers_all_values_without_a_gap(index: Index, classes: int) -> None:
    """Each class begins where the one before ends; the first and the last are open."""
    found = legend(index, "pm10")
    assert len(found) == classes
    assert found[0].above is None
    assert found[-1].upto is None
    assert [one.upto for one in found[:-1]] == [one.above for one in found[1:]]


def official_hours(values: list[float], validity: int = 1) -> ReferenceHours:
    """Make the last hours of the official station, the newest half an hour ago."""
    begins = [np.datetime64("2026-11-22T14:00") - np.timedelta64(hour, "h") for hour in range(len(values), 0, -1)]
    return ReferenceHours(
        reference_station_id=("NL1",) * len(values),
        observed_property=("pm2_5",) * len(values),
        begin=np.array(begins, "datetime64[us]"),
        value=np.array(values),
        validity=np.full(len(values), validity),
        verification=np.full(len(values), 3),
    )


def test_an_official_station_shows_its_newest_valid_hour() -> None:
    """Of two valid hours the newer counts, though the table shows raw values; a withdrawn one does not."""
    table = official_table([OFFICIAL], official_hours([8.0, 9.0, np.nan]), Averaging.LAST, NOW)
    (marker,) = paint(STATIONS.empty_table(), table, View(shown=Shown.RAW), NOW).rows()
    assert (marker.kind, marker.shown, marker.raw) == (Kind.REFERENCE, 9.0, None)
    assert marker.time == NOW - timedelta(hours=1, minutes=30)


def test_hours_that_the_network_does_not_stand_for_are_left_out() -> None:
    """Without a valid hour an official station is not on the map."""
    assert len(official_table([OFFICIAL], official_hours([8.0], validity=-1), Averaging.LAST, NOW)) == 0


def test_a_day_of_an_official_station_needs_eighteen_hours() -> None:
    """17 hours are no mean, 18 are."""
    end = NOW.replace(minute=0)
    assert day_means(official_hours([10.0] * 17), end) == {}
    assert day_means(official_hours([10.0] * 18), end)["NL1"][1] == 10.0
