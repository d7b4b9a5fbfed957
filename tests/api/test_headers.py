"""Headers of every answer, entity tags, HEAD, compression and other origins."""

import httpx
import pytest

from api.openapi import VERSION

ANSWERS = [
    ("GET", "/stations", 200),
    ("HEAD", "/stations", 200),
    ("GET", "/openapi.json", 200),
    ("GET", "/stations?limit=0", 400),
    ("GET", "/nothing", 404),
    ("POST", "/stations", 405),
    ("GET", "/stations?f=xml", 406),
]


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_every_answer_carries_version_and_protection(client: httpx.Client, method: str, path: str, status: int) -> None:
    """Success or error, an answer has the exact version, opens to all origins and forbids everything else."""
    answer = client.request(method, path)

    assert answer.status_code == status
    assert answer.headers["api-version"] == VERSION
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "server" not in answer.headers
    assert answer.headers["cache-control"] == (
        "public, max-age=60, stale-while-revalidate=300" if status == 200 else "no-store"
    )


@pytest.mark.parametrize("sent", ["{}", '"other", {}', "*", "strong"])
def test_who_has_the_state_gets_a_304(client: httpx.Client, sent: str) -> None:
    """With the tag among those sent, weakly compared, the answer is a 304 without body and with the same tag."""
    tag = client.get("/stations").headers["etag"]
    known = tag.removeprefix("W/") if sent == "strong" else sent.format(tag)

    answer = client.get("/stations", headers={"If-None-Match": known})

    assert answer.status_code == 304
    assert answer.content == b""
    assert answer.headers["etag"] == tag
    assert answer.headers["api-version"] == VERSION


def test_another_state_is_sent_in_full(client: httpx.Client) -> None:
    """A tag of another state does not spare the body."""
    answer = client.get("/stations", headers={"If-None-Match": 'W/"0"'})

    assert answer.status_code == 200
    assert answer.json()["items"]


def test_the_tag_follows_the_content(client: httpx.Client) -> None:
    """The same content has the same tag, other content another."""
    first = client.get("/stations?limit=1").headers["etag"]

    assert client.get("/stations?limit=1").headers["etag"] == first
    assert client.get("/stations?limit=1&f=geojson").headers["etag"] != first


def test_head_is_get_without_body(client: httpx.Client) -> None:
    """HEAD has the headers of GET and no body."""
    head, get = client.head("/stations"), client.get("/stations")

    assert head.content == b""
    for name in ("etag", "content-type", "link"):
        assert head.headers[name] == get.headers[name]


def test_large_answers_are_compressed(client: httpx.Client) -> None:
    """A caller that takes gzip gets the same document in fewer bytes under the same tag."""
    plain = client.get("/openapi.json", headers={"Accept-Encoding": "identity"})
    small = client.get("/openapi.json", headers={"Accept-Encoding": "gzip"})

    assert small.headers["content-encoding"] == "gzip"
    assert int(small.headers["content-length"]) < len(plain.content) / 4
    assert small.json() == plain.json()
    assert small.headers["etag"] == plain.headers["etag"]
    assert "accept-encoding" in plain.headers["vary"].lower()


def test_other_origins_may_ask_beforehand(client: httpx.Client) -> None:
    """A preflight from any origin is allowed to GET."""
    answer = client.options(
        "/stations", headers={"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}
    )

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "GET" in answer.headers["access-control-allow-methods"]
