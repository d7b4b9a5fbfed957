"""Ambient Weather: a query that its app hangs on the path with `?`, without it, or percent-encoded as a whole.

Source: request lines quoted in issues of hassio-addons and ambientweather2mqtt.
"""

from collections.abc import Sequence
from urllib.parse import quote

from firmware_sim.devices.consoles import OUTDOOR, WIND, form, passkey, pressures, said_of_wind, stamp
from firmware_sim.devices.wire import PLAIN_1, Device, Format, Key, Row, Wire, spell

_KEYS = OUTDOOR | {"pm25": Key("pm2_5", PLAIN_1)}


def write(device: Device, rows: Sequence[Row]) -> list[Wire]:
    """Write a report; a sensor that failed is left out."""
    row = rows[-1]
    written, time = stamp(row)
    spelt = spell(row, _KEYS, time)
    more, of_pressure = pressures(row, time, altitude_set=device.variant(2) == 0)
    fields = {"stationtype": "AMBWeatherPro_V5.1.1", "PASSKEY": passkey(device), "dateutc": written}
    query = form(fields | spelt.texts | WIND | more | {"uv": "0", "battout": "1", "maxdailygust": "8.05"})
    said = spelt.said + said_of_wind(time) + of_pressure
    return [Wire(f"/in/{device.secret}/ambient{_hung(device, query)}", b"", said, method="GET")]


def _hung(device: Device, query: str) -> str:
    return (f"?{query}", f"&{query}", quote(f"&{query}", safe=""))[device.variant(3)]


FORMAT = Format("ambient", write, http=True)
