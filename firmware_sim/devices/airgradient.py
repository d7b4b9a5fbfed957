"""AirGradient ONE and Open Air: a flat object without a time; a key whose sensor is not there yet is missing.

`*Compensated` are its own corrections, 0 where they fail. Source: airgradienthq/arduino `docs/local-server.md`.
"""

import json
from collections.abc import Sequence

from firmware_sim.devices.wire import PLAIN_1, PLAIN_2, Device, Format, Key, Row, Wire, spell

_KEYS = {
    "pm01": Key("pm1", PLAIN_2),
    "pm02": Key("pm2_5", PLAIN_2),
    "pm10": Key("pm10", PLAIN_2),
    "atmp": Key("temperature", PLAIN_2),
    "rhum": Key("relative_humidity", PLAIN_1),
}


def write(device: Device, rows: Sequence[Row]) -> list[Wire]:
    """Write a message."""
    spelt = spell(rows[-1], _KEYS)
    body = {
        "wifi": -52,
        "serialno": device.serial,
        **spelt.numbers(),
        "pm02Compensated": 0,
        "rhumCompensated": 0,
        "pm003Count": 270,
        "tvocRaw": 31792,
        "boot": 4,
        "firmware": "3.1.1",
        "model": "I-9PSL",
    }
    headers = (("Content-Type", "application/json"),)
    return [
        Wire(f"/in/{device.secret}/airgradient", json.dumps(body).encode(), spelt.said, method="POST", headers=headers)
    ]


FORMAT = Format("airgradient", write, http=True)
