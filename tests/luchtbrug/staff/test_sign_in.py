"""Signing in at a real OpenID provider on loopback, and everything that somebody may try instead."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response

from luchtbrug.roles import Role
from luchtbrug.staff.sessions import Sessions
from tests import patient
from tests.luchtbrug.staff.conftest import House, csrf, rows

COOKIE = "luchtbrug-staff"


def go(house: House, back: str = "/desk") -> httpx.Response:
    """Sign in by the provider, and return the answer to what the browser brings back."""
    start = house.client.get("/staff/sign-in/start", params={"back": back})
    assert start.status_code == 303, start.text
    return house.client.get(returned(start.headers["location"]))


def returned(address: str) -> str:
    """Let the provider answer, and return where it sends the browser."""
    location: str = patient.get(address).headers["location"]
    return location


def test_a_member_signs_in_acts_and_signs_out(house: House) -> None:
    """The provider's role counts, the cookie is out of a script's reach, and after signing out it opens nothing."""
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
    stolen = patient.get(f"{house.client.base_url}/desk", headers=kept)
    assert (stolen.status_code, urlsplit(stolen.headers["location"]).path) == (303, "/staff/sign-in")
    assert [row for row in house.actions() if row[0] == "oidc:s-123"] == [
        ("oidc:s-123", "staff.signed_in", ""), ("oidc:s-123", "staff.signed_out", ""),
    ]  # fmt: skip
    assert rows(house.database_url, "SELECT * FROM restricted.staff_session") == []


def test_the_request_is_bound_to_browser_and_client(shared: House) -> None:
    """State, nonce and PKCE are there and fresh; the client proves itself at the token endpoint."""
    asked = [parse_qs(urlsplit(shared.client.get("/staff/sign-in/start").headers["location"]).query) for _ in range(2)]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]
    assert asked[0]["scope"] == ["openid profile"]
    go(shared)
    assert shared.provider.asked[-1].startswith("Basic ")


def test_a_session_gets_another_secret_than_the_sign_in(shared: House) -> None:
    """Whoever put a cookie into the browser before knows nothing afterwards."""
    start = shared.client.get("/staff/sign-in/start")
    planted = shared.client.cookies[COOKIE]
    shared.client.get(returned(start.headers["location"]))
    assert shared.client.cookies[COOKIE] != planted
    answer = patient.get(f"{shared.client.base_url}/desk", headers={"Cookie": f"{COOKIE}={planted}"})
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
def test_a_word_that_does_not_hold_lets_nobody_in(shared: House, claims: dict[str, Any], seen: int) -> None:
    """A token with another nonce, issuer or audience, without a subject, or that is over, is refused."""
    shared.provider.claims = claims
    assert go(shared).status_code == seen
    assert shared.client.get("/desk").status_code == 303


def test_a_token_that_somebody_else_signed_lets_nobody_in(shared: House) -> None:
    """The signature has to be by a key that the provider publishes."""
    shared.provider.foreign_key = True
    assert go(shared).status_code == 403


def test_an_answer_that_was_not_asked_for_is_refused(shared: House) -> None:
    """Without state, with another one, in another browser, or of another issuer, a code is good for nothing."""
    start = shared.client.get("/staff/sign-in/start").headers["location"]
    answer = returned(start)
    parts = urlsplit(answer)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    attempts = (
        {**query, "state": ""}, {**query, "state": "x" + query["state"]}, {**query, "state": query["state"] + "x"},
        {**query, "iss": "https://elsewhere.example.org"}, {"state": query["state"]},
    )  # fmt: skip
    seen = [shared.client.get(parts.path, params=attempt).status_code for attempt in attempts]
    assert seen == [400, 400, 400, 403, 403]
    assert patient.get(answer).status_code == 400  # another browser, without the cookie
    assert shared.client.get(answer).status_code == 303
    assert shared.client.get(answer).status_code in (400, 403)  # once


def test_somebody_without_a_role_here_gets_no_session(shared: House) -> None:
    """A role that means nothing here is no role; of several the one that may do most counts."""
    shared.provider.roles = ["Domain Users"]
    assert go(shared).status_code == 403
    assert "no role here" in go(shared).text
    shared.provider.roles = ["viewer", "administrator", "viewer"]
    assert go(shared).status_code == 303
    assert "administrator" in shared.client.get("/desk").text


@pytest.mark.parametrize("back", ["https://evil.example.org", "//evil.example.org", "/desk//evil", "/\\evil", "/staff"])
def test_a_sign_in_leads_nowhere_outside(shared: House, back: str) -> None:
    """Where to go on is a page of the desk, whatever the address says."""
    assert go(shared, back).headers["location"] == "/desk"


def test_tries_with_a_password_are_counted(house: House) -> None:
    """After six in a row even the right password has to wait; a wrong name is answered as a wrong password."""
    token = csrf(house.client.get("/staff/sign-in").text)
    wrong = {"csrf": token, "name": "nobody", "password": "wrong"}
    answers = [house.client.post("/staff/sign-in", data=wrong, headers=house.origin) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [403] * 6 + [429]
    right = {"csrf": token, "name": "viewer", "password": house.passwords[Role.VIEWER]}
    for _ in range(6):
        house.client.post("/staff/sign-in", data={**right, "password": "wrong"}, headers=house.origin)
    assert house.client.post("/staff/sign-in", data=right, headers=house.origin).status_code == 429


def test_a_form_of_another_site_signs_nobody_in(shared: House) -> None:
    """Without the cookie's secret, or from another origin, the right password is refused."""
    right = {"name": "viewer", "password": shared.passwords[Role.VIEWER]}
    token = csrf(shared.client.get("/staff/sign-in").text)
    foreign = {"Origin": "https://evil.example.org"}
    assert shared.client.post("/staff/sign-in", data=right, headers=shared.origin).status_code == 403
    assert shared.client.post("/staff/sign-in", data={**right, "csrf": token}, headers=foreign).status_code == 403
    assert shared.client.post("/staff/sign-in", data={**right, "csrf": token}).status_code == 403
    assert shared.client.post("/staff/sign-in", data={**right, "csrf": token}, headers=shared.origin).status_code == 303


def test_behind_tls_the_cookie_is_of_this_host_alone() -> None:
    """With an https address the cookie is Secure and carries the prefix that browsers hold to it."""
    answer = Response()
    scope = {"type": "http", "headers": [(b"host", b"lucht.example.org")], "scheme": "http", "path": "/"}
    Sessions("", "https://lucht.example.org").prepare(answer, Request(scope))
    assert answer.headers["set-cookie"].startswith("__Host-luchtbrug-staff=")
    assert "Secure" in answer.headers["set-cookie"]
    assert "Domain" not in answer.headers["set-cookie"]
