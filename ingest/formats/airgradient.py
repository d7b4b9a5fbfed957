"""AirGradient ONE and Open Air: one flat JSON object a minute, without a time.

The raw values are read: `*Compensated` are AirGradient's own corrections, and 0 where they fail; `pm10` is PM10, but
`pm003Count` a count; the top level is the mean of the two channels of an Open Air; its
first firmwares sent the channels alone.
Source: airgradienthq/arduino `docs/local-server.md`, `src/AgValue.cpp`.
"""

from ingest.decoded import Decoded, empty
from ingest.opened import Opened
from ingest.values import meaning, plans, read_object

NAME = "airgradient"

_PLANS = plans(
    {
        "pm01": meaning("pms5003-0", "pm1"),
        "pm02": meaning("pms5003-0", "pm2_5"),
        "pm10": meaning("pms5003-0", "pm10"),
        "rco2": meaning("s8-0", "co2"),
        "atmp": meaning("sht4x-0", "temperature"),
        "rhum": meaning("sht4x-0", "relative_humidity"),
        "tvocIndex": meaning("sgp41-0", "voc_index"),
        "noxIndex": meaning("sgp41-0", "nox_index"),
        "tvoc_index": meaning("sgp41-0", "voc_index"),
        "nox_index": meaning("sgp41-0", "nox_index"),
    }
)
_CHANNELS = tuple(
    plans(
        {
            "pm01": meaning(f"pms5003t-{number}", "pm1"),
            "pm02": meaning(f"pms5003t-{number}", "pm2_5"),
            "pm10": meaning(f"pms5003t-{number}", "pm10"),
            "atmp": meaning(f"pms5003t-{number}", "temperature"),
            "rhum": meaning(f"pms5003t-{number}", "relative_humidity"),
        }
    )
    for number in (1, 2)
)


def matches_topic(topic: str) -> bool:
    """Match `airgradient/readings/<serial>`, which the firmware cannot change, and the path of the setup text."""
    levels = topic.rsplit("/", 2)
    return levels[-3:-1] == ["airgradient", "readings"] or levels[-1] == "airgradient"


def matches_body(opened: Opened) -> bool:
    """Match `serialno` with `wifi`, or the DIY sketch's `wifi` with `pm02`, `rco2` or `atmp`."""
    body = opened.object
    return "wifi" in body and not {"serialno", "pm02", "rco2", "atmp"}.isdisjoint(body)


def decode(opened: Opened) -> Decoded:
    """Read the values at the top level; the channels where there is no mass."""
    body = opened.json_object()
    serial = body.get("serialno")
    decoded = empty(f"airgradient-{serial}" if isinstance(serial, str) else None)
    read_object(body, _PLANS, None, decoded)
    channels = body.get("channels")
    if isinstance(channels, dict) and "pm02" not in body:
        for number, plan in zip("12", _CHANNELS, strict=True):
            values = channels.get(number)
            read_object(values if isinstance(values, dict) else {}, plan, None, decoded)
    return decoded
