"""Single values: what says "no value" is none, in whatever unit it was sent."""

import pytest

from ingest.decoded import empty
from ingest.units import pressure_by_size
from ingest.values import meaning, plans, read_object, take

SENTINELS = [("air_pressure", "pa", 65535), ("co", "ppb", -999), ("co", "ppb", -9999.0), ("co", "ppb", "65535")]
"""Each of them is possible once it is converted: 655 hPa on a mountain, and carbon monoxide near zero."""


@pytest.mark.parametrize(("observed_property", "unit", "raw"), SENTINELS)
def test_a_sentinel_is_none_before_it_is_converted(observed_property: str, unit: str, raw: object) -> None:
    """Sixteen full bits of pascal are no 655 hPa."""
    told, decoded = meaning("x-0", observed_property, unit), empty()
    take(raw, told, None, decoded)
    read_object({"key": raw}, plans({"key": told}), None, decoded)
    assert (decoded.records, [each.reason for each in decoded.refused]) == ([], ["sentinel", "sentinel"])


def test_a_sentinel_has_no_size() -> None:
    """A pressure whose unit is told by its size keeps what says that there is none."""
    assert [pressure_by_size(number) for number in (65535.0, 101325.0, 101.325)] == [65535.0, 1013.25, 1013.25]
