"""What a name of a sensor's value says that it is."""

import pytest

from ingest.naming import property_of


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("particulate_matter_10m_concentration", "pm1"),  # the slug of "<1.0µm"
        ("particulate_matter_25m_concentration", "pm2_5"),
        ("particulate_matter_100m_concentration", "pm10"),
        ("pm25_10m_average", None),  # a mean of ten minutes
        ("battery_temperature", None),
    ],
)
def test_a_name_says_a_property_or_nothing(name: str, meant: str | None) -> None:
    """ESPHome's slugs have lost the point of their number; a mean over minutes is no reading."""
    assert property_of(name) == meant
