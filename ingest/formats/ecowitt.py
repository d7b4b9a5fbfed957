"""Ecowitt and Fine Offset consoles: a form with imperial values, times in UTC, and a secret `PASSKEY`.

Means over 10 minutes and 24 hours (`*_avg10m`, `*_24h*`) repeat what was sent before; `tf_ch*` are soil and water
probes. Source: fixtures of bachya/ecowitt2mqtt; the vendor's protocol description is not public.
"""

from ingest.consoles import CHANNELS, Dialect, Units, indoor_and_channels, outdoor
from ingest.decoded import Decoded
from ingest.opened import Opened
from ingest.values import Meaning, meaning

NAME = "ecowitt"


def _meanings(units: Units) -> dict[str, Meaning]:
    found = outdoor(units) | indoor_and_channels(units)
    found |= {
        "rainratein": meaning("outdoor-0", "rain_rate", units.rate),
        "rrain_piezo": meaning("piezo-0", "rain_rate", units.rate),
        "drain_piezo": meaning("piezo-0", "rain_day", units.depth),
        "tf_co2": meaning("wh45-0", "temperature", units.temperature),
        "humi_co2": meaning("wh45-0", "relative_humidity"),
        "co2": meaning("wh45-0", "co2"),
        "co2in": meaning("indoor-0", "co2"),
    }
    for key, name in (("pm1", "pm1"), ("pm25", "pm2_5"), ("pm4", "pm4"), ("pm10", "pm10")):
        found[f"{key}_co2"] = meaning("wh45-0", name)
    for number in CHANNELS:
        found[f"pm25_ch{number}"] = meaning(f"wh41-{number}", "pm2_5")
        found[f"pm10_ch{number}"] = meaning(f"wh41-{number}", "pm10")
    return found


_DIALECT = Dialect(_meanings)


def matches_topic(topic: str) -> bool:
    """Match the path of the setup text."""
    return topic.rpartition("/")[2] == "ecowitt"


def matches_body(opened: Opened) -> bool:
    """Match `PASSKEY` and `stationtype` in the form of a body."""
    payload = opened.message.payload
    return b"PASSKEY=" in payload and b"stationtype=" in payload and b"stationtype=AMBWeather" not in payload


def decode(opened: Opened) -> Decoded:
    """Read a report; raise WrongShapeError where there is no form."""
    return _DIALECT.read_report(opened)
