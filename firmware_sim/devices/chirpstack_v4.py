"""ChirpStack v4: `event/up` with what the codec made of it, two gateways, nanoseconds; now and then `event/status`.

Pressure in Pa, as SenseCAP and Milesight codecs give it. Source: chirpstack.io, integrations: events.
"""

import json
from collections.abc import Sequence

from firmware_sim.devices.wire import PLAIN_1, PLAIN_2, WHOLE, Device, Format, Key, Row, Scale, Wire, moment, spell

_KEYS = {
    "pm2_5": Key("pm2_5", WHOLE),
    "pm10": Key("pm10", WHOLE),
    "temperature": Key("temperature", PLAIN_2),
    "humidity": Key("relative_humidity", PLAIN_1),
    "pressure": Key("air_pressure", Scale(0, 100.0)),
}


def write(device: Device, rows: Sequence[Row]) -> list[Wire]:
    """Write an uplink, with every tenth also the status that holds no reading."""
    row, eui = rows[-1], f"{device.serial}0000"
    received = f"{moment(row.clock_ms).strftime('%Y-%m-%dT%H:%M:%S')}.{row.clock_ms % 1000:03d}000927+00:00"
    spelt = spell(row, _KEYS, row.clock_ms / 1000)
    head = {
        "deduplicationId": f"{device.serial}-{row.number // 2}",  # two uplinks may share one
        "time": received,
        "deviceInfo": {"applicationName": "lucht", "devEui": eui, "deviceName": f"garden {eui[-4:]}"},
    }
    gateways = [{"gatewayId": f"0010502df456361{n}", "rssi": -60 - n} for n in range(2)]
    up = {**head, "fCnt": row.number, "data": "AAEDBA4V", "object": spelt.numbers() | {"battery": 3.6}}
    topic = f"in/{device.station_id}/application/9d1b/device/{eui}/event"
    wires = [Wire(f"{topic}/up", json.dumps(up | {"rxInfo": gateways}).encode(), spelt.said)]
    if row.number % 10 == 0:
        status = {**head, "margin": 9, "batteryLevel": 91.5}
        wires.append(Wire(f"{topic}/status", json.dumps(status).encode()))
    return wires


FORMAT = Format("chirpstack_v4", write)
