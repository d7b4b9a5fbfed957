"""Finds, for a sensor that a message names for the first time, the one that its owner told of when registering.

Such a sensor stands under its model in capitals (`SDS011`), as no message can name one, until a message names it: then
it takes over that name. So no sensor is there twice, and its model is known before its first message.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.sensor_models import MODELS, family
from ingest.vocabulary import sensor_model


@dataclass(frozen=True, slots=True)
class Told:
    """A sensor that an owner has told of and no message has named yet."""

    sensor_key: int
    sensor_model: str


@dataclass(frozen=True, slots=True)
class Adopted:
    """A sensor that an owner has told of, and its name and model from now on."""

    sensor_key: int
    sensor_name: str
    sensor_model: str


def told_names(models: Sequence[str]) -> list[str]:
    """Name the sensors that an owner tells of: 'SDS011', and 'SDS011-2' where there is a second one."""
    spelt = [family(each) for each in models]
    before = [spelt[:place].count(each) for place, each in enumerate(spelt)]
    return [f"{each}-{count + 1}" if count else each for each, count in zip(spelt, before, strict=True)]


def adopt(told: Sequence[Told], named: dict[str, set[str]]) -> list[Adopted]:
    """Pair a station's sensors told of with the new ones of a message (sensor name -> observed properties).

    One of the same model is the same sensor, and is called as the device calls it. Where the name is of no known model
    (`esphome-0`, `pm-0`), it is the one that measures the most of what the message does: it keeps its model.
    """
    left = {each.sensor_key: each for each in told}
    found: list[Adopted] = []
    for name in named:
        same = [each for each in left.values() if family(each.sensor_model) == family(sensor_model(name))]
        if same:
            del left[same[0].sensor_key]
            found.append(Adopted(same[0].sensor_key, name, sensor_model(name)))
    for name in named.keys() - {each.sensor_name for each in found}:
        best = max(left.values(), key=lambda each: _measured(each, named[name]), default=None)
        if best is not None and family(sensor_model(name)) not in MODELS and _measured(best, named[name]):
            del left[best.sensor_key]
            found.append(Adopted(best.sensor_key, name, best.sensor_model))
    return found


def _measured(told: Told, observed_properties: set[str]) -> int:
    return len(observed_properties.intersection(MODELS.get(told.sensor_model, ())))
