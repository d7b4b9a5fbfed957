"""The week of a station: hours, gaps, sums."""

from datetime import UTC, datetime, timedelta

import pytest

from api.web.chart import ChartHour, by_distance, chart_data, chart_hours, chart_span, day_means, distance, summary
from api.web.wording import Wording
from storage.pages import HourRow
from storage.rows import ReferenceStation

BEGIN = datetime(2026, 11, 22, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOW = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)
WORDS = Wording("en")


def measured(begin: datetime, value: float | None) -> HourRow:
    """Make an hour of a station."""
    return HourRow(
        begin=begin, end=begin + HOUR, raw=20.0, raw_min=19.0, raw_max=21.0, raw_sd=1.0, observed_count=12,
        data_capture=1.0, value=value, lower=value, upper=value, estimate=None, estimate_lower=None,
        estimate_upper=None, flags=0, calibration_id=None, computed_at=begin,
    )  # fmt: skip


def test_the_chart_holds_seven_days_with_the_running_hour() -> None:
    """At 14:30 the last of 168 hours ends at 15:00."""
    span = chart_span(NOW)
    assert (span.begin, span.end) == (datetime(2026, 11, 15, 15, tzinfo=UTC), datetime(2026, 11, 22, 15, tzinfo=UTC))
    assert span.later(NOW) is None


def test_a_span_of_the_past_is_whole_local_days() -> None:
    """A day in which the clock goes back has 25 hours; from it one goes a day back, or on."""
    span = chart_span(NOW, "1d", "2026-10-25")
    assert (span.begin, span.end - span.begin) == (datetime(2026, 10, 24, 22, tzinfo=UTC), 25 * HOUR)
    assert (span.earlier, span.later(NOW)) == ("2026-10-24", "2026-10-26")


@pytest.mark.parametrize("until", ["", "yesterday", "2026-11-23", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_or_has_not_been_is_now(until: str) -> None:
    """The chart then ends with the running hour."""
    assert chart_span(NOW, "nonsense", until) == chart_span(NOW)


def test_hours_that_were_not_measured_stay_as_gaps() -> None:
    """Every hour has a row, so that no line is drawn over what is not known."""
    rows = chart_hours(BEGIN, BEGIN + 3 * HOUR, [measured(BEGIN, 9.0)], {BEGIN + 2 * HOUR: 7.5})
    assert [(row.value, row.raw, row.reference, row.empty) for row in rows] == [
        (9.0, 20.0, None, False),
        (None, None, None, True),
        (None, None, 7.5, False),
    ]


def test_an_hourly_mean_stands_at_the_middle_of_its_hour() -> None:
    """The point of the hour from 10 to 11 is at half past ten."""
    data = chart_data([ChartHour(BEGIN, BEGIN + HOUR, raw=1.0)], "pm2_5", "µg/m³", WORDS)
    assert data["time"] == [(BEGIN + HOUR / 2).timestamp()]
    assert data["hours"] == ["Sun 22 Nov 11:00–12:00"]


def test_day_lines_are_always_called_indicative() -> None:
    """A sensor may not be tested against a limit value, so each line says what it is."""
    data = chart_data([], "pm2_5", "µg/m³", WORDS)
    assert data["lines"] == [
        {"label": "WHO 15 (indicative)", "level": 15.0},
        {"label": "EU 2030 25 (indicative)", "level": 25.0},
    ]
    assert chart_data([], "temperature", "°C", WORDS)["lines"] == []


def test_the_summary_counts_and_averages_validated_hours_only() -> None:
    """Of three hours, two with 4 and 10, the mean is 7 and the highest the second."""
    rows = chart_hours(BEGIN, BEGIN + 3 * HOUR, [measured(BEGIN, 4.0), measured(BEGIN + HOUR, 10.0)], {})
    said = summary(rows, "ppb", WORDS)
    assert "2 of 3 hours" in said
    assert "Mean 7.0 ppb, highest hour 10.0 ppb (Sun 22 Nov 12:00–13:00)" in said
    assert summary(chart_hours(BEGIN, BEGIN + HOUR, [measured(BEGIN, None)], {}), "ppb", WORDS).startswith(
        "There is no"
    )


def test_day_means_are_of_whole_local_days_with_18_hours() -> None:
    """Of three touched days only the one whole in Amsterdam is averaged, and 17 hours are too few."""
    midnight = datetime(2026, 11, 20, 23, tzinfo=UTC)  # 00:00 CET on the 21st
    begin, end = midnight - 5 * HOUR, midnight + 30 * HOUR
    for count, mean in ((18, 8.5), (17, None)):
        measured_hours = [measured(midnight + number * HOUR, float(number)) for number in range(count)]
        (day,) = day_means(chart_hours(begin, end, measured_hours, {}))
        assert (day.begin, day.mean, day.hours) == (midnight, mean, count)


def test_the_day_that_summer_time_ends_has_25_hours() -> None:
    """A local day is whole by the clock, not by a count of 24."""
    midnight = datetime(2026, 10, 24, 22, tzinfo=UTC)  # 00:00 CEST on the 25th
    hours = [measured(midnight + number * HOUR, 5.0) for number in range(25)]
    (day,) = day_means(chart_hours(midnight, midnight + 25 * HOUR, hours, {}))
    assert (day.mean, day.hours) == (5.0, 25)


def test_distance_agrees_with_the_length_of_a_degree() -> None:
    """A degree of latitude on a sphere of 6371 km is 111.2 km, one of longitude at 60° half of it."""
    assert distance(52, 5, 53, 5) == pytest.approx(111_195, rel=1e-4)
    assert distance(60, 5, 60, 6) == pytest.approx(111_195 / 2, rel=1e-3)


def test_official_stations_beyond_25_km_are_not_near() -> None:
    """The nearest comes first, and what is far away says nothing about this street."""
    stations = [
        ReferenceStation(name, "n", name, latitude, 5.0) for name, latitude in (("b", 52.1), ("a", 52.05), ("c", 52.3))
    ]
    assert [one.name for _, one in by_distance(52.0, 5.0, stations)] == ["a", "b"]
