"""Markers: which value decides, how it is painted, what is old."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from api.web.markers import Kind, Look, Shown, legend, reference_markers, station_markers
from storage.pages import LatestRow
from storage.rows import ReferenceHours, ReferenceStation

NOW = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)
READING = LatestRow(
    station_id="a-1",
    name="Noord",
    latitude=52.2,
    longitude=5.1,
    municipality=None,
    project=None,
    simulated=False,
    series_key=1,
    sensor_name="sps30-0",
    sensor_model="SPS30",
    observed_property="pm2_5",
    unit="ug/m3",
    time=NOW,
    raw=22.6,
    value=14.4,
    lower=10.0,
    upper=19.0,
    flags=0,
    calibration_id=None,
)
OFFICIAL = ReferenceStation("NL1", "luchtmeetnet", "Stad", 52.2, 5.2)


@pytest.mark.parametrize(("shown", "number", "band"), [(Shown.VALIDATED, "14", 2), (Shown.RAW, "23", 3)])
def test_the_shown_value_decides_number_and_band(shown: Shown, number: str, band: int) -> None:
    """A validated 14.4 is fair, the raw 22.6 of the same reading is moderate."""
    (marker,) = station_markers([READING], shown, NOW)
    assert (marker.number, marker.band, marker.look) == (number, band, Look.FULL)


def test_a_station_without_validated_value_is_hollow_and_never_painted_by_its_raw_one() -> None:
    """Without a value there is no number and no band."""
    (marker,) = station_markers([READING._replace(value=None, lower=None, upper=None)], Shown.VALIDATED, NOW)
    assert (marker.number, marker.band, marker.look) == ("–", 0, Look.HOLLOW)


def test_a_station_fades_after_three_hours() -> None:
    """Three hours is not old, a second more is."""
    times = [NOW - timedelta(hours=3), NOW - timedelta(hours=3, seconds=1)]
    looks = [station_markers([READING._replace(time=time)], Shown.VALIDATED, NOW)[0].look for time in times]
    assert looks == [Look.FULL, Look.OLD]


def test_a_station_with_two_sensors_has_one_marker() -> None:
    """The first sensor in storage order stands for the station."""
    markers = station_markers([READING, READING._replace(sensor_name="sps30-1", value=99.0)], Shown.VALIDATED, NOW)
    assert [marker.value for marker in markers] == [14.4]


def test_a_negative_value_shows_as_zero_in_its_marker() -> None:
    """The number in a marker is never negative; the table keeps the value itself."""
    (marker,) = station_markers([READING._replace(value=-0.7)], Shown.VALIDATED, NOW)
    assert (marker.number, marker.value, marker.band) == ("0", -0.7, 1)


def test_an_official_station_shows_its_newest_valid_hour() -> None:
    """An hour that the network rejected or withdrew does not count, however new it is."""
    begins = np.array(
        ["2026-11-22T10:00", "2026-11-22T11:00", "2026-11-22T12:00", "2026-11-22T13:00"], "datetime64[us]"
    )
    hours = ReferenceHours(
        ("NL1",) * 4, ("pm2_5",) * 4, begins, np.array([7.0, 8.0, np.nan, 50.0]), np.array([1, 2, 1, -1]), np.full(4, 3)
    )
    (marker,) = reference_markers([OFFICIAL, replace(OFFICIAL, reference_station_id="NL2")], hours, "pm2_5", NOW)
    assert (marker.kind, marker.value, marker.look) == (Kind.REFERENCE, 8.0, Look.FULL)
    assert marker.time == datetime(2026, 11, 22, 12, tzinfo=UTC), "an hour is as old as its end"


def test_the_legend_has_the_revised_bands() -> None:
    """PM2.5 is good up to 5 and extremely poor above 140 µg/m³ since 2025."""
    bands = legend("pm2_5")
    assert [(one.band, one.upto) for one in bands] == [(1, 5), (2, 15), (3, 50), (4, 90), (5, 140), (6, None)]
    assert [one.above for one in bands] == [None, 5, 15, 50, 90, 140]
