"""OGC API Features on the shared database of het Gooi."""

from collections.abc import Iterator

import httpx
import pytest

from tests import patient


@pytest.fixture(scope="session")
def features_url(client: httpx.Client) -> str:
    """Give the address of the landing page."""
    return str(client.base_url).replace("/v1/", "/features/")


@pytest.fixture(scope="session")
def features(features_url: str) -> Iterator[httpx.Client]:
    """Ask the surface; paths are relative to its root."""
    with patient.Client(base_url=features_url) as client:
        yield client
