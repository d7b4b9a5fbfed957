"""An OpenID provider on loopback, which signs in whom a test wants, and lies as a test wants."""

import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "luchtbrug-test", "a secret that only the two know"
_KEY, _STRANGER = RSAKey.generate_key(2048, {"kid": "one"}), RSAKey.generate_key(2048, {"kid": "one"})


@dataclass
class Provider:
    """The provider; `claims` go over what is true, `described` over its description."""

    address: str = ""
    roles: list[str] = field(default_factory=lambda: ["data_officer"])
    claims: dict[str, Any] = field(default_factory=dict)
    described: dict[str, Any] = field(default_factory=dict)
    foreign_key: bool = False
    redirects: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def be_truthful(self) -> None:
        """Tell the truth again."""
        self.roles, self.claims, self.described = ["data_officer"], {}, {}
        self.foreign_key = self.redirects = False

    def routes(self) -> list[Route]:
        """Give its paths."""
        return [
            Route("/.well-known/openid-configuration", self.describe),
            Route("/authorize", self.authorize),
            Route("/token", self.token, methods=["POST"]),
            Route("/keys", self.keys),
            Route("/logout", lambda _: HTMLResponse("out")),
        ]

    def describe(self, _request: Request) -> Response:
        """Describe itself, or lead elsewhere."""
        if self.redirects:
            return RedirectResponse(f"{self.address}/elsewhere")
        ours = {name: f"{self.address}/{name.split('_')[0]}" for name in ("token_endpoint",)}
        ours |= {"authorization_endpoint": f"{self.address}/authorize", "jwks_uri": f"{self.address}/keys"}
        ours |= {"issuer": self.address, "end_session_endpoint": f"{self.address}/logout"}
        return JSONResponse({**ours, **self.described})

    def authorize(self, request: Request) -> Response:
        """Let somebody in at once, as one who is signed in there already."""
        query = dict(request.query_params)
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        back = urlencode({"code": code, "state": query["state"], "iss": self.address})
        return RedirectResponse(f"{query['redirect_uri']}?{back}", 302)

    def grant(self, nonce: str, verifier: str) -> str:
        """Give a code without anybody's browser."""
        code = f"granted-{len(self.codes)}"
        self.codes[code] = {"nonce": nonce, "code_challenge": _challenge(verifier)}
        return code

    async def token(self, request: Request) -> Response:
        """Exchange a code, once, for who knows its verifier and the client's secret."""
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        query = self.codes.pop(form["code"], None)
        self.asked.append(request.headers.get("authorization", ""))
        if query is None or _challenge(form["code_verifier"]) != query["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        said = {"iss": self.address, "aud": CLIENT, "sub": "s-123", "iat": now, "exp": now + 300}
        said |= {"nonce": query["nonce"], "name": "Data <b>Officer</b>", "roles": self.roles}
        claims = {name: value for name, value in {**said, **self.claims}.items() if value is not None}
        key = _STRANGER if self.foreign_key else _KEY
        return JSONResponse(
            {
                "access_token": "x",
                "token_type": "Bearer",
                "id_token": jwt.encode({"alg": "RS256", "kid": "one"}, claims, key),
            }
        )

    def keys(self, _request: Request) -> Response:
        """Publish the key."""
        return JSONResponse({"keys": [{**_KEY.as_dict(private=False), "use": "sig", "alg": "RS256"}]})


@contextmanager
def provider() -> Iterator[Provider]:
    """Run one on a free port."""
    one = Provider()
    server = uvicorn.Server(
        uvicorn.Config(Starlette(routes=one.routes()), port=0, log_level="warning", ws="none", access_log=False)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the provider ended at its start"
            time.sleep(0.005)
        one.address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        yield one
    finally:
        server.should_exit = True
        thread.join()


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
