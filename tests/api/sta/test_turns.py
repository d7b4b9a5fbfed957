"""Turns: many questions at once wait for one another; none is refused, and other surfaces go on answering."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from time import sleep

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from api.main import create_app
from api.settings import ApiSettings
from storage.connection import connect


def test_who_finds_all_turns_taken_waits(
    database_url: str, serve: Callable[[FastAPI], AbstractContextManager[str]]
) -> None:
    """Ten questions over two connections are held back for longer than a connection is waited for; all get 200."""
    settings = ApiSettings(database_url=SecretStr(database_url), pool_size=2, pool_timeout=0.2)
    with serve(create_app(settings)) as url, connect(database_url) as lock, ThreadPoolExecutor(10) as threads:
        lock.execute("LOCK TABLE station")
        asked = [threads.submit(httpx.get, f"{url}/sta/v1.1/Things?$top={number}") for number in range(1, 11)]
        sleep(0.5)
        other = httpx.get(f"{url}/v1/calibrations/none")
        lock.rollback()
        assert other.status_code == 404  # by another connection, while the questions above wait
        assert {each.result().status_code for each in asked} == {200}
