"""Devices whose topic nobody can choose: what names them, and whose their readings become."""

from datetime import timedelta

import psycopg
import pytest

from ingest.fixed_topics import FORMATS, Device, SerialError, device, device_of, topics_of
from ingest.message import Message
from ingest.pipeline import REFRESH, Pipeline
from storage.claims import claim_device, release_device
from storage.quarantine import list_quarantined
from tests.ingest.samples import NOW, message

SERIAL = "84fce612f5b8"
TOPIC = f"airgradient/readings/{SERIAL}"


def _air(minutes: float = 0, topic: str = TOPIC, pm02: float = 8.0) -> Message:
    return message(topic, {"serialno": SERIAL, "wifi": -46, "pm02": pm02}, received_at=NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("topic", "named"),
    [
        (TOPIC, Device("airgradient", SERIAL)),
        ("qingping/582D3482AB01/up", Device("qingping", "582d3482ab01")),
        ("device/sck/aA1234/readings/raw", Device("smartcitizen", "aA1234")),
        ("device/sck/aA1234/readings", Device("smartcitizen", "aA1234")),
    ],
)
def test_a_fixed_topic_names_its_device(topic: str, named: Device) -> None:
    """Hexadecimal serials in either case are one device, a token's case counts, and the topics lead back."""
    assert device_of(topic) == named
    assert topic in topics_of(named)
    assert {device_of(each) for each in topics_of(named)} == {named}


@pytest.mark.parametrize(
    "topic",
    [f"{TOPIC}/x", f"x/{TOPIC}", "airgradient/readings/+", "airgradient/readings/", "qingping/582D3482AB01/down",
     "device/sck/aA1234/info", "device/sck/a/b/readings", f"{TOPIC}\n", "in/st-1/x"],
)  # fmt: skip
def test_nothing_else_is_a_fixed_topic(topic: str) -> None:
    """Other levels, wildcards and the topics of stations name no device."""
    assert device_of(topic) is None


def test_a_serial_is_taken_as_its_owner_reads_it() -> None:
    """Colons, blanks and case of a MAC do not matter."""
    assert device("airgradient", " 84:FC:E6:12:F5:B8 ") == Device("airgradient", SERIAL)


@pytest.mark.parametrize(
    ("format_name", "serial"),
    [(name, serial) for name in FORMATS for serial in ("", "+", "#", "a/b", "84fce612f5b8/../x", "x" * 99)]
    + [("tasmota", SERIAL), ("airgradient", "84fce612f5b"), ("airgradient", "٨4fce612f5b8")],
)
def test_what_is_no_serial_is_refused(format_name: str, serial: str) -> None:
    """No wildcard, level or foreign digit gets into a topic that a broker is told to allow."""
    with pytest.raises(SerialError):
        device(format_name, serial)


def test_a_claimed_device_is_its_station_s(pipeline: Pipeline, connection: psycopg.Connection) -> None:
    """Its readings are stored under the station that has it, and later under the one that has it then."""
    claim = {"format_name": "airgradient", "serial": SERIAL}
    claim_device(connection, "st-1", **claim, at=NOW)
    connection.commit()
    pipeline.process([_air()], now=NOW)
    release_device(connection, "st-1", **claim)
    claim_device(connection, "st-2", **claim, at=NOW)
    connection.commit()
    pipeline.process([_air(1, TOPIC.replace("fc", "FC"), 9.0)], now=NOW + REFRESH)
    found = connection.execute(
        "SELECT station_id, raw FROM reading JOIN series USING (series_key) JOIN station USING (station_key) ORDER BY 1"
    ).fetchall()
    assert found == [("st-1", 8.0), ("st-2", 9.0)]


def test_an_unclaimed_device_is_nobody_s(pipeline: Pipeline, connection: psycopg.Connection) -> None:
    """What it sends is put aside with the way out, and its token is kept nowhere."""
    topics = [TOPIC, "device/sck/aA1234/readings"]
    pipeline.process([_air(topic=topic) for topic in topics], now=NOW)
    rows = sorted(list_quarantined(connection), key=lambda row: row.topic)
    assert [(row.reason, row.station_id) for row in rows] == [("foreign_topic", None)] * 2
    assert "its owner enters the serial" in rows[0].detail
    assert not any("aA1234" in row.topic + row.detail for row in rows)


def test_what_a_claimed_device_sends_in_vain_is_listed_with_its_station(
    pipeline: Pipeline, connection: psycopg.Connection
) -> None:
    """Its owner finds in the receipt what could not be read."""
    claim_device(connection, "st-1", format_name="airgradient", serial=SERIAL, at=NOW)
    connection.commit()
    pipeline.process([message(TOPIC, b"{")], now=NOW)
    assert [(row.reason, row.station_id) for row in list_quarantined(connection)] == [("not_json", "st-1")]
