"""What single firmwares and codecs send beside the usual: other keys, other nesting, units beside the numbers."""

# ruff: noqa: E501  a case is read more easily on one line
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.formats import choose
from ingest.message import Message
from ingest.naming import property_of
from ingest.opened import Opened

AT = datetime(2026, 5, 17, 22, 23, 5, tzinfo=UTC)
SEN5X = {f"SEN5X_{key}": value for key, value in
         {"P0": "1.2", "P2": "2.5", "P4": "4", "P1": "10", "temperature": "21", "humidity": "40", "VOC": "100", "NOX": "1"}.items()}  # fmt: skip
FEED = {"timestamp": "2026-05-17 22:20:00", "sensor": {"id": 7, "sensor_type": {"name": "SEN5X"}}}
UPLINK = {"end_device_ids": {"device_id": "d"}, "received_at": "2026-05-17T22:20:00Z"}
DECENTLAB = {
    "pm2_5_mass_concentration": {"displayName": "PM2.5", "unit": "µg⋅m⁻³", "value": 2.5},
    "pm2_5_number_concentration": {"unit": "1⋅cm⁻³", "value": 9},
    "barometric_pressure": {"unit": "Pa", "value": 100000}, "no2": {"unit": "ppb", "value": 12}, "co": {"value": 3},
    "battery_voltage": {"unit": "V", "value": 3.1},
}  # fmt: skip


def _read(topic: str, body: Any) -> tuple[str, dict[str, float]]:
    opened = Opened(
        Message("mqtt", f"in/st-1/{topic}", body if isinstance(body, bytes) else json.dumps(body).encode(), AT), topic
    )
    chosen = choose(opened)
    found = chosen.decode(opened)
    assert [each.reason for each in found.refused] == []
    assert {type(each.time) for each in found.records} <= {float, int, type(None)}  # of text no batch can be made
    return chosen.NAME, {each.observed_property: round(each.value, 2) for each in found.records}


def _lines(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"value_type": key, "value": value} for key, value in values.items()]


@pytest.mark.parametrize(
    ("topic", "body", "found"),
    [
        ("airrohr", {"sensordatavalues": _lines(SEN5X)},
         {"pm1": 1.2, "pm2_5": 2.5, "pm4": 4.0, "pm10": 10.0, "temperature": 21.0, "relative_humidity": 40.0, "voc_index": 100.0, "nox_index": 1.0}),
        ("airrohr", [{**FEED, "sensordatavalues": _lines({"P2": "2.5", "co2_ppm": "600"})}], {"pm2_5": 2.5, "co2": 600.0}),
        ("msh/EU_868/2/json/L/!a", {"from": 1, "type": "telemetry", "payload": {"pm10": 3, "pm25": 4, "pm100": 9, "co2": 600}},
         {"pm1": 3.0, "pm2_5": 4.0, "pm10": 9.0, "co2": 600.0}),
        ("tele/x/SENSOR", {"Time": "2026-05-17T22:20:00", "SEN66": {"PM2.5": 2.5, "CarbonDioxide": 600, "VOC": 100, "NOx": 1}},
         {"pm2_5": 2.5, "co2": 600.0, "voc_index": 100.0, "nox_index": 1.0}),
        ("tele/x/SENSOR", {"Time": "2026-05-17T22:20:00", "SEN68": {"HCHO": 10}}, {"formaldehyde": 12.27}),
        ("tele/x/SENSOR", {"Time": "2026-05-17T22:20:00", "SGP4X": {"TVOC_Raw": 30000, "TVOC": 100, "NOx": 1}, "SGP30": {"TVOC": 90, "eCO2": 474}},
         {"voc_index": 100.0, "nox_index": 1.0, "voc": 90.0}),
        ("weather/loop", {"dateTime": "1779056400", "usUnits": "17", "no2": "0.02", "co2_ppm": "600", "noise_dB": "44"},
         {"no2": 20.0, "co2": 600.0, "noise": 44.0}),
        ("weather/loop", {"dateTime": "1779056400", "no2": "0.02", "o3_ppm": "0.03"}, {"o3": 30.0}),
        ("airgradient/readings/84fc", {"wifi": -4, "serialno": "84fc", "channels": {"1": {"pm02": 7}, "2": {"rhum": 40}}},
         {"pm2_5": 7.0, "relative_humidity": 40.0}),
        ("airgradient/readings/84fc", {"wifi": -4, "pm02": 8, "channels": {"1": {"pm02": 7}, "2": {"pm02": 9}}}, {"pm2_5": 8.0}),
        ("device/sck/t/readings", {"data": [{"recorded_at": "2026-05-17T22:20:00Z", "sensors": [{"id": 212, "value": 10}, {"id": 160, "value": 21}]}]},
         {"formaldehyde": 12.27, "temperature": 21.0}),
        ("qingping/m/up", {"sensorData": [{"temperature": {"value": 50, "unit": "F", "status": 0}, "tvoc_index": {"value": 62}, "battery": {"value": 100, "status": 1}}]},
         {"temperature": 10.0, "voc_index": 62.0}),
        ("rtl_433/h/events", {"model": "Bresser-7in1", "id": 1, "hcho_ppb": 10, "voc_level": 3}, {"formaldehyde": 12.27}),
        ("v3/a@t/devices/d/up", UPLINK | {"uplink_message": {"decoded_payload": DECENTLAB}},
         {"pm2_5": 2.5, "air_pressure": 1000.0, "no2": 12.0}),
        ("v3/a@t/devices/d/up", UPLINK | {"uplink_message": {"decoded_payload": {"data": {"temperature": 21, "wind": {"speed": 3, "direction": 90}}}}},
         {"temperature": 21.0, "wind_speed": 3.0, "wind_direction": 90.0}),
        ("v3/a@t/devices/d/up", UPLINK | {"uplink_message": {"decoded_payload": {"soil": {"temperature": 9}, "temperature": {"max": 22, "id": 4}, "T": "21 °C", "humidity": "45%RH"}}},
         {"temperature": 21.0, "relative_humidity": 45.0}),
        ("v3/a@t/devices/d/up", UPLINK | {"uplink_message": {"decoded_payload": {"x": 1}, "normalized_payload": [{"air": {"temperature": 21, "relativeHumidity": 45, "pressure": 1000}}]}},
         {"temperature": 21.0, "relative_humidity": 45.0, "air_pressure": 1000.0}),
        ("ttn", {"name": "as.up.data.forward", "identifiers": [], "data": UPLINK | {"uplink_message": {"decoded_payload": {"co2": 600}}}}, {"co2": 600.0}),
    ],
)  # fmt: skip
def test_what_single_firmwares_send(topic: str, body: Any, found: dict[str, float]) -> None:
    """Each of these is read whole, in our units, and nothing beside it."""
    assert _read(topic, body)[1] == found


TWO = {"temperature": 20.0, "temperature_2": 25.0, "temp_dht22": 5.0}


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        ("json", TWO),
        ("json", {"room": TWO}),
        ("ttn", UPLINK | {"uplink_message": {"decoded_payload": TWO}}),
        ("senml", [{"n": f"d:{key}", "u": "Cel", "v": value} for key, value in TWO.items()]),
    ],
)
def test_values_of_one_property_are_of_different_sensors(topic: str, body: Any) -> None:
    """As one series at one time, all but the first would be lost, and without the first another would stand for it."""
    opened = Opened(Message("mqtt", f"in/st-1/{topic}", json.dumps(body).encode(), AT), topic)
    found = choose(opened).decode(opened).records
    assert [each.value for each in found] == [20.0, 25.0, 5.0]
    assert len({each.sensor_name for each in found}) == len(found)


@pytest.mark.parametrize(
    ("topic", "body"),
    [("json", {"temp_f": 68}), ("ttn", UPLINK | {"uplink_message": {"decoded_payload": {"tempFahrenheit": 68}}}),
     ("esp/sensor/outdoor_temperature_f/state", 68), ("homie/dev/node/temperature-f", 68)],
)  # fmt: skip
def test_a_unit_at_the_end_of_a_key_counts(topic: str, body: Any) -> None:
    """68 °F is 20 °C, whoever chose the name."""
    assert _read(topic, body)[1] == {"temperature": 20.0}


def test_a_console_that_names_its_own_pressure_is_read() -> None:
    """`absbaromin` in the Weather Underground protocol is the station's pressure, `baromin` that at sea level."""
    target = "/weatherstation/updateweatherstation.php?ID=A&PASSWORD=B&dateutc=now&baromin=29.92&absbaromin=29.53"
    opened = Opened(Message("http", "in/st-1/wu", b"", AT, path=target), "wu")
    values = {each.observed_property: round(each.value, 1) for each in choose(opened).decode(opened).records}
    assert values == {"air_pressure": 1000.0, "air_pressure_sea_level": 1013.2}


@pytest.mark.parametrize("line", ["GET /in/wu?", "POST /in/wu?", "GET /in/"])
def test_the_first_field_of_a_query_is_read_as_the_others_are(line: str) -> None:
    """The door keeps the request line of a message without body: what stands before its query is no part of a name."""
    assert _read("wu", f"{line}tempf=68.0&humidity=50&dateutc=now".encode())[1] == {
        "temperature": 20.0,
        "relative_humidity": 50.0,
    }


def test_a_console_that_names_sea_level_alone_is_metric_by_that() -> None:
    """Celsius under `tempf` is no Fahrenheit where the one pressure is in hPa."""
    form = b"PASSKEY=x&stationtype=GW1000B&dateutc=now&tempf=20.0&baromrelin=1013.2"
    assert _read("ecowitt", form)[1] == {"temperature": 20.0, "air_pressure_sea_level": 1013.2}


def test_a_console_without_an_altitude_says_its_own_pressure_twice() -> None:
    """Where `baromin` equals `absbaromin` (EasyWeather), no altitude is set, and nothing is known of sea level."""
    target = "/weatherstation/updateweatherstation.php?ID=A&dateutc=now&absbaromin=29.53&baromin=29.530&AqPM2.5=30.0"
    opened = Opened(Message("http", "in/st-1/wu", b"", AT, path=target), "wu")
    values = {each.observed_property: round(each.value, 1) for each in choose(opened).decode(opened).records}
    assert values == {"air_pressure": 1000.0, "pm2_5": 30.0}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("luchtvochtigheid", "relative_humidity"), ("luchtdruk_buiten", "air_pressure"), ("device_temperature", None),
        ("boiler_temperature", None), ("pm2_5_nowcast", None), ("sen55_pm_10_0", "pm10"), ("PM <1µm Weight concentration", "pm1"),
        ("PM <2.5µm Number concentration", None),
    ],
)  # fmt: skip
def test_names_of_owners(name: str, found: str | None) -> None:
    """Dutch names are known, and what is no air is not."""
    assert property_of(name) == found
