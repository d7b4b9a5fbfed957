"""The sensor models that are known by name, and what each measures: what owners choose from when they register.

A model that is not listed is no error on the wire: there a sensor is whatever its name says (`ingest.vocabulary`).
Source: the data sheets of the makers; several types of one family, whose elements are the same, are one entry.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

_PM = ("pm1", "pm2_5", "pm10")
_PM4 = ("pm1", "pm2_5", "pm4", "pm10")
_CLIMATE = ("temperature", "relative_humidity")
_PRESSURE = ("temperature", "relative_humidity", "air_pressure")
_CO2 = ("co2", *_CLIMATE)

MODELS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "SDS011": ("pm2_5", "pm10"), "SPS30": _PM4, "PMS1003": _PM, "PMS3003": _PM, "PMS5003": _PM, "PMS7003": _PM,
    "PMSA003": _PM, "PMSX003": _PM, "HPM": _PM4, "NPM": _PM, "IPS7100": _PM4, "HM3301": _PM,
    "PM2005": ("pm2_5", "pm10"), "PM1006": ("pm2_5",), "SM300D2": ("pm2_5", "pm10"), "OPC-N3": _PM, "OPC-R2": _PM,
    "VINDRIKTNING": ("pm2_5",),
    "WH41": ("pm2_5",), "WH45": ("pm2_5", "pm10", "co2", *_CLIMATE),
    "WH46": (*_PM4, "co2", *_CLIMATE),
    "SEN5X": (*_PM4, *_CLIMATE, "voc_index", "nox_index"),
    "SEN6X": (*_PM4, *_CLIMATE, "voc_index", "nox_index", "co2", "formaldehyde"),
    "BME280": _PRESSURE, "BME680": _PRESSURE, "BMP280": ("temperature", "air_pressure"),
    "BMP180": ("temperature", "air_pressure"), "BMP388": ("temperature", "air_pressure"),
    "DPS310": ("temperature", "air_pressure"), "LPS33": ("temperature", "air_pressure"),
    "MPL3115": ("temperature", "air_pressure"), "MS5611": ("temperature", "air_pressure"),
    "DHT11": _CLIMATE, "DHT22": _CLIMATE, "SHT2X": _CLIMATE, "SHT3X": _CLIMATE, "SHT4X": _CLIMATE, "HTU21D": _CLIMATE,
    "HDC1080": _CLIMATE, "AHT2X": _CLIMATE, "SI7021": _CLIMATE, "DS18B20": ("temperature",),
    "SCD30": _CO2, "SCD4X": _CO2, "MHZ14A": ("co2",), "MHZ19": ("co2",), "S8": ("co2",), "SENSEAIR": ("co2",),
    "T6713": ("co2",), "SGP30": ("voc",), "SGP4X": ("voc_index", "nox_index"), "CCS811": ("voc",),
    "SFA30": ("formaldehyde", *_CLIMATE), "ZE25": ("o3",), "NO2-B43F": ("no2",), "OX-B431": ("o3", "no2"),
    "DNMS": ("noise",), "SPH0645": ("noise",), "INMP441": ("noise",), "ICS43434": ("noise",),
})  # fmt: skip
"""Model -> the observed properties that it can measure."""

_FAMILIES = {
    "SHT30": "SHT3X", "SHT31": "SHT3X", "SHT35": "SHT3X", "SHT40": "SHT4X", "SHT41": "SHT4X", "SHT45": "SHT4X",
    "SHT20": "SHT2X", "SHT21": "SHT2X", "AHT20": "AHT2X", "AHT21": "AHT2X", "AHT25": "AHT2X", "AM2302": "DHT22",
    "SEN50": "SEN5X", "SEN54": "SEN5X", "SEN55": "SEN5X", "SEN63C": "SEN6X", "SEN65": "SEN6X", "SEN66": "SEN6X",
    "SEN68": "SEN6X", "SCD40": "SCD4X", "SCD41": "SCD4X", "SGP40": "SGP4X", "SGP41": "SGP4X", "SDS0X1": "SDS011",
    "NEXTPM": "NPM", "HPMA115S0": "HPM", "HPMA115C0": "HPM", "MH-Z14A": "MHZ14A", "MH-Z19": "MHZ19", "MH-Z19B": "MHZ19",
    "MH-Z19C": "MHZ19", "PMSA003I": "PMSA003", "BME688": "BME680", "BMP390": "BMP388", "WH43": "WH41",
}  # fmt: skip
"""Types, and other spellings, of a model in the list."""


def family(model: str) -> str:
    """Name the model that another spelling or a type of it stands for: 'SHT31' -> 'SHT3X', 'sds0x1' -> 'SDS011'."""
    spelt = model.strip().upper()
    return _FAMILIES.get(spelt, spelt)


def fault(model: str, observed_properties: tuple[str, ...] = ()) -> str | None:
    """Say what is wrong with a model, or with what it is told to measure; None where nothing is."""
    known = MODELS.get(family(model))
    if known is None:
        near = get_close_matches(family(model), MODELS, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "GET /v1/sensor-models lists all."
        return f"sensor model '{model:.40}' is unknown: {hint}"
    wrong = [each for each in observed_properties if each not in known]
    return f"{family(model)} measures {', '.join(known)}, not {', '.join(wrong)[:80]}." if wrong else None
