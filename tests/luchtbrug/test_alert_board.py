"""Open alerts on both brokers: retained, for their owner alone, and a restart says nothing twice."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jinja2
import pytest

from luchtbrug.jobs.alerts import run
from luchtbrug.settings import Settings
from storage.connection import connect
from storage.stations import remove_station
from tests.luchtbrug.test_alerts import Garden
from tests.luchtbrug.test_home import Home, Owner, home, passwords
from tests.waiting import wait_until
from validation.flags import Flag

__all__ = ["home", "passwords"]  # fixtures of the way home: both brokers with two stations

HOUR = timedelta(hours=1)
TOPIC = "aq/1/s-one/alerts"
CONFIG = "aq/1/s-one/homeassistant/binary_sensor/s-one/alerts/config"


@contextmanager
def service(home: Home, folder: Path) -> Iterator[None]:
    """Run the alerts service for the block."""
    stop = threading.Event()
    settings = Settings.read(data_dir=folder, alert_seconds=1)
    thread = threading.Thread(target=run, args=(settings, home.mqtt_url, home.database_url, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)


def stuck(home: Home, *, hours: int) -> None:
    """Give s-one so many stuck hours, and well ones before them."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    with connect(home.database_url) as conn:
        Garden(conn).hours([0] * (6 - hours) + [int(Flag.STUCK)] * hours, until=now)


def kinds(owner: Owner) -> list[str]:
    """Give the kinds of the alerts that the owner knows of."""
    return [alert["kind"] for alert in owner.json(TOPIC)["alerts"]]


@pytest.mark.timeout(60)
def test_an_alert_comes_once_goes_once_and_outlives_a_restart(home: Home, tmp_path: Path) -> None:
    """No alert, one that is kept for whoever asks later, none again: three messages, none by the restart between."""
    with home.owner("s-one", TOPIC, "aq/1/s-one/homeassistant/#") as me:
        with service(home, tmp_path):
            assert kinds(me) == []
            stuck(home, hours=5)
            assert wait_until(lambda: kinds(me) == ["stuck"])
        config, body = me.json(CONFIG), me.json(TOPIC)
        assert jinja2.Template(config["value_template"]).render(value_json=body) == "ON"
        assert "keeps repeating" in body["alerts"][0]["text_en"]
        assert "dezelfde waarde" in body["alerts"][0]["text_nl"]
        count = me.count
        with service(home, tmp_path):
            time.sleep(2.5)
            assert me.count == count
            stuck(home, hours=0)
            assert wait_until(lambda: kinds(me) == [])
            assert me.count == count + 1


def test_nobody_reads_another_s_alerts_and_a_withdrawn_station_s_are_taken_away(home: Home, tmp_path: Path) -> None:
    """Another station that asks for them by name or wildcard gets its own only; after a withdrawal nothing is kept."""
    with (
        home.owner("s-two", "aq/1/+/alerts", TOPIC, "aq/1/s-two/alerts") as nosy,
        home.owner("s-one", TOPIC) as me,
        service(home, tmp_path),
    ):
        assert kinds(me) == []
        nosy.json("aq/1/s-two/alerts")
        assert set(nosy.received) == {"aq/1/s-two/alerts"}
        me.client.publish(TOPIC, b'{"alerts":[{"kind":"forged"}]}', qos=1, retain=True)
        time.sleep(0.5)
        assert b"forged" not in me.received[TOPIC]
        with connect(home.database_url) as conn:
            remove_station(conn, "s-one", datetime.now(UTC))
        time.sleep(2)
    platform = Owner(home.port, "luchtbrug", "of-the-platform", (TOPIC, "aq/1/s-two/alerts"))
    try:
        platform.json("aq/1/s-two/alerts")
        assert TOPIC not in platform.received
    finally:
        platform.client.disconnect()
        platform.client.loop_stop()
