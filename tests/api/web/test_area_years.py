"""A year counted by months equals one counted at once, and asks no month twice that is over."""

from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from api.web.area_years import KEPT, Years
from storage import area_measures
from storage.area_measures import Asked
from tests.api.web.quarters import build
from validation.flags import FAIL

NOW = datetime(2026, 11, 12, 14, 0, tzinfo=UTC)
BEGIN, END = date(2026, 10, 25), date(2026, 11, 12)


@pytest.fixture
def town(connection: psycopg.Connection) -> psycopg.Connection:
    """Build six stations with hours from late October to the twelfth of November."""
    build(connection, now=NOW, station_count=6, days=20)
    return connection


def test_months_join_to_the_days_between_them(town: psycopg.Connection) -> None:
    """October's last week, with a day of 25 hours, and November's first days: each day once, as in one question."""
    found = Years().days(town, "GM0402", "pm2_5", BEGIN, END, NOW)
    at_once = Asked("pm2_5", datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 11, 11, 23, tzinfo=UTC), int(FAIL))
    whole = area_measures.days(town, "GM0402", at_once, least_hours=18)
    assert [one.median for one in found] == pytest.approx([one.median for one in whole])
    assert [one.day for one in found] == [BEGIN + timedelta(days=number) for number in range(18)]


def test_a_month_that_is_over_is_kept_for_some_hours(town: psycopg.Connection) -> None:
    """After the hours are gone October still stands, November does not; later neither does."""
    years = Years()
    before = years.days(town, "GM0402", "pm2_5", BEGIN, END, NOW)
    town.execute("DELETE FROM hour")
    assert years.days(town, "GM0402", "pm2_5", BEGIN, END, NOW) == [one for one in before if one.day.month == 10]
    assert years.days(town, "GM0402", "pm2_5", BEGIN, END, NOW + KEPT) == []
