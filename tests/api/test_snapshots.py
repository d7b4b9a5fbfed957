"""Published files: the list, one snapshot, its files whole and in ranges, and nothing besides."""

import hashlib
import io

import httpx
import pyarrow.parquet as pq
import pytest

from storage.lake import Lake

from .conftest import PATIENCE, make_app, serving

MAY = "hours/year=2026/month=05/hours.parquet"


@pytest.fixture
def snapshot_id(lake: Lake) -> str:
    """Give the id of the one snapshot that is frozen."""
    [name] = lake.folders("snapshots")
    return name


def test_a_snapshot_says_how_to_cite_and_check_it(client: httpx.Client, snapshot_id: str) -> None:
    """List and detail have id, date, citation, licence; the files' lengths and checksums are those of the bytes."""
    [item] = client.get("/snapshots").json()["items"]
    detail = client.get(f"/snapshots/{snapshot_id}").json()

    assert item["id"] == snapshot_id == f"2026-05-17-{snapshot_id[-12:]}"
    assert snapshot_id in item["citation"]
    assert (item["license"], item["rows"]) == ("CC0-1.0", 6)
    assert {name: detail[name] for name in item} == item
    assert MAY in {one["path"] for one in detail["files"]}
    for one in detail["files"]:
        body = client.get(f"/snapshots/{snapshot_id}/files/{one['path']}").content
        assert (len(body), hashlib.sha256(body).hexdigest()) == (one["bytes"], one["sha256"])
        assert pq.read_metadata(io.BytesIO(body)).num_rows == one["rows"]


def test_the_files_of_the_night_are_not_frozen(client: httpx.Client) -> None:
    """`nightly` has the same files, no citation, and is kept in caches for minutes, a frozen one for a day."""
    detail = client.get("/snapshots/nightly").json()
    [frozen] = client.get("/snapshots").json()["items"]

    assert detail["citation"] == ""
    assert detail["rows"] == frozen["rows"]
    for name, kept in (("nightly", "max-age=60"), (frozen["id"], "max-age=86400")):
        assert kept in client.get(f"/snapshots/{name}/files/{MAY}").headers["cache-control"]


def test_a_file_comes_in_ranges_and_once(client: httpx.Client, snapshot_id: str) -> None:
    """A range is a 206, HEAD has the length and no body, and who has the file gets a 304."""
    path = f"/snapshots/{snapshot_id}/files/{MAY}"
    whole = client.get(path)
    part = client.get(path, headers={"Range": "bytes=0-3"})
    head = client.head(path)

    assert (part.status_code, part.content) == (206, b"PAR1")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(whole.content)))
    assert whole.headers["content-type"] == "application/vnd.apache.parquet"
    assert whole.headers["api-version"]
    assert "Content-Range" in whole.headers["access-control-expose-headers"]  # a page elsewhere reads Parquet by parts
    again = client.get(path, headers={"If-None-Match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_tag_of_one_form_alone_is_a_strong_one(client: httpx.Client, snapshot_id: str) -> None:
    """What is compressed for those who take it has a weak tag, for it stands for both; Parquet is sent as it is."""
    for path, weak in (("datapackage.json", True), ("SHA256SUMS", True), (MAY, False)):
        answer = client.get(f"/snapshots/{snapshot_id}/files/{path}", headers={"Accept-Encoding": "gzip"})
        assert answer.headers["etag"].startswith("W/") is weak, path
        again = client.get(answer.url, headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304


def test_package_and_sums_are_files_too(client: httpx.Client, snapshot_id: str) -> None:
    """The Frictionless package and the checksums lie beside the files that they list."""
    package = client.get(f"/snapshots/{snapshot_id}/files/datapackage.json").json()
    sums = client.get(f"/snapshots/{snapshot_id}/files/SHA256SUMS").text

    assert package["id"] == snapshot_id
    assert sums.splitlines() == [f"{one['sha256']}  {one['path']}" for one in package["resources"]]


@pytest.mark.parametrize(
    "path", ["hours", "../datapackage.json", "..%2Fdatapackage.json", "%2Fetc%2Fpasswd", "hours/year=2026/", "a" * 100]
)
def test_only_what_the_package_lists_is_given(client: httpx.Client, snapshot_id: str, path: str) -> None:
    """Another path is a 404, wherever it would lead."""
    assert client.get(f"/snapshots/{snapshot_id}/files/{path}").status_code == 404


def test_a_store_that_is_away_is_not_our_fault(gooi_url: str, gooi: dict[str, int]) -> None:
    """Where the files lie on another machine that does not answer, their paths are a 503 that says so."""
    with serving(make_app(gooi_url, "ftp://127.0.0.1:1/air")) as url:
        for path in ("", "/nightly", f"/nightly/files/{MAY}"):
            answer = httpx.get(f"{url}/v1/snapshots{path}", timeout=PATIENCE)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
            assert "published files" in answer.json()["detail"]


def test_without_files_there_are_no_snapshots(own_client: httpx.Client) -> None:
    """A platform that publishes no files has an empty list and a 404 for `nightly`."""
    assert own_client.get("/snapshots").json() == {"items": []}
    assert own_client.get("/snapshots/nightly").status_code == 404
    assert own_client.get("/snapshots/no-id").status_code == 400
