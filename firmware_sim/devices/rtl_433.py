"""rtl_433: what a radio hears of two battery sensors, each frame two or three times; partial, and one value estimated.

The host's time is UTC, local, or (on an ESP) missing. Source: merbanan/rtl_433 `docs/DATA_FORMAT.md`.
"""

import json
from collections.abc import Mapping, Sequence

from firmware_sim.devices.wire import PLAIN_1, WHOLE, Device, Format, Key, Row, Wire, moment, spell
from firmware_sim.times import HOUR_MS

_DUST = {"pm2_5_ug_m3": Key("pm2_5", WHOLE)}
_CLIMATE = {"temperature_C": Key("temperature", PLAIN_1), "humidity": Key("relative_humidity", WHOLE)}

_Head = dict[str, str | int]


def write(device: Device, rows: Sequence[Row]) -> list[Wire]:
    """Write the frames of both sensors; what says something is the first copy of each."""
    row = rows[-1]
    number = int(device.serial[-4:], 16)
    dust: _Head = {"model": "Fineoffset-WH0290", "id": number % 256, "estimated_pm10_0_ug_m3": 12, "mic": "CRC"}
    climate: _Head = {"model": "Bresser-3CH", "id": number % 255, "channel": 1, "battery_ok": 1, "mic": "CHECKSUM"}
    wires = []
    for head, keys, copies in ((dust, _DUST, 2), (climate, _CLIMATE, 3)):
        first = _frame(device, row, head, keys)
        if first.said:
            wires += [first, *[first._replace(said=())] * (copies - 1)]
    return wires


def _frame(device: Device, row: Row, head: _Head, keys: Mapping[str, Key]) -> Wire:
    way = device.variant(3)
    clock = None if way == 2 or row.stated_ms is None else row.stated_ms // 1000 * 1000 + way * HOUR_MS
    spelt = spell(row, keys, None if clock is None else clock / 1000, local=True)
    time = {} if clock is None else {"time": moment(clock).strftime("%Y-%m-%d %H:%M:%S")}
    topic = f"in/{device.station_id}/rtl_433/events"
    return Wire(topic, json.dumps({**time, **head, **spelt.numbers()}).encode(), spelt.said)


FORMAT = Format("rtl_433", write)
