"""Finds what is meant by a free name: of an entity, a node, or a key of a codec that owners write themselves."""

import re
from functools import lru_cache
from zlib import crc32

_NOT_AIR = frozenset({
    "dew", "dewpoint", "feels", "feelslike", "apparent", "chill", "windchill", "heat", "soil", "water", "pool",
    "cpu", "chip", "esp", "esp32", "board", "internal", "processor", "uptime", "wifi", "signal", "rssi", "snr",
    "battery", "batt", "bat", "heater", "heca", "resistance", "raw", "ratio", "count", "counter", "counts", "number",
    "size", "typical", "aqi", "iaq", "eco2", "estimated", "equivalent", "compensated", "offset", "target", "setpoint",
    "threshold", "alarm", "state", "status", "error", "trend", "quality", "category", "level", "high", "low", "max",
    "min", "24h", "12h", "8h", "1h", "1hr", "10m", "10min", "hourly", "weekly", "monthly", "yearly", "time", "nowcast",
    "mcu", "floor", "boiler", "radiator", "fridge", "freezer",
})  # fmt: skip
"""Words that make of `temperature` something else than that of the air now, and of `pm2.5` no mass."""

_UNDER_ONE = "_particulate_matter_10m_"
"""ESPHome's slug of "Particulate Matter <1.0µm": this 10m is no ten minutes."""

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_NOT_SENSOR = re.compile(r"[^a-z0-9_.-]+")

_DERIVED = re.compile("_absolute_humidity_|_device_temperature_")

_DEVICE_CLASSES = {
    "pm1": "pm1", "pm25": "pm2_5", "pm4": "pm4", "pm10": "pm10", "carbon_dioxide": "co2", "carbon_monoxide": "co",
    "temperature": "temperature", "humidity": "relative_humidity", "atmospheric_pressure": "air_pressure",
    "pressure": "air_pressure", "wind_speed": "wind_speed", "wind_direction": "wind_direction",
    "precipitation_intensity": "rain_rate", "sound_pressure": "noise", "nitrogen_dioxide": "no2", "ozone": "o3",
    "volatile_organic_compounds_parts": "voc",
}  # fmt: skip
"""Home Assistant's device classes (developers.home-assistant.io, sensor entity)."""

_BY_WORDS = tuple((re.compile(pattern), name) for pattern, name in (
    (r"_pm_?(?:0?1_0|0?1|0?1p0)(?:um)?_|_particulate_matter_(?:10m|1_0_?u?m)_", "pm1"),
    (r"_pm_?(?:2_?5|0?2|0?25|2p5)(?:um)?_|_particulate_matter_(?:25m|2_5_?u?m)_|_pm2_?5_", "pm2_5"),
    (r"_pm_?(?:0?4|4_0|4p0)(?:um)?_|_particulate_matter_(?:40m|4_0_?u?m)_", "pm4"),
    (r"_pm_?(?:10|10_0|100)(?:um)?_|_particulate_matter_(?:100m|10_0_?u?m)_", "pm10"),
    (r"_co_?2_|_carbon_?dioxide_", "co2"),
    (r"_co_|_carbon_?monoxide_", "co"),
    (r"_no_?2_|_nitrogen_?dioxide_", "no2"),
    (r"_o3_|_ozone_", "o3"),
    (r"_(?:hcho|formaldehyde?|ch2o)_", "formaldehyde"),
    (r"_t?voc_(?:.*_)?index_", "voc_index"),
    (r"_nox_(?:.*_)?index_", "nox_index"),
    (r"_t?voc_", "voc"),
    (r"_noise_|_laeq_|_sound_", "noise"),
    (r"_wind_?gust|_gust_", "wind_gust"),
    (r"_wind_?(?:dir|direction|bearing|angle)_", "wind_direction"),
    (r"_wind_?(?:speed|avg|average)_", "wind_speed"),
    (r"_(?:rain|precipitation)_?(?:rate|intensity)_", "rain_rate"),
    (r"_(?:daily|day)_?rain_|_rain_?(?:today|daily|day)_", "rain_day"),
    (r"_(?:pressure|barometer|baro)_?(?:relative|sea|sealevel|msl|qnh)|_sea_?level|_(?:qnh|msl)_",
     "air_pressure_sea_level"),
    (r"_(?:barometric|air|atmospheric)?_?pressure_|_(?:barometer|baro|luftdruck|luchtdruk|press)_", "air_pressure"),
    (r"_(?:relative_?)?(?:humidity|humid|humi|hum|rh|luftfeuchte|luftfeuchtigkeit|(?:lucht)?vocht(?:igheid)?)\d?_",
     "relative_humidity"),
    (r"_(?:temperature|temp|tmp|temperatur|temperatuur)c?\d?_", "temperature"),
))  # fmt: skip

_PATTERNS = {name: pattern for pattern, name in _BY_WORDS}
_NUMBERED = frozenset({"temperature", "relative_humidity"})
"""Properties whose pattern takes a digit behind the name for that of a sensor."""

_SPEEDS = (
    (re.compile(r"_(?:mph|mi_h)_$"), "mph"), (re.compile(r"_(?:kmh|kph|km_h)_$"), "km/h"),
    (re.compile(r"_(?:kn|kts?|knots?)_$"), "kn"), (re.compile(r"_(?:ft_s|fps)_$"), "ft/s"),
)  # fmt: skip
_DEPTHS = ((re.compile(r"_(?:in|inch|inches)_$"), "in"),)
_UNIT_WORDS = {
    "temperature": ((re.compile(r"_(?:deg_?)?f(?:ahrenheit)?_$"), "f"), (re.compile(r"_kelvin_$"), "k")),
    "wind_speed": _SPEEDS, "wind_gust": _SPEEDS, "rain_day": _DEPTHS,
    "rain_rate": ((re.compile(r"_in(?:ch)?(?:_per)?_(?:h|hr|hour)_$"), "in/h"),),
} | dict.fromkeys(("pm1", "pm2_5", "pm4", "pm10"), ((re.compile(r"_mg_m_?3_$"), "mg/m3"),))  # fmt: skip
"""Observed property -> the last words of its names that tell another unit than the canonical one."""

_NOT_APART = frozenset({
    "air", "ambient", "relative", "barometric", "atmospheric", "current", "value", "val", "measured", "measurement",
    "sensor", "mass", "weight", "concentration", "conc", "c", "deg", "degc", "celsius", "f", "degf", "fahrenheit",
    "kelvin", "percent", "pct", "rh", "pa", "hpa", "kpa", "mbar", "mb", "inhg", "mmhg", "ug", "mg", "m3", "m", "3",
    "um", "0", "ppm", "ppb", "s", "ms", "mps", "mph", "mi", "h", "kmh", "kph", "km", "kn", "kt", "kts", "knot",
    "knots", "ft", "fps", "mm", "in", "inch", "inches", "per", "hr", "hour",
})  # fmt: skip
"""Words beside a property that every device has only one of."""


def words(name: str) -> str:
    """Spell a name as its words, lower case between underscores: 'TempC_SHT' -> '_tempc_sht_'."""
    return f"_{_NOT_WORD.sub('_', _CAMEL.sub('_', name).lower().replace('µ', 'u').replace('μ', 'u')).strip('_')}_"


@lru_cache(maxsize=8192)
def property_of(name: str, device_class: str | None = None) -> str | None:
    """Name the observed property that a free name means, or None; a device class, where given, must agree to it.

    A number in `particulate_matter_25m` is in tenths of a micrometre: the slug of "<2.5µm" has lost its point.
    """
    spelt = words(name[:200])
    if not _NOT_AIR.isdisjoint(spelt.replace(_UNDER_ONE, "_").split("_")) or _DERIVED.search(spelt):
        return None
    by_words = next((found for pattern, found in _BY_WORDS if pattern.search(spelt)), None)
    if device_class is None:
        return by_words
    by_class = _DEVICE_CLASSES.get(device_class)
    if by_class == "air_pressure" and by_words == "air_pressure_sea_level":
        return by_words
    if by_class == "wind_speed" and by_words == "wind_gust":
        return by_words
    return by_class


@lru_cache(maxsize=8192)
def unit_of(name: str, observed_property: str) -> str | None:
    """Name the unit that a free name ends in: 'temp_f' -> 'f', 'windSpeedKmh' -> 'km/h'; None for the canonical one."""
    spelt = words(name[:200])
    return next((unit for pattern, unit in _UNIT_WORDS.get(observed_property, ()) if pattern.search(spelt)), None)


@lru_cache(maxsize=8192)
def apart(name: str, observed_property: str) -> str:
    """Give what sets a value apart from others of its property: 'temp_dht22' -> 'dht22', 'temperature2' -> '2'.

    Empty where nothing does, as in 'air_temperature_c', and where the name alone does not mean the property.
    """
    spelt = words(name[:200])
    found = _PATTERNS[observed_property].search(spelt) if observed_property in _PATTERNS else None
    if found is None:
        return ""
    number = found[0][-2] if observed_property in _NUMBERED and found[0][-2].isdecimal() else ""
    rest = f"{spelt[: found.start()]}_{number}_{spelt[found.end() :]}"
    return "_".join(word for word in rest.split("_") if word and word not in _NOT_APART)


@lru_cache(maxsize=8192)
def sensor(*parts: str) -> str:
    """Make a sensor name (docs/payload.md) of what a device calls its sensor: 'BME280' -> 'bme280-0'."""
    text = "-".join(_spelt(part) for part in parts if part)
    text = text.lstrip("_.-")[:60] or "sensor"
    return text if re.search(r"-\w+$", text) else f"{text}-0"


def _spelt(part: str) -> str:
    """Spell a name in the letters of a sensor name; one written in other letters becomes a number that is its own."""
    lost = sum(each.isalpha() and not each.isascii() for each in part)
    kept = sum(each.isalnum() and each.isascii() for each in part)
    if lost > kept:
        return f"x{crc32(part.lower().encode('utf-8', 'replace')):08x}"
    return _NOT_SENSOR.sub("_", part.lower()).strip("_.-")
