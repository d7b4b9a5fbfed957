"""Nettigo Air Monitor: airrohr's JSON with an ESP32's id and null for a failed value, here through a bridge to MQTT.

Source: nettigo/namf `main.cpp`.
"""

import json
from collections.abc import Sequence

from firmware_sim.devices.airrohr import entries
from firmware_sim.devices.wire import PASCAL, PLAIN_2, Device, Format, Key, Row, Wire, spell

_KEYS = {
    "SPS30_P0": Key("pm1", PLAIN_2),
    "SPS30_P1": Key("pm10", PLAIN_2),
    "SPS30_P2": Key("pm2_5", PLAIN_2),
    "SPS30_P4": Key("pm4", PLAIN_2),
    "BME280_temperature": Key("temperature", PLAIN_2),
    "BME280_pressure": Key("air_pressure", PASCAL),
    "BME280_humidity": Key("relative_humidity", PLAIN_2),
}


def write(device: Device, rows: Sequence[Row]) -> list[Wire]:
    """Write a push."""
    spelt = spell(rows[-1], _KEYS)
    texts: dict[str, str | None] = {key: spelt.texts.get(key) for key in _KEYS}
    heated = {"HECA_temperature": "34.20", "HECA_humidity": "21.00", "signal": "-85"}  # inside the inlet, not air
    body = {
        "esp32id": device.serial,
        "software_version": "NAMF-2020-46",
        "sensordatavalues": entries(texts | heated),
    }
    return [Wire(f"in/{device.station_id}/nam", json.dumps(body).encode(), spelt.said)]


FORMAT = Format("nam", write)
