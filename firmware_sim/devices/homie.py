"""Homie 4: a tree of retained single values at QoS 1, whose `$` topics tell names and units; `pm01` is PM1.

Source: homieiot/convention.
"""

from collections.abc import Sequence

from firmware_sim.devices.wire import FAHRENHEIT, PLAIN_2, Device, Format, Key, Row, Scale, Wire, spell

_FLOAT = Scale(6)  # a float as the library prints it
_KEYS = {
    "dust/pm01": Key("pm1", _FLOAT),
    "dust/pm25": Key("pm2_5", _FLOAT),
    "dust/pm04": Key("pm4", _FLOAT),
    "dust/pm10": Key("pm10", _FLOAT),
    "climate/temperature": Key("temperature", PLAIN_2),
    "climate/humidity": Key("relative_humidity", PLAIN_2),
}
_UNITS = {"climate/temperature": "°C", "climate/humidity": "%"}


def write(device: Device, rows: Sequence[Row]) -> list[Wire]:
    """Write a message a value; a sensor that failed says nothing."""
    spelt = spell(rows[-1], _keys(device))
    return [
        Wire(f"{_base(device)}/{key}", text.encode(), (said,), qos=1, retain=True)
        for (key, text), said in zip(spelt.texts.items(), spelt.said, strict=True)
    ]


def greet(device: Device) -> list[Wire]:
    """Describe the device, its nodes and the units."""
    told = {"$homie": "4.0.0", "$name": "garden", "$nodes": "dust,climate", "$state": "ready"}
    for key, asked in _keys(device).items():
        told[f"{key}/$unit"] = "°F" if asked.scale is FAHRENHEIT else _UNITS.get(key, "µg/m³")
    return [Wire(f"{_base(device)}/{key}", text.encode(), qos=1, retain=True) for key, text in told.items()]


def will(device: Device) -> Wire:
    """Say lost."""
    return Wire(f"{_base(device)}/$state", b"lost", qos=1, retain=True)


def _keys(device: Device) -> dict[str, Key]:
    return _KEYS | ({"climate/temperature": Key("temperature", FAHRENHEIT)} if device.variant(4) == 3 else {})


def _base(device: Device) -> str:
    return f"in/{device.station_id}/homie/{device.serial}"


FORMAT = Format("homie", write, greet=greet, will=will)
