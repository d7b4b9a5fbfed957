"""Signing in at a real OpenID provider on loopback, and everything that somebody may try instead."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from luchtbrug.staff.roles import Role
from tests.luchtbrug.staff.conftest import House, csrf, rows
from tests.luchtbrug.staff.openid import Provider

COOKIE = "luchtbrug-staff"


def go(house: House, back: str = "/desk") -> httpx.Response:
    """Sign in by the provider, and return the answer to what the browser brings back."""
    start = house.client.get("/staff/sign-in/start", params={"back": back})
    assert start.status_code == 303, start.text
    return house.client.get(returned(start.headers["location"]))


def returned(address: str) -> str:
    """Let the provider answer, and return where it sends the browser."""
    location: str = httpx.get(address).headers["location"]
    return location


def test_a_member_signs_in_acts_and_signs_out(house: House) -> None:
    """The provider's role counts here, the cookie is out of a script's reach, and after signing out it opens nothing."""
    answer = go(house, "/desk/alerts")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/alerts")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "max-age" not in cookie  # gone with the browser
    html = house.client.get("/desk").text
    assert "Data &lt;b&gt;Officer&lt;/b&gt; · data officer" in html
    kept = {"Cookie": f"{COOKIE}={house.client.cookies[COOKIE]}"}
    left = house.client.post("/staff/sign-out", data={"csrf": csrf(html)}, headers=house.origin)
    assert left.status_code == 200
    assert f"{house.provider.address}/logout" in left.text
    assert house.client.get("/desk").status_code == 303
    stolen = httpx.get(f"{house.client.base_url}/desk", headers=kept)
    assert (stolen.status_code, urlsplit(stolen.headers["location"]).path) == (303, "/staff/sign-in")
    assert [row for row in house.actions() if row[0] == "oidc:s-123"] == [
        ("oidc:s-123", "staff.signed_in", ""), ("oidc:s-123", "staff.signed_out", ""),
    ]  # fmt: skip
    assert rows(house.database_url, "SELECT * FROM restricted.staff_session") == []


def test_the_request_is_bound_to_browser_and_client(house: House) -> None:
    """State, nonce and PKCE are there and fresh; the client proves itself at the token endpoint."""
    asked = [parse_qs(urlsplit(house.client.get("/staff/sign-in/start").headers["location"]).query) for _ in range(2)]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]
    assert asked[0]["scope"] == ["openid profile"]
    go(house)
    assert house.provider.asked[-1].startswith("Basic ")


def test_a_session_gets_another_secret_than_the_sign_in(house: House) -> None:
    """Whoever put a cookie into the browser before knows nothing afterwards."""
    start = house.client.get("/staff/sign-in/start")
    planted = house.client.cookies[COOKIE]
    house.client.get(returned(start.headers["location"]))
    assert house.client.cookies[COOKIE] != planted
    answer = httpx.get(f"{house.client.base_url}/desk", headers={"Cookie": f"{COOKIE}={planted}"})
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("claims", "seen"),
    [
        ({"nonce": "another"}, 403),
        ({"nonce": None}, 403),
        ({"iss": "https://elsewhere.example.org"}, 403),
        ({"aud": "another client"}, 403),
        ({"exp": 1_600_000_000}, 403),
        ({"sub": None}, 403),
        ({"sub": 7}, 403),
    ],
)
def test_a_word_that_does_not_hold_lets_nobody_in(house: House, claims: dict[str, Any], seen: int) -> None:
    """A token with another nonce, issuer or audience, without a subject, or that is over, is refused."""
    house.provider.claims = claims
    assert go(house).status_code == seen
    assert house.client.get("/desk").status_code == 303


def test_a_token_that_somebody_else_signed_lets_nobody_in(house: House) -> None:
    """The signature has to be by a key that the provider publishes."""
    house.provider.foreign_key = True
    assert go(house).status_code == 403


def test_an_answer_that_was_not_asked_for_is_refused(house: House) -> None:
    """Without state, with another one, in another browser, or of another issuer, a code is good for nothing."""
    start = house.client.get("/staff/sign-in/start").headers["location"]
    answer = returned(start)
    parts = urlsplit(answer)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    attempts = (
        {**query, "state": ""}, {**query, "state": "x" + query["state"]}, {**query, "state": query["state"] + "x"},
        {**query, "iss": "https://elsewhere.example.org"}, {"state": query["state"]},
    )  # fmt: skip
    seen = [house.client.get(parts.path, params=attempt).status_code for attempt in attempts]
    assert seen == [400, 400, 400, 403, 403]
    assert httpx.get(answer).status_code == 400  # another browser, without the cookie
    assert house.client.get(answer).status_code == 303
    assert house.client.get(answer).status_code in (400, 403)  # once


def test_somebody_without_a_role_here_gets_no_session(house: House) -> None:
    """A role that means nothing here is no role; of several the one that may do most counts."""
    house.provider.roles = ["Domain Users"]
    assert go(house).status_code == 403
    assert "no role here" in go(house).text
    house.provider.roles = ["viewer", "administrator", "viewer"]
    assert go(house).status_code == 303
    assert "administrator" in house.client.get("/desk").text


@pytest.mark.parametrize("back", ["https://evil.example.org", "//evil.example.org", "/desk//evil", "/\\evil", "/staff"])
def test_a_sign_in_leads_nowhere_outside(house: House, back: str) -> None:
    """Where to go on is a page of the desk, whatever the address says."""
    assert go(house, back).headers["location"] == "/desk"


@pytest.mark.parametrize(
    "described",
    [
        {"token_endpoint": "http://169.254.169.254/latest/meta-data"},
        {"token_endpoint": "https://127.0.0.1:1/token"},
        {"jwks_uri": "https://192.168.1.1/keys"},
        {"jwks_uri": "file:///etc/passwd"},
    ],
)
def test_a_description_leads_into_nobodys_own_network(house: House, described: dict[str, str]) -> None:
    """What the provider names on another host has to be on the open internet, with TLS."""
    house.provider.described = described
    assert go(house).status_code == 503


def test_a_redirect_is_no_description(house: House) -> None:
    """The description of another issuer, and a redirect to one, are refused before anybody is sent there."""
    house.provider.redirects = True
    assert house.client.get("/staff/sign-in/start").status_code == 503
    house.provider.redirects, house.provider.described = False, {"issuer": "https://elsewhere.example.org"}
    assert house.client.get("/staff/sign-in/start").status_code == 503


def test_tries_with_a_password_are_counted(house: House) -> None:
    """After six in a row even the right password has to wait; a wrong name is answered as a wrong password."""
    token = csrf(house.client.get("/staff/sign-in").text)
    wrong = {"csrf": token, "name": "nobody", "password": "wrong"}
    answers = [house.client.post("/staff/sign-in", data=wrong, headers=house.origin) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [403] * 6 + [429]
    right = {"csrf": token, "name": "viewer", "password": house.passwords[Role.VIEWER]}
    assert house.client.post("/staff/sign-in", data=right, headers=house.origin).status_code == 429


def test_a_form_of_another_site_signs_nobody_in(house: House) -> None:
    """Without the cookie's secret, or from another origin, the right password is refused."""
    right = {"name": "viewer", "password": house.passwords[Role.VIEWER]}
    token = csrf(house.client.get("/staff/sign-in").text)
    foreign = {"Origin": "https://evil.example.org"}
    assert house.client.post("/staff/sign-in", data=right, headers=house.origin).status_code == 403
    assert house.client.post("/staff/sign-in", data={**right, "csrf": token}, headers=foreign).status_code == 403
    assert house.client.post("/staff/sign-in", data={**right, "csrf": token}).status_code == 403
    assert house.client.post("/staff/sign-in", data={**right, "csrf": token}, headers=house.origin).status_code == 303


def test_behind_tls_the_cookie_is_of_this_host_alone(database_url: str, truthful: Provider) -> None:
    """With an https address the cookie is Secure and carries the prefix that browsers hold to it."""
    from starlette.requests import Request
    from starlette.responses import Response

    from luchtbrug.staff.sessions import Sessions

    answer = Response()
    scope = {"type": "http", "headers": [(b"host", b"lucht.example.org")], "scheme": "http", "path": "/", "query_string": b"",
             "server": ("127.0.0.1", 8000)}  # fmt: skip
    Sessions(database_url, "https://lucht.example.org").prepare(answer, Request(scope))
    assert answer.headers["set-cookie"].startswith("__Host-luchtbrug-staff=")
    assert "Secure" in answer.headers["set-cookie"]
    assert "Domain" not in answer.headers["set-cookie"]
