"""airrohr (sensor.community): a push to the "custom API" with text for numbers, pressure in Pa, no time, no memory.

Source: opendata-stuttgart/sensors-software `airrohr-firmware.ino`.
"""

import json
from collections.abc import Mapping, Sequence

from firmware_sim.devices.wire import PASCAL, PLAIN_2, Device, Format, Key, Row, Wire, spell

_KEYS = {
    "SDS_P1": Key("pm10", PLAIN_2),
    "SDS_P2": Key("pm2_5", PLAIN_2),
    "BME280_temperature": Key("temperature", PLAIN_2),
    "BME280_pressure": Key("air_pressure", PASCAL),
    "BME280_humidity": Key("relative_humidity", PLAIN_2),
}
_FAILED = "-1.00"
_STATISTICS = {"samples": "5032003", "min_micro": "28", "max_micro": "20087", "interval": "145000", "signal": "-67"}


def write(device: Device, rows: Sequence[Row]) -> list[Wire]:
    """Write a push; a sensor that failed leaves the firmware's -1."""
    spelt = spell(rows[-1], _KEYS)
    texts = {key: spelt.texts.get(key, _FAILED) for key in _KEYS}
    body = {
        "esp8266id": _chip(device),
        "software_version": "NRZ-2020-133",
        "sensordatavalues": entries(texts | _STATISTICS),
    }
    headers = (("Content-Type", "application/json"), ("X-Sensor", f"esp8266-{_chip(device)}"), ("X-PIN", "1"))
    target = f"/in/{device.secret}/airrohr"
    return [Wire(target, json.dumps(body).encode(), spelt.said, method="POST", headers=headers)]


def entries(texts: Mapping[str, str | None]) -> list[dict[str, str | None]]:
    """Write the list `sensordatavalues`."""
    return [{"value_type": key, "value": text} for key, text in texts.items()]


def _chip(device: Device) -> str:
    return str(int(device.serial[-6:], 16))


FORMAT = Format("airrohr", write, http=True)
