"""The Things Stack v3: what a payload formatter made of an uplink that three gateways heard, in the server's time.

Every fortieth uplink comes undecoded, as when the formatter ran out of time.
Source: thethingsindustries.com, data formats.
"""

import json
from collections.abc import Sequence
from typing import Any

from firmware_sim.devices.wire import PLAIN_1, PLAIN_2, Device, Format, Key, Row, Wire, moment, spell

_KEYS = {
    "pm1_0": Key("pm1", PLAIN_1),
    "pm2_5": Key("pm2_5", PLAIN_1),
    "pm10": Key("pm10", PLAIN_1),
    "TempC_SHT": Key("temperature", PLAIN_2),
    "Hum_SHT": Key("relative_humidity", PLAIN_1),
    "pressure": Key("air_pressure", PLAIN_1),
}


def write(device: Device, rows: Sequence[Row]) -> list[Wire]:
    """Write an uplink as the server publishes it."""
    row = rows[-1]
    received = f"{moment(row.clock_ms).strftime('%Y-%m-%dT%H:%M:%S')}.{row.clock_ms % 1000:03d}000217Z"
    spelt = spell(row, _KEYS, row.clock_ms / 1000)
    undecoded = row.number % 40 == 39
    name = f"eui-{device.serial}0000"
    uplink: dict[str, Any] = {
        "f_port": 2,
        "f_cnt": row.number,
        "frm_payload": "AQIXEAIC",
        "rx_metadata": [{"gateway_ids": {"gateway_id": f"roof-{n}"}, "rssi": -97 - n} for n in range(3)],
        "received_at": received,
    }
    if not undecoded:
        uplink["decoded_payload"] = spelt.numbers() | {"BatV": 3.05, "Work_mode": "SHT"}
    body = {
        "end_device_ids": {"device_id": name, "application_ids": {"application_id": "lucht"}},
        "received_at": received,
        "uplink_message": uplink,
    }
    topic = f"in/{device.station_id}/v3/lucht@ttn/devices/{name}/up"
    return [Wire(topic, json.dumps(body).encode(), () if undecoded else spelt.said)]


FORMAT = Format("ttn_v3", write)
