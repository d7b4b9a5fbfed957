"""Sensors that owners tell of, and what messages then call them."""

import pytest

from ingest.adopting import Adopted, Told, adopt, told_names
from ingest.sensor_models import MODELS, family, fault
from ingest.vocabulary import UNITS

SDS, BME, SEN = Told(1, "SDS011"), Told(2, "BME280"), Told(3, "SEN5X")


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ({"sds011-0": {"pm10"}}, [Adopted(1, "sds011-0", "SDS011")]),
        ({"sds0x1-0": {"pm10"}}, [Adopted(1, "sds0x1-0", "SDS0X1")]),
        ({"sen55-0": {"pm10"}}, [Adopted(3, "sen55-0", "SEN55")]),
        ({"esphome-0": {"temperature", "air_pressure"}}, [Adopted(2, "esphome-0", "BME280")]),
        ({"pm-0": {"no2"}}, []),
        ({"sps30-0": {"pm10"}}, []),
        ({"garden": {"pm10"}, "sds011-0": {"pm10"}}, [Adopted(1, "sds011-0", "SDS011"), Adopted(3, "garden", "SEN5X")]),
        ({"sds011-0": {"pm10"}, "sds011-1": {"pm10"}}, [Adopted(1, "sds011-0", "SDS011")]),
    ],
)  # fmt: skip
def test_a_sensor_told_of_takes_the_name_of_its_model_or_of_its_properties(
    named: dict[str, set[str]], found: list[Adopted]
) -> None:
    """The same model is the same sensor; a name of no model is the one that measures it; another model is another."""
    assert adopt([SDS, BME, SEN], named) == found


def test_two_of_a_model_are_told_apart() -> None:
    """A second sensor of a model has a number, and neither name is one that a message can have."""
    assert told_names(["sds011", "SDS0X1", "BME280"]) == ["SDS011", "SDS011-2", "BME280"]
    assert all(name != name.lower() for name in told_names(list(MODELS)))


def test_what_models_measure_is_in_the_vocabulary() -> None:
    """Every model of the list is its own family, and measures properties that have a unit."""
    assert all(family(model) == model for model in MODELS)
    assert {each for measured in MODELS.values() for each in measured} <= UNITS.keys()


def test_a_wrong_model_is_answered_with_those_that_are_near() -> None:
    """A typing error is told with the nearest names; a type of a family is known."""
    assert "BME280" in str(fault("BME28O"))
    assert fault("sht31", ("temperature",)) is None
    assert "measures" in str(fault("SHT31", ("pm10",)))
