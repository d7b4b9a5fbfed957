"""The official networks that the settings name, of the air and of the weather, opened."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import TypeVar

import numpy as np

from ingest.reference import luchtmeetnet, openaq
from ingest.reference.client import Timing
from ingest.reference.csv_file import CsvFile
from ingest.reference.network import ReferenceNetwork
from luchtbrug.settings import Settings, SettingsError, parse_bbox

T = TypeVar("T")


@contextmanager
def open_network(settings: Settings, stop: Event) -> Iterator[ReferenceNetwork | None]:
    """Yield the configured network, None when there is none; its waits end early when `stop` is set.

    Raises SettingsError when the network needs a setting that is missing.
    """
    bbox = parse_bbox(settings.reference_bbox) if settings.reference_bbox else None
    timing = Timing(time.monotonic, stop.wait, np.random.default_rng())
    if settings.reference_network == "luchtmeetnet":
        with luchtmeetnet.connect(timing) as client:
            yield luchtmeetnet.Luchtmeetnet(client, bbox=bbox)
    elif settings.reference_network == "openaq":
        key = _needed(settings.openaq_api_key, "LUCHTBRUG_OPENAQ_API_KEY").get_secret_value()
        with openaq.connect(timing, api_key=key) as client:
            yield openaq.OpenAQ(client, bbox=_needed(bbox, "LUCHTBRUG_REFERENCE_BBOX"))
    elif settings.reference_network == "csv":
        yield CsvFile(_needed(settings.reference_csv, "LUCHTBRUG_REFERENCE_CSV"))
    else:
        yield None


def open_weather(settings: Settings) -> ReferenceNetwork | None:
    """Give the weather network that the settings name, None when there is none."""
    return None if settings.weather_csv is None else CsvFile(settings.weather_csv, name="weather")


def _needed(value: T | None, name: str) -> T:
    if value is None:
        raise SettingsError(f"{name} is not set, and the chosen LUCHTBRUG_REFERENCE_NETWORK needs it.")
    return value
