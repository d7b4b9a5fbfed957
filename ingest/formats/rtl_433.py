"""rtl_433 and OpenMQTTGateway: one radio frame a message, `model` and `id`, and keys that end in their unit.

A frame comes two or three times, each with the strength of its signal; `estimated_*` is not measured; `rain_mm` counts
since the battery was put in; `noise` is the radio's; tyre pressures are `type` TPMS. Times are the host's local ones
unless it runs with `-M utc`.
Source: merbanan/rtl_433 `docs/DATA_FORMAT.md`.
"""

from ingest.clocks import moment
from ingest.decoded import Decoded, empty, silent
from ingest.errors import WrongShapeError
from ingest.naming import sensor
from ingest.opened import Opened
from ingest.values import meaning, plans, read_object

NAME = "rtl_433"

_KEYS = {
    "temperature_C": ("temperature", "c"), "temperature_F": ("temperature", "f"),
    "humidity": ("relative_humidity", None),
    "pressure_hPa": ("air_pressure", "hpa"), "pressure_kPa": ("air_pressure", "kpa"),
    "pressure_inHg": ("air_pressure", "inhg"), "co2_ppm": ("co2", None), "hcho_ppb": ("formaldehyde", "ppb"),
    "pm1_ug_m3": ("pm1", None), "pm1_0_ug_m3": ("pm1", None), "pm2_5_ug_m3": ("pm2_5", None),
    "pm4_ug_m3": ("pm4", None), "pm4_0_ug_m3": ("pm4", None),
    "pm10_ug_m3": ("pm10", None), "pm10_0_ug_m3": ("pm10", None),
    "wind_dir_deg": ("wind_direction", None), "direction_deg": ("wind_direction", None),
    "rain_rate_mm_h": ("rain_rate", "mm/h"), "rain_rate_in_h": ("rain_rate", "in/h"),
}  # fmt: skip
_SPEEDS = {"m_s": "m/s", "km_h": "km/h", "mi_h": "mph"}
_PROBES = ("Fineoffset-WN34",)
"""Models whose `temperature_C` is that of soil or water."""


def _all_keys() -> dict[str, tuple[str, str | None]]:
    found: dict[str, tuple[str, str | None]] = dict(_KEYS)
    for suffix, unit in _SPEEDS.items():
        found |= {f"wind_{kind}_{suffix}": ("wind_speed", unit) for kind in ("avg", "speed")}
        found |= {f"wind_{kind}_{suffix}": ("wind_gust", unit) for kind in ("max", "gust")}
        found[f"gust_speed_{suffix}"] = ("wind_gust", unit)  # before 2020
    return found


_ALL = _all_keys()
_PLANS = plans({key: meaning("", *found) for key, found in _ALL.items()})


def matches_topic(topic: str) -> bool:
    """Match topics below `rtl_433/` or OpenMQTTGateway's `RTL_433toMQTT/`."""
    levels = topic.split("/")
    return "rtl_433" in levels or "RTL_433toMQTT" in levels


def matches_body(opened: Opened) -> bool:
    """Match `model` with `id` or `channel` and at least one key that is read."""
    body = opened.object
    return "model" in body and not {"id", "channel"}.isdisjoint(body) and not _ALL.keys().isdisjoint(body)


def decode(opened: Opened) -> Decoded:
    """Read a frame; of a repeated frame, a tyre, and the topics that repeat a frame value by value nothing."""
    if "/devices/" in opened.topic or opened.topic.endswith(("/states", "/availability", "/LWT")):
        return silent("repeats_events")
    body = opened.json_object()
    model = body.get("model")
    if not isinstance(model, str):
        raise WrongShapeError("no text `model`")
    if body.get("type") == "TPMS" or model.startswith(_PROBES):
        return silent("not_air")
    time = moment(body.get("time"))
    decoded = empty(clock="local" if time is not None and time.local else "utc")
    # by model and channel, as the id changes with the battery; by id where there is no channel
    name = sensor(model, str(body.get("channel", body.get("id", 0))))
    read_object(body, _PLANS, None if time is None else time.seconds, decoded, name)
    if opened.memory.repeats_frame(f"{model}/{body.get('id')}", opened.message, decoded.records):
        return silent("repeat")
    return decoded
