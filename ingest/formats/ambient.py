"""Ambient Weather: Ecowitt's keys in a query, which its app may hang on the path without `?` or percent-encoded.

`hourlyrainin` is here the rate [in/h] (Ambient's device data specs), and `PASSKEY` the MAC address in clear.
"""

from ingest.consoles import Dialect, Units, indoor_and_channels, outdoor
from ingest.decoded import Decoded
from ingest.opened import Opened
from ingest.values import Meaning, meaning

NAME = "ambient"


def _meanings(units: Units) -> dict[str, Meaning]:
    return (
        outdoor(units)
        | indoor_and_channels(units)
        | {
            "hourlyrainin": meaning("outdoor-0", "rain_rate", units.rate),
            "pm25": meaning("pm25-0", "pm2_5"),
            "pm25_in": meaning("pm25-in", "pm2_5"),
            "co2": meaning("co2-0", "co2"),
            "pm25_in_aqin": meaning("aqin-0", "pm2_5"),
            "pm10_in_aqin": meaning("aqin-0", "pm10"),
            "co2_in_aqin": meaning("aqin-0", "co2"),
            "pm_in_temp_aqin": meaning("aqin-0", "temperature", units.temperature),
            "pm_in_humidity_aqin": meaning("aqin-0", "relative_humidity"),
        }
    )


_DIALECT = Dialect(_meanings)


def matches_topic(topic: str) -> bool:
    """Match the path of the setup text."""
    return topic.rpartition("/")[2] == "ambient"


def matches_body(opened: Opened) -> bool:
    """Match `stationtype=AMBWeather` in the request target, also percent-encoded, or in a form."""
    path = opened.message.path
    named = "stationtype=AMBWeather" in path or "stationtype%3DAMBWeather" in path
    return named or b"stationtype=AMBWeather" in opened.message.payload


def decode(opened: Opened) -> Decoded:
    """Read a report; raise WrongShapeError where there is no query."""
    return _DIALECT.read_report(opened)
