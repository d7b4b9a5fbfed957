"""airrohr and NAM messages: keys, units, sentinels and the three ways in which they come."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.decoded import Decoded, Record
from ingest.errors import IngestError, NotJsonError, NotUtf8Error, WrongShapeError
from ingest.formats import airrohr
from ingest.message import Message
from ingest.opened import Opened

AT = datetime(2026, 5, 17, tzinfo=UTC)


def _decode(payload: bytes) -> Decoded:
    return airrohr.decode(Opened(Message("mqtt", "in/st-1/airrohr", payload, AT), "airrohr"))


def _push(values: dict[str, Any], **more: Any) -> bytes:
    pairs = [{"value_type": key, "value": value} for key, value in values.items()]
    return json.dumps({"esp8266id": "1", "sensordatavalues": pairs, **more}).encode()


def test_a_push_is_read_in_canonical_units() -> None:
    """P1 is PM10, P2 is PM2.5, pressure becomes hPa, and what is not a reading is left out without a word."""
    decoded = _decode(
        _push({"SDS_P1": "35.67", "SDS_P2": "17.00", "BME280_pressure": "100535.97", "signal": "-59 dBm"})
    )
    assert decoded.station == "esp8266-1"
    assert decoded.refused == []
    assert [(record.sensor_name, record.observed_property) for record in decoded.records] == [
        ("sds011-0", "pm10"),
        ("sds011-0", "pm2_5"),
        ("bme280-0", "air_pressure"),
    ]
    assert decoded.records[2].value == pytest.approx(1005.3597)


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("SDS_P1", "-1.00", "sentinel"),
        ("SDS_P1", None, "null"),
        ("SDS_P1", "", "null"),
        ("SDS_P1", "nan", "not_finite"),
        ("SDS_P1", "1_0", "not_a_number"),
        ("SDS_P1", "much", "not_a_number"),
        ("SDS_P1", [1], "not_a_number"),
        ("BME280_temperature", "-128.00", "sentinel"),
        ("BME280_humidity", "999.90", "sentinel"),
        ("SDS_P1", "65535", "sentinel"),
        ("BME280_pressure", "-1", "sentinel"),
    ],
)
def test_what_the_firmware_sends_for_no_value_is_refused(key: str, value: Any, reason: str) -> None:
    """Sentinels, empty strings and text are refused one by one, and the rest is read."""
    decoded = _decode(_push({key: value, "SDS_P2": "4.0"}))
    assert [each.reason for each in decoded.refused] == [reason]
    assert [record.value for record in decoded.records] == [4.0]


def test_one_degree_below_zero_is_a_temperature() -> None:
    """-1 means no value for particles and not for a thermometer."""
    assert _decode(_push({"BME280_temperature": "-1.00"})).records == [Record(None, "bme280-0", "temperature", -1.0)]


def test_counts_of_a_ppd42ns_are_not_mass() -> None:
    """The PPD42NS sends counts as P1 and P2: they are never PM10 and PM2.5."""
    assert _decode(_push({"durP1": "1", "ratioP1": "2", "P1": "300", "P2": "200"})).records == []


def test_the_heated_inlet_is_not_the_air() -> None:
    """NAM's HECA measures its own heated chamber."""
    assert _decode(_push({"HECA_temperature": "15.05", "HECA_humidity": "59.73"})).records == []


def test_a_record_of_the_feed_has_its_time_and_sensor() -> None:
    """The public feed names sensor and time beside the values; its time is UTC."""
    record = {"timestamp": "2019-04-25 01:51:12", "sensor": {"id": 2129, "sensor_type": {"name": "SDS011"}}}
    decoded = _decode(json.dumps([json.loads(_push({"P1": "19.13"})) | record]).encode())
    time = datetime(2019, 4, 25, 1, 51, 12, tzinfo=UTC).timestamp()
    assert decoded.records == [Record(time, "sds011-2129", "pm10", 19.13)]


def test_an_influx_line_is_read() -> None:
    """The firmware's Influx line has the same keys, without a time."""
    decoded = _decode(b"feinstaub,node=esp8266-12041741 SDS_P1=35.67,SDS_P2=17.00,samples=3016882i,signal=-66")
    assert decoded.station == "12041741"
    assert [record.value for record in decoded.records] == [35.67, 17.0]


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        (b"{", NotJsonError),
        (b"{}", WrongShapeError),
        (b'{"sensordatavalues": 1}', WrongShapeError),
        (b"[[]]", WrongShapeError),
        (b"a,node=esp32-1 \xff=1", NotUtf8Error),
    ],
)
def test_what_is_no_message_has_a_named_error(payload: bytes, error: type[IngestError]) -> None:
    """Each way of not being a message has its own error, and none is a crash."""
    with pytest.raises(error):
        _decode(payload)


def test_a_truncated_entry_is_passed_over() -> None:
    """An entry with the key 'valuevalue_type', as was seen in the field, costs only itself."""
    payload = b'{"sensordatavalues":[{"valuevalue_type":"x"},7,{"value_type":"SDS_P1","value":"3"}]}'
    assert [record.value for record in _decode(payload).records] == [3.0]
