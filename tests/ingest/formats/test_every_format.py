"""Every format on payloads written here by its rules: units, refused values, clocks, and what is passed over."""

# ruff: noqa: E501  a case is read more easily on one line
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.decoded import Decoded
from ingest.errors import IngestError, NoPayloadFormatterError, NoSensorMapError
from ingest.formats import all_formats, choose
from ingest.memory import Memory
from ingest.message import Message
from ingest.opened import Opened

AT = datetime(2026, 5, 17, 22, 23, 5, tzinfo=UTC)
T = datetime(2026, 5, 17, 22, 20, tzinfo=UTC).timestamp()


def _decode(topic: str, body: Any, memory: Memory | None = None, **more: Any) -> tuple[str, Decoded]:
    payload = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    opened = Opened(Message("mqtt", f"in/st-1/{topic}", payload, AT, **more), topic, memory or Memory())
    chosen = choose(opened)
    return chosen.NAME, chosen.decode(opened)


def _values(decoded: Decoded) -> dict[str, float]:
    return {record.observed_property: round(record.value, 2) for record in decoded.records}


FORM = (
    "PASSKEY=A&stationtype=GW&dateutc=2026-5-17+22:+20:0&tempf=50&humidity=&baromabsin=29.53&baromrelin=29.53"
    "&windspeedmph=10&dailyrainin=1&tf_ch1=60&pm25_ch2=7.5&pm25_avg_24h_ch2=9"
)
TASMOTA = {
    "Time": "2026-05-17T22:20:00", "TempUnit": "F", "PressureUnit": "mmHg", "ESP32": {"Temperature": 53.3},
    "SPS30": {"PM2_5": 4.5, "CF2.5": 9, "NCPM2_5": 30}, "BME280": {"Temperature": 50, "Humidity": None, "Pressure": 750},
    "SCD40": {"CarbonDioxide": 0, "eCO2": 600},
}  # fmt: skip
SENSECAP = [
    {"measurementId": "4101", "measurementValue": 99660},
    [{"measurementId": 4097, "measurementValue": 13.3}],
    {"Battery(%)": 3},
]
NETATMO = {"_id": "70:ee:50:00:00:01", "type": "NAModule2", "dashboard_data": {"time_utc": T, "WindStrength": 36}}
MESH = {
    "temperature": 19.5, "relative_humidity": 0, "wind_speed": 0, "wind_direction": 0, "air_util_tx": 0.1,
    "pm10_standard": 2, "pm100_standard": 9, "pm25_environmental": 4, "pm10_environmental": 3,
}  # fmt: skip

CASES: list[tuple[str, str, Any, dict[str, float], float | None]] = [
    ("airgradient", "airgradient/readings/84fc", {"wifi": -4, "pm02": 7, "pm02Compensated": 0, "pm003Count": 9, "rco2": -2},
     {"pm2_5": 7.0}, None),
    ("airrohr", "airrohr", {"sensordatavalues": [{"value_type": "BME280_pressure", "value": "100535.97"}, {"valuevalue_type": 1}]},
     {"air_pressure": 1005.36}, None),
    ("ecowitt", "ecowitt", FORM,
     {"temperature": 10.0, "air_pressure": 1000.0, "wind_speed": 4.47, "rain_day": 25.4, "pm2_5": 7.5}, T),
    ("ecowitt", "ecowitt", "stationtype=GW&dateutc=2026-05-17+22:20:00&tempf=10&baromabsin=1000&windspeedmph=36",
     {"temperature": 10.0, "air_pressure": 1000.0, "wind_speed": 10.0}, T),
    ("ambient", "ambient", "stationtype=AMBWeatherV4&dateutc=2026-05-17+22:20:00&hourlyrainin=0.1&pm25=8&battout=1",
     {"rain_rate": 2.54, "pm2_5": 8.0}, T),
    ("wu", "wu", "action=updateraw&dateutc=now&tempf=-9999&baromin=29.53&AqPM2.5=6&rainin=0.2",
     {"air_pressure_sea_level": 1000.0, "pm2_5": 6.0}, None),
    ("wu", "wu", "action=updateraw&dateutc=now&baromin=29.53&softwaretype=WH2600GEN_V2.2.5", {"air_pressure": 1000.0}, None),
    ("tasmota", "tele/garden/SENSOR", TASMOTA, {"pm2_5": 4.5, "temperature": 10.0, "air_pressure": 999.92}, T),
    ("tasmota", "x", {"Time": "1970-01-01T00:33:28", "DHT22": {"Temperature": 20.5}}, {"temperature": 20.5}, None),
    ("zigbee2mqtt", "zigbee2mqtt/air box", {"co2": 1, "temperature": 21, "voc": 14, "last_seen": T * 1000},
     {"temperature": 21.0}, T),
    ("rtl_433", "rtl_433/host/events",
     {"time": "2026-05-17 22:20:00", "model": "A-B", "id": 3, "temperature_F": 50, "pm2_5_ug_m3": 6,
      "estimated_pm10_0_ug_m3": 9, "wind_avg_km_h": 36, "rain_mm": 900.2, "noise": -30},
     {"temperature": 10.0, "pm2_5": 6.0, "wind_speed": 10.0}, T),
    ("ttn_v3", "v3/app@ttn/devices/d-1/up",
     {"received_at": "2026-05-17T22:20:00.000000123Z", "uplink_message": {"decoded_payload": {"messages": SENSECAP}}},
     {"air_pressure": 996.6, "temperature": 13.3}, T),
    ("ttn_v3", "ttn",
     {"received_at": "2026-05-17T22:20:00Z", "end_device_ids": {"device_id": "d"},
      "uplink_message": {"decoded_payload": {"temperature_2": 4.2, "analog_in_1": 9, "raw": [1]}}},
     {"temperature": 4.2}, T),
    ("ttn_v2", "app/devices/1/up",
     {"dev_id": "1", "metadata": {"time": "2026-05-17T22:20:00Z"}, "payload_fields": {"T": 3, "P": 1013, "PM25_Avg": 0.4}},
     {"temperature": 3.0, "air_pressure": 1013.0, "pm2_5": 0.4}, T),
    ("chirpstack_v4", "application/a/device/a840415711866a85/event/up",
     {"time": "2026-05-17T22:20:00+00:00", "deviceInfo": {"devEui": "a8"},
      "object": {"TempC_SHT": 26.6, "TempC_DS": 327.67, "Hum_SHT": 52.7}},
     {"temperature": 26.6, "relative_humidity": 52.7}, T),
    ("weewx", "weather/loop", {"dateTime": str(T), "usUnits": "16", "outTemp": "10", "lowOutTemp": "50", "windSpeed_mph": "10"},
     {"temperature": 10.0, "wind_speed": 4.47}, T),
    ("smartcitizen", "device/sck/token/readings",
     {"data": [{"recorded_at": "2026-05-17T22:20:00Z", "sensors": [{"id": 58, "value": 101.25}, {"id": 112, "value": 431}]}]},
     {"air_pressure": 1012.5}, T),
    ("smartcitizen", "device/sck/token/readings/raw", "{t:2026-05-17T22:20:00Z\U0001f4a3,53:47.31,87:null,12:900}",
     {"noise": 47.31}, T),
    ("qingping", "qingping/mac/up",
     {"type": "17", "timestamp": 1, "sensorData": [{"timestamp": {"value": T}, "pm25": {"value": 16}, "co2": {"value": 0}}]},
     {"pm2_5": 16.0}, T),
    ("purpleair", "purpleair",
     {"SensorId": "a", "Geo": "b", "DateTime": "2026/05/17T22:20:00z", "pm2_5_atm": 4, "pm2_5_cf_1": 5, "current_temp_f": 50},
     {"pm2_5": 4.0, "temperature": 10.0}, T),
    ("hackair", "hackair", {"reading": {"PM2.5_AirPollutantValue": "7.93"}, "error": "4"}, {"pm2_5": 7.93}, None),
    ("vindriktning", "esp8266-vindriktning-particle-sensor/V-1/state", {"pm25": 12, "wifi": {"ssid": "home"}},
     {"pm2_5": 12.0}, None),
    ("luftdatenpumpe", "luftdaten.info",
     {"time": "2026-05-17T22:20:00Z", "sensor_id": 1, "location_id": 2, "sensor_type": "BMP280", "pressure": 100000},
     {"air_pressure": 1000.0}, T),
    ("luftdatenpumpe", "luftdaten.info", {"sensor_id": 1, "location_id": 2, "sensor_type": "PPD42NS", "P1": 300.0}, {}, None),
    ("netatmo", "netatmo", {"body": {"devices": [{"reachable": False, "modules": [NETATMO]}]}}, {"wind_speed": 10.0}, T),
    ("meshtastic", "msh/EU_868//2/json/Long/!a", {"from": 1, "type": "telemetry", "timestamp": T, "payload": MESH},
     {"temperature": 19.5, "pm2_5": 4.0, "pm1": 3.0}, T),
    ("senml", "senml",
     [{"bn": "urn:dev:x:", "bt": T, "n": "pm2_5", "u": "ug/m3", "v": 4}, {"n": "t", "u": "Cel", "v": 10}, {"n": "v", "u": "V", "v": 3}],
     {"pm2_5": 4.0, "temperature": 10.0}, T),
    ("senml", "x", bytes.fromhex("81a400") + b"\x68humidity" + bytes.fromhex("0163") + b"%RH" + bytes.fromhex("02f95000 06 00"),
     {"relative_humidity": 32.0}, 0.0),
    ("native", "x", {"obs": [{"s": "sps30-0", "v": {"pm2_5": 8.1}}]}, {"pm2_5": 8.1}, None),
    ("generic_json", "home/balcony", {"temp": "21,5", "pressure": 100000, "ts": "17.05.2026 22:20:00", "dew_point": 9},
     {"temperature": 21.5, "air_pressure": 1000.0}, T),
]  # fmt: skip


@pytest.mark.parametrize(("name", "topic", "body", "expected", "time"), CASES)
def test_a_payload_is_read_by_the_rules_of_its_format(
    name: str, topic: str, body: Any, expected: dict[str, float], time: float | None
) -> None:
    """The format is chosen, units are canonical, sentinels and estimates are no readings, the device's time is read."""
    chosen, decoded = _decode(topic, body)
    assert chosen == name
    assert _values(decoded) == expected
    assert len(decoded.records) == len(expected)
    assert {record.time for record in decoded.records} <= {time}


OTHERS: list[Any] = [None, "", -1, "x", [], {}, [None], True]


def _gaps(body: Any) -> Iterator[Any]:
    """Give a body without each of its keys in turn, and with something else in the place of each value."""
    if isinstance(body, dict):
        for key, inner in body.items():
            rest = {other: value for other, value in body.items() if other != key}
            yield rest
            yield from ({**rest, key: other} for other in OTHERS)
            yield from ({**rest, key: changed} for changed in _gaps(inner))
    elif isinstance(body, list):
        for place, inner in enumerate(body):
            yield from ([*body[:place], changed, *body[place + 1 :]] for changed in _gaps(inner))


@pytest.mark.parametrize(
    ("name", "body"), [(case[0], case[2]) for case in CASES if not isinstance(case[2], bytes | str)]
)
def test_what_is_missing_in_a_message_is_no_crash(name: str, body: Any) -> None:
    """Whatever key is left out, null or of another type: the rest is read, or an error says what is wrong."""
    for changed in _gaps(body):
        opened = Opened(Message("mqtt", "in/st-1/x", json.dumps(changed).encode(), AT), "x", Memory())
        with suppress(IngestError):
            choose(opened, name).decode(opened)


def test_no_body_is_of_two_formats() -> None:
    """A body of the cases above is matched by its own format, if by any, and by no other."""
    for name, _, body, _, _ in CASES:
        payload = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
        opened = Opened(Message("mqtt", "in/st-1/x", payload, AT), "x")
        assert {each.NAME for each in all_formats()[:-1] if each.matches_body(opened)} <= {name}, (name, body)


STATES: list[tuple[list[tuple[str, Any]], dict[str, float], float | None]] = [
    ([("esp/sensor/pm_2_5/state", "12"), ("esp/sensor/t_temperature/state", "nan"), ("esp/status", "offline")],
     {"pm2_5": 12.0}, None),
    ([("ha/sensor/esp/t/config", {"~": "in/st-1/esp", "stat_t": "~/sensor/t/state", "name": "Temperature", "unit_of_meas": "°F"}),
      ("esp/sensor/t/state", "50"), ("esp/sensor/uptime/state", "9")], {"temperature": 10.0}, None),
    ([("homie/dev/air/pm2-5/$unit", "µg/m³"), ("homie/dev/air/pm2-5", "8.4"), ("homie/dev/air/temperature/$unit", "°F"),
      ("homie/dev/air/temperature", "50")], {"pm2_5": 8.4, "temperature": 10.0}, None),
    ([("a/dust/$homie", "3.0"), ("a/dust/sensor/pm01", "1.1")], {"pm1": 1.1}, None),
    ([("homeassistant/sensor/garden/state", "50"), ("homeassistant/sensor/garden/last_updated", "2026-05-17T22:20:00+00:00"),
      ("homeassistant/sensor/garden/unit_of_measurement", '"°F"'), ("homeassistant/sensor/garden/device_class", '"temperature"'),
      ("homeassistant/sensor/garden/friendly_name", '"Garden"')], {"temperature": 10.0}, T),
]  # fmt: skip


@pytest.mark.parametrize(("messages", "expected", "time"), STATES)
def test_values_are_read_by_what_earlier_messages_told(
    messages: list[tuple[str, Any]], expected: dict[str, float], time: float | None
) -> None:
    """Names and units that come in other messages are remembered, and each value is read once."""
    memory = Memory()
    records = [record for topic, body in messages for record in _decode(topic, body, memory)[1].records]
    assert {record.observed_property: round(record.value, 2) for record in records} == expected
    assert len(records) == len(expected)
    assert {record.time for record in records} == {time}


@pytest.mark.parametrize(
    ("topic", "body", "error"),
    [
        ("v3/a@ttn/devices/d/up", {"uplink_message": {"frm_payload": "AA=="}}, NoPayloadFormatterError),
        ("chirpstack", {"deviceInfo": {}, "deduplicationId": "1", "data": "qg=="}, NoPayloadFormatterError),
        ("a/devices/1/up", {"dev_id": "1"}, NoPayloadFormatterError),
        ("v1.1/Datastreams(3)/Observations", {"result": 21}, NoSensorMapError),
        ("x", {"595f9a282dcbee77ac0e5dc4": 4.3}, NoSensorMapError),
    ],
)
def test_what_the_message_alone_does_not_tell_is_asked_for_by_name(
    topic: str, body: Any, error: type[IngestError]
) -> None:
    """An undecoded uplink and sensor numbers without a map are errors that say what the owner must do."""
    with pytest.raises(error):
        _decode(topic, body)


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        ("tele/x/LWT", "Online"),
        ("tele/x/STATE", {"Uptime": 3}),
        ("zigbee2mqtt/bridge/state", "online"),
        ("zigbee2mqtt/x/availability", "online"),
        ("application/a/device/a840415711866a85/event/status", {"margin": 10}),
        ("weather/outTemp_F", "72.5"),
        ("rtl_433/h/devices/m/1/temperature_C", "20"),
        ("qingping/m/up", {"type": "13", "sensorData": []}),
        ("msh/EU/2/json/L/!a", {"type": "position", "payload": {"altitude": 3}}),
        ("esp/binary_sensor/door/state", "ON"),
    ],
)
def test_status_and_repeats_hold_no_reading_and_are_no_error(topic: str, body: Any) -> None:
    """State, last will, bridges and the topics that repeat a message value by value say so in a word."""
    _, decoded = _decode(topic, body)
    assert (decoded.records, decoded.refused) == ([], [])
    assert decoded.note


def test_a_frame_sent_twice_is_one_reading() -> None:
    """The second of two equal radio frames within two seconds holds nothing new."""
    memory = Memory()
    frame = {"model": "A", "id": 1, "temperature_C": 20.0}
    found = [_decode("rtl_433/h/events", frame, memory)[1] for _ in range(2)]
    assert [len(each.records) for each in found] == [1, 0]
    assert found[1].note == "repeat"


@pytest.mark.parametrize(
    "path",
    [
        "/data/report/?stationtype=AMBWeatherV4&PASSKEY=X&dateutc=2026-05-17+22:20:00&tempf=50",
        "/data/report/stationtype=AMBWeatherV4&PASSKEY=X&dateutc=2026-05-17+22:20:00&tempf=50",
        "/data/report%26stationtype%3DAMBWeatherV4%26dateutc%3D2026-05-17%2B22%3A20%3A00%26tempf%3D50",
    ],
)
def test_a_query_is_found_wherever_the_console_put_it(path: str) -> None:
    """With a question mark, without it, and percent-encoded into the path."""
    name, decoded = _decode("push", b"", path=path)
    assert (name, _values(decoded), decoded.records[0].time) == ("ambient", {"temperature": 10.0}, T)


def test_no_topic_is_of_two_formats() -> None:
    """Every topic of the cases above is matched by one format at most."""
    topics = [case[1] for case in CASES] + [topic for messages, _, _ in STATES for topic, _ in messages]
    for topic in topics:
        assert len([each.NAME for each in all_formats() if each.matches_topic(topic)]) <= 1, topic


def test_a_temperature_of_esphome_without_its_unit_is_said_once_and_never_taken_above_50() -> None:
    """Without discovery °C is taken and noted once; at 70 it must be °F, and nothing is read until the unit is told."""
    memory, topic = Memory(), "esp/sensor/garden_temperature/state"
    seen = [_decode(topic, text, memory)[1] for text in ("21.5", "22", "70", "48")]
    assert [_values(each) for each in seen] == [{"temperature": 21.5}, {"temperature": 22.0}, {}, {}]
    assert [[each.reason for each in one.refused] for one in seen] == [["unit_not_told"], [], *[["unit_not_told"]] * 2]
    _decode("ha/sensor/esp/t/config", {"stat_t": topic, "uniq_id": "t", "name": "T", "unit_of_meas": "°F"}, memory)
    assert _values(_decode(topic, "50", memory)[1]) == {"temperature": 10.0}


@pytest.mark.parametrize(
    ("object_id", "text", "read"),
    [("pm_2_5", "8", {"pm2_5": 8.0}), ("co2", "600", {"co2": 600.0}), ("wind_speed", "8", {})],
)
def test_only_what_has_one_unit_in_esphome_is_read_without_it(
    object_id: str, text: str, read: dict[str, float]
) -> None:
    """Masses and CO2 have ESPHome's unit; wind is m/s in one project and km/h in the next."""
    decoded = _decode(f"esp/sensor/{object_id}/state", text)[1]
    assert _values(decoded) == read
    assert [each.reason for each in decoded.refused] == ([] if read else ["unit_not_told"])
