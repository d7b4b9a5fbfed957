"""SensorThings on the shared database of het Gooi."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from api.main import create_app
from api.settings import ApiSettings
from tests import patient

Get = Callable[..., dict[str, object]]


@pytest.fixture(scope="session")
def sta_url(
    gooi_url: str, gooi: dict[str, int], serve: Callable[[FastAPI], AbstractContextManager[str]]
) -> Iterator[str]:
    """Serve SensorThings; give the address of its root."""
    with serve(create_app(ApiSettings(database_url=SecretStr(gooi_url)))) as url:
        yield f"{url}/sta/v1.1"


@pytest.fixture(scope="session")
def sta(sta_url: str) -> Iterator[httpx.Client]:
    """Ask SensorThings; paths are relative to its root."""
    with patient.Client(base_url=sta_url) as client:
        yield client
