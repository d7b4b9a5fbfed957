"""Static files: types, compression, and how long they are kept."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from api.web.static_files import PageFiles
from tests import patient

SCRIPT = b"export const answer = 42;\n"


@pytest.fixture
def files(tmp_path: Path, serve: Callable[[FastAPI], AbstractContextManager[str]]) -> Iterator[httpx.Client]:
    """Serve a folder with a script that has been compressed and an outline that has not."""
    (tmp_path / "one.mjs").write_bytes(SCRIPT)
    (tmp_path / "one.mjs.gz").write_bytes(gzip.compress(SCRIPT))
    (tmp_path / "outline.geojson").write_text("{}")
    app = FastAPI()
    app.mount("/static", PageFiles(directory=tmp_path))
    with serve(app) as url, patient.Client(base_url=f"{url}/static") as client:
        yield client


def test_a_compressed_script_is_still_a_script(files: httpx.Client) -> None:
    """Where gzip is taken it is sent, as JavaScript, and unpacks to the same bytes."""
    answer = files.get("/one.mjs", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.content == SCRIPT


def test_the_smaller_coding_wins_where_it_is_taken(files: httpx.Client, tmp_path: Path) -> None:
    """Brotli before gzip; who refuses it gets gzip."""
    (tmp_path / "one.mjs.br").write_bytes(b"packed")
    with files.stream("GET", "/one.mjs", headers={"Accept-Encoding": "gzip, br"}) as answer:
        assert answer.headers["content-encoding"] == "br"
        assert b"".join(answer.iter_raw()) == b"packed"
    assert files.get("/one.mjs", headers={"Accept-Encoding": "br;q=0, gzip"}).headers["content-encoding"] == "gzip"


def test_without_gzip_the_plain_file_is_sent(files: httpx.Client) -> None:
    """Who does not take gzip, and a file without a compressed twin, get the file itself."""
    plain = files.get("/one.mjs", headers={"Accept-Encoding": "identity"})
    outline = files.get("/outline.geojson")
    assert "content-encoding" not in plain.headers
    assert plain.content == SCRIPT
    assert (outline.headers["content-type"], outline.text) == ("application/geo+json", "{}")


def test_only_an_address_with_a_version_is_kept_for_ever(files: httpx.Client) -> None:
    """Without v= a browser asks again after minutes, and gets 304 while nothing has changed."""
    assert "immutable" in files.get("/one.mjs?v=1").headers["cache-control"]
    first = files.get("/one.mjs")
    assert first.headers["cache-control"] == "public, max-age=300"
    assert files.get("/one.mjs", headers={"If-None-Match": first.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("path", ["/../pages.py", "/%2e%2e/pages.py", "/none.js"])
def test_nothing_outside_the_folder_is_served(files: httpx.Client, path: str) -> None:
    """A path that leaves the folder is as unknown as one that never was."""
    assert files.get(path).status_code == 404
