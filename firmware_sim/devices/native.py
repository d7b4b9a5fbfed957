"""Our own message (docs/payload.md): a clock, a counter and a memory of a hundred readings."""

import json
from collections.abc import Sequence
from typing import Any

from firmware_sim.devices.wire import PLAIN_2, Device, Format, Key, Row, Said, Wire, moment, spell

_SENSORS = {
    "sps30-0": {name: Key(name, PLAIN_2) for name in ("pm1", "pm2_5", "pm4", "pm10")},
    "bme280-0": {name: Key(name, PLAIN_2) for name in ("temperature", "relative_humidity", "air_pressure")},
}


def write(device: Device, rows: Sequence[Row]) -> list[Wire]:
    """Write what was kept and what is new in one message; without times while the clock is not set."""
    entries: list[dict[str, Any]] = []
    said: list[Said] = []
    for row in rows:
        time = {} if row.stated_ms is None else {"t": moment(row.stated_ms).isoformat().replace("+00:00", "Z")}
        for sensor, keys in _SENSORS.items():
            spelt = spell(row, keys, None if row.stated_ms is None else row.stated_ms / 1000)
            if spelt.texts:  # a failed value is left out, and a sensor without values
                entries.append({**time, "s": sensor, "v": spelt.numbers()})
                said += spelt.said
    body = {"seq": rows[-1].number, "obs": entries}
    return [Wire(f"aq/1/{device.station_id}/obs", json.dumps(body).encode(), tuple(said), qos=1)]


def greet(device: Device) -> list[Wire]:
    """Say that the station is online, and what it carries."""
    meta = {"sensors": list(_SENSORS), "firmware": "luchtbrug-sim"}
    own = f"aq/1/{device.station_id}"
    return [
        Wire(f"{own}/status", b'{"state":"online"}', qos=1, retain=True),
        Wire(f"{own}/meta", json.dumps(meta).encode(), qos=1, retain=True),
    ]


def will(device: Device) -> Wire:
    """Say that the station is offline."""
    return Wire(f"aq/1/{device.station_id}/status", b'{"state":"offline"}', qos=1, retain=True)


FORMAT = Format("native", write, memory=100, greet=greet, will=will)
