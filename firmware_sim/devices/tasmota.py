"""Tasmota: `tele/<topic>/SENSOR` and STATE at QoS 0, a wall clock without offset that starts in 1970, null on failure.

Owners set °C or °F, hPa or mmHg, and often leave the time zone at its default, an hour from UTC.
Source: arendst/Tasmota `tasmota_xsns_sensor/xsns_09_bmp.ino`, `xsns_18_pms5003.ino`.
"""

import json
from collections.abc import Sequence

from firmware_sim.devices.wire import PLAIN_1, WHOLE, Device, Format, Key, Row, Scale, Spelt, Wire, moment, spell
from firmware_sim.times import HOUR_MS

_PM = {"PM1": Key("pm1", WHOLE), "PM2.5": Key("pm2_5", WHOLE), "PM10": Key("pm10", WHOLE)}
_METRIC = {
    "Temperature": Key("temperature", PLAIN_1),
    "Humidity": Key("relative_humidity", PLAIN_1),
    "Pressure": Key("air_pressure", PLAIN_1),
}
_AMERICAN = _METRIC | {
    "Temperature": Key("temperature", Scale(1, 1.8, 32.0)),
    "Pressure": Key("air_pressure", Scale(1, 1 / 1.33322387415)),
}
_NOT_SET = "1970-01-01T00:00:21"


def write(device: Device, rows: Sequence[Row]) -> list[Wire]:
    """Write STATE, which holds no reading, and SENSOR."""
    row, american = rows[-1], device.variant(4) == 3
    clock = None if row.stated_ms is None else row.stated_ms // 1000 * 1000 + device.variant(2) * HOUR_MS
    time = None if clock is None or clock < HOUR_MS * 24 * 365 * 30 else clock / 1000
    text = _NOT_SET if time is None or clock is None else moment(clock).strftime("%Y-%m-%dT%H:%M:%S")
    climate = spell(row, _AMERICAN if american else _METRIC, time, local=True)
    dust = spell(row, _PM, time, local=True)
    factory = {key.replace("PM", "CF"): value for key, value in dust.numbers().items()}
    body = {
        "Time": text,
        "BME280": _object(climate) | {"DewPoint": 4.2},
        "PMS5003": factory | _object(dust),
        "ESP32": {"Temperature": 53.3},
        "PressureUnit": "mmHg" if american else "hPa",
        "TempUnit": "F" if american else "C",
    }
    state = {"Time": text, "Uptime": "3T14:02:11", "Heap": 25, "Wifi": {"RSSI": 68, "SSId": "at home"}}
    return [
        Wire(f"{_base(device)}/STATE", json.dumps(state).encode()),
        Wire(f"{_base(device)}/SENSOR", json.dumps(body).encode(), climate.said + dust.said),
    ]


def greet(device: Device) -> list[Wire]:
    """Say online."""
    return [Wire(f"{_base(device)}/LWT", b"Online", retain=True)]


def will(device: Device) -> Wire:
    """Say offline."""
    return Wire(f"{_base(device)}/LWT", b"Offline", qos=1, retain=True)


def _base(device: Device) -> str:
    return f"in/{device.station_id}/tele/tasmota_{device.serial[-6:].upper()}"


def _object(spelt: Spelt) -> dict[str, float | None]:
    return {**spelt.numbers(), **dict.fromkeys(spelt.failed)}


FORMAT = Format("tasmota", write, greet=greet, will=will)
