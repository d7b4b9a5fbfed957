"""ESPHome: one retained topic a value at QoS 0, `nan` on failure; Home Assistant discovery tells names and units.

Source: esphome/esphome `mqtt_component.cpp`, `mqtt_sensor.cpp`.
"""

import json
from collections.abc import Sequence

from firmware_sim.devices.wire import FAHRENHEIT, PLAIN_1, WHOLE, Device, Format, Key, Row, Said, Wire, spell

_KEYS = {
    "pm1_0_pmsa003": Key("pm1", WHOLE),
    "particulate_matter_25m_concentration": Key("pm2_5", WHOLE),
    "pm10_pmsa003": Key("pm10", WHOLE),
    "sht30_temperature": Key("temperature", PLAIN_1),
    "sht30_humidity": Key("relative_humidity", PLAIN_1),
    "bmp280_pressure": Key("air_pressure", PLAIN_1),
}
_TOLD = {
    "pm1_0_pmsa003": ("PM <1.0µm", "µg/m³", "pm1"),
    "particulate_matter_25m_concentration": ("PM <2.5µm", "µg/m³", "pm25"),
    "pm10_pmsa003": ("PM10", "µg/m³", "pm10"),
    "sht30_temperature": ("Temperature", "°C", "temperature"),
    "sht30_humidity": ("Humidity", "%", "humidity"),
    "bmp280_pressure": ("Pressure", "hPa", "pressure"),
}


def write(device: Device, rows: Sequence[Row]) -> list[Wire]:
    """Write a message a value, and one of an entity that measures no air."""
    spelt = spell(rows[-1], _keys(device))
    of: dict[str, tuple[Said, ...]] = {key: (one,) for key, one in zip(spelt.texts, spelt.said, strict=True)}
    texts = spelt.texts | dict.fromkeys(spelt.failed, "nan") | {"wifi_signal": "-61"}
    return [
        Wire(f"{_base(device)}/sensor/{key}/state", text.encode(), of.get(key, ()), retain=True)
        for key, text in texts.items()
    ]


def greet(device: Device) -> list[Wire]:
    """Say online, and tell each entity's name and unit where Home Assistant looks for them."""
    wires = [Wire(f"{_base(device)}/status", b"online", retain=True)]
    for key, (name, unit, kind) in _TOLD.items():
        told = {
            "name": name,
            "stat_t": f"{_base(device)}/sensor/{key}/state",
            "avty_t": f"{_base(device)}/status",
            "uniq_id": f"{device.serial}-{key}",
            "unit_of_meas": "°F" if _keys(device)[key].scale is FAHRENHEIT else unit,
            "dev_cla": kind,
        }
        topic = f"in/{device.station_id}/ha/sensor/{device.serial}/{key}/config"
        wires.append(Wire(topic, json.dumps(told).encode(), retain=True))
    return wires


def will(device: Device) -> Wire:
    """Say offline."""
    return Wire(f"{_base(device)}/status", b"offline", retain=True)


def _keys(device: Device) -> dict[str, Key]:
    return _KEYS | ({"sht30_temperature": Key("temperature", FAHRENHEIT)} if device.variant(4) == 3 else {})


def _base(device: Device) -> str:
    return f"in/{device.station_id}/esp"


FORMAT = Format("esphome", write, greet=greet, will=will)
