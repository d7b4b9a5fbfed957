"""zigbee2mqtt: the whole state at each change, in bursts; `last_seen` as its owner set it, or not at all.

Source: zigbee2mqtt.io, Koenkk/zigbee2mqtt issues.
"""

import json
from collections.abc import Sequence
from datetime import timedelta, timezone

from firmware_sim.devices.wire import PLAIN_1, PLAIN_2, WHOLE, Device, Format, Key, Row, Wire, moment, spell

_KEYS = {
    "pm25": Key("pm2_5", WHOLE),
    "temperature": Key("temperature", PLAIN_2),
    "humidity": Key("relative_humidity", PLAIN_2),
    "pressure": Key("air_pressure", PLAIN_1),
}
_BURST_MS = (0, 41, 938)
_CET = timezone(timedelta(hours=1))


def write(device: Device, rows: Sequence[Row]) -> list[Wire]:
    """Write the state three times within a second where it carries `last_seen`, else once.

    The second and third time say nothing new: no sensor measures so often.
    """
    row, way = rows[-1], device.variant(3)
    if way == 0 or row.stated_ms is None:
        return [_state(device, row, None, {})]
    wires = []
    for later in _BURST_MS:
        stated = row.stated_ms + later
        seen = stated if way == 1 else moment(stated).astimezone(_CET).isoformat(timespec="milliseconds")
        wire = _state(device, row, stated / 1000, {"last_seen": seen})
        wires.append(wire if later == 0 else wire._replace(said=()))
    return wires


def greet(device: Device) -> list[Wire]:
    """Say that the bridge and the device are there."""
    return [
        Wire(f"in/{device.station_id}/zigbee2mqtt/bridge/state", b'{"state":"online"}', retain=True),
        Wire(f"{_topic(device)}/availability", b'{"state":"online"}', retain=True),
    ]


def _state(device: Device, row: Row, time: float | None, seen: dict[str, int | str]) -> Wire:
    spelt = spell(row, _KEYS, time)
    failed = dict.fromkeys(spelt.failed)
    body = {**spelt.numbers(), **failed, **seen, "voc": 14, "linkquality": 80 + row.number % 40}
    return Wire(_topic(device), json.dumps(body).encode(), spelt.said, retain=device.variant(2) == 1)


def _topic(device: Device) -> str:
    return f"in/{device.station_id}/zigbee2mqtt/Garden {device.serial[-4:]}"


FORMAT = Format("zigbee2mqtt", write, greet=greet)
