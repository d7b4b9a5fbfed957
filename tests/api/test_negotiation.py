"""Which media type is chosen, and what a refusal says."""

import pytest

from api.errors import NotAcceptableError
from api.negotiation import GEOJSON, JSON, choose

BOTH = (JSON, GEOJSON)


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, JSON),
        ("*/*", JSON),
        ("application/geo+json", GEOJSON),
        ("application/geo+json;q=0.5, application/json;q=0.4", GEOJSON),
        ("application/json;q=0, */*", GEOJSON),
        ("text/html, application/*;q=0.8", JSON),
        ("Application/GEO+JSON", GEOJSON),
    ],
)
def test_the_preferred_type_is_chosen(accept: str | None, chosen: str) -> None:
    """The highest quality wins, the more specific range decides, and without a preference it is the first offered."""
    assert choose(BOTH, f=None, accept=accept) == chosen


def test_f_stands_above_accept() -> None:
    """A browser cannot set Accept, so `f` decides where both are there."""
    assert choose(BOTH, f="geojson", accept=JSON) == GEOJSON


@pytest.mark.parametrize("accept", ["text/csv", "application/json;q=0", "image/*", "application/json;q=high", ","])
def test_what_is_not_offered_is_refused(accept: str) -> None:
    """A refusal says which types are offered."""
    with pytest.raises(NotAcceptableError, match="is not offered here: accept application/json"):
        choose((JSON,), f=None, accept=accept)


def test_an_unknown_f_is_refused() -> None:
    """A refusal of `f` says which values there are."""
    with pytest.raises(NotAcceptableError, match="f=csv is not offered here: use f=json or f=geojson"):
        choose(BOTH, f="csv", accept=None)
