"""Ecowitt and Fine Offset: a form with imperial values and UTC, means of a day beside, empty text where nothing is.

Some gateways fill metric values under the imperial names. Source: fixtures of bachya/ecowitt2mqtt.
"""

from collections.abc import Sequence

from firmware_sim.devices.consoles import OUTDOOR, WIND, form, passkey, pressures, said_of_wind, stamp
from firmware_sim.devices.wire import PLAIN_1, PLAIN_2, Device, Format, Key, Row, Said, Wire, spell

_KEYS = OUTDOOR | {"pm25_ch1": Key("pm2_5", PLAIN_1)}
_METRIC = _KEYS | {"tempf": Key("temperature", PLAIN_1), "baromabsin": Key("air_pressure", PLAIN_2)}


def write(device: Device, rows: Sequence[Row]) -> list[Wire]:
    """Write a report."""
    row, metric = rows[-1], device.variant(5) == 4
    written, time = stamp(row)
    spelt = spell(row, _METRIC if metric else _KEYS, time)
    said: tuple[Said, ...] = spelt.said
    fields = {"PASSKEY": passkey(device), "stationtype": "GW2000A_V2.1.4", "runtime": "436796", "dateutc": written}
    if not metric:
        more, of_pressure = pressures(row, time, altitude_set=device.variant(2) == 0)
        fields |= more | WIND
        said += of_pressure + said_of_wind(time)
    fields |= spelt.texts | dict.fromkeys(spelt.failed, "")
    fields |= {
        "pm25_avg_24h_ch1": "11.4",
        "lightning": "",
        "lightning_num": "0",
        "soilmoisture1": "53",
        "wh65batt": "0",
    }
    body = form(fields, blank=("+", "%20", " ")[device.variant(3)])
    headers = (("Content-Type", "application/x-www-form-urlencoded"),)
    return [Wire(f"/in/{device.secret}/ecowitt", body.encode(), said, method="POST", headers=headers)]


FORMAT = Format("ecowitt", write, http=True)
