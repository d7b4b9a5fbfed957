"""The municipality's OpenID provider: its description and keys fetched with care, its word about somebody examined.

Authorization code flow with PKCE (OpenID Connect Core 1.0 section 3.1, RFC 7636). The operator names the issuer; what
its description leads to is on the same host or on the open internet, over HTTPS, and no redirect is followed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from luchtbrug.owner.webhook import UrlRefusedError, WebhookAwayError, aim, straight_client
from luchtbrug.roles import Role, highest

SCOPE = "openid profile"
"""What is asked of the provider: who it is, and a name to show. No address."""

ANSWER_MAX = 256 * 1024
"""The longest answer of a provider that is read [bytes]."""

_SIGNED_WITH = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
"""Algorithms of tokens: of key pairs alone; with a shared secret or none at all anybody could make them."""

_KEPT_S, _AGAIN_S = 3600.0, 60.0  # description and keys are kept so long; unknown keys are not asked for more often
_LEEWAY_S = 60  # between two clocks
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class ProviderError(Exception):
    """Nobody can be signed in now: the provider is away, or says what cannot be right. The message goes to the log."""


class RefusedError(Exception):
    """The provider's word about somebody does not hold."""


@dataclass(frozen=True, slots=True)
class Client:
    """What the provider knows this platform as, and how its roles become ours; `secret` None: PKCE alone."""

    issuer: str
    client_id: str
    secret: str | None
    roles_claim: str
    roles: Mapping[str, Role]


@dataclass(frozen=True, slots=True)
class Secrets:
    """What binds an answer to the browser that asked (RFC 6749 section 10.12, RFC 7636, OpenID Connect's nonce)."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as the provider tells of them; `role` None: none that means something here."""

    subject: str
    name: str
    role: Role | None


class Provider:
    """One provider; what it says of itself is kept for an hour."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lock = Lock()
        self._described: Mapping[str, Any] | None = None
        self._keys: KeySet | None = None
        self._described_at = self._keys_at = -_KEPT_S

    def way_in(self, secrets: Secrets, redirect_uri: str) -> str:
        """Return the address where somebody signs in. Raises ProviderError."""
        return str(
            prepare_grant_uri(
                self._endpoint("authorization_endpoint"),
                client_id=self._client.client_id,
                response_type="code",
                redirect_uri=redirect_uri,
                scope=SCOPE,
                state=secrets.state,
                nonce=secrets.nonce,
                code_challenge=create_s256_code_challenge(secrets.verifier),
                code_challenge_method="S256",
            )
        )

    def way_out(self, back: str) -> str | None:
        """Return the address where somebody signs out of the provider too, None where it has none."""
        found = self._description().get("end_session_endpoint")
        more = {"post_logout_redirect_uri": back, "client_id": self._client.client_id}
        return None if found is None else str(add_params_to_uri(self._checked(str(found)), more))

    def person(self, code: str, secrets: Secrets, redirect_uri: str) -> Person:
        """Exchange a code for the provider's word, and examine it. Raises ProviderError or RefusedError."""
        body = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        body |= {"code_verifier": secrets.verifier, "client_id": self._client.client_id}
        auth = httpx.BasicAuth(self._client.client_id, self._client.secret) if self._client.secret else None
        answer = self._asked("POST", self._endpoint("token_endpoint"), data=body, auth=auth)
        id_token, access_token = answer.get("id_token"), answer.get("access_token")
        if not isinstance(id_token, str):
            raise RefusedError("no id_token")
        claims = self._claims(id_token, secrets.nonce, access_token if isinstance(access_token, str) else None)
        shown = claims.get("name") or claims.get("preferred_username") or ""
        return Person(f"oidc:{claims['sub']}", str(shown), self._role(claims))

    def issued(self, issuer: str | None) -> bool:
        """Tell whether an answer is of this provider, where it says of whom it is (RFC 9207)."""
        return issuer is None or issuer == self._client.issuer

    def _claims(self, id_token: str, nonce: str, access_token: str | None) -> Mapping[str, Any]:
        """Check signature, issuer, audience, times, nonce and at_hash (OpenID Connect Core section 3.1.3.7)."""
        registry = JWSRegistry(algorithms=list(_SIGNED_WITH), strict_check_header=False)
        try:
            try:
                token = jwt.decode(id_token, self._key_set(), registry=registry)
            except (JoseError, ValueError):
                token = jwt.decode(id_token, self._key_set(anew=True), registry=registry)
            wanted = {
                "iss": {"essential": True, "value": self._client.issuer},
                "aud": {"essential": True, "value": self._client.client_id},
            }
            parameters = {"nonce": nonce, "client_id": self._client.client_id, "access_token": access_token}
            claims = CodeIDToken(token.claims, token.header, wanted, parameters)
            claims.validate(leeway=_LEEWAY_S)
        except (JoseError, ValueError, TypeError) as error:
            raise RefusedError(f"id_token: {type(error).__name__}") from error
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
            raise RefusedError("sub is no name")
        found: Mapping[str, Any] = claims
        return found

    def _role(self, claims: Mapping[str, Any]) -> Role | None:
        found: Any = claims.get(self._client.roles_claim)
        if found is None:  # Keycloak nests them: realm_access.roles
            found = claims
            for part in self._client.roles_claim.split("."):
                found = found.get(part) if isinstance(found, Mapping) else None
        said = [found] if isinstance(found, str) else found if isinstance(found, list) else []
        ours = self._client.roles
        return highest(frozenset(ours[one] for one in said if isinstance(one, str) and one in ours))

    def _endpoint(self, name: str) -> str:
        found = self._description().get(name)
        if not isinstance(found, str):
            raise ProviderError(f"the provider's description has no {name}")
        return self._checked(found)

    def _description(self) -> Mapping[str, Any]:
        with self._lock:
            if self._described is None or monotonic() - self._described_at > _KEPT_S:
                found = OpenIDProviderMetadata(
                    self._asked("GET", get_well_known_url(self._client.issuer, external=True))
                )
                if found.get("issuer") != self._client.issuer:
                    raise ProviderError("the description is of another issuer than LUCHTBRUG_OIDC_ISSUER")
                self._described, self._described_at = found, monotonic()
            return self._described

    def _key_set(self, *, anew: bool = False) -> KeySet:
        uri = self._endpoint("jwks_uri")
        with self._lock:
            if self._keys is None or monotonic() - self._keys_at > (_AGAIN_S if anew else _KEPT_S):
                try:
                    self._keys = KeySet.import_key_set(self._asked("GET", uri))  # type: ignore[arg-type]
                except (JoseError, ValueError, TypeError, KeyError) as error:
                    raise ProviderError(f"its keys cannot be read ({type(error).__name__})") from error
                self._keys_at = monotonic()
            return self._keys

    def _checked(self, url: str) -> str:
        """Return an address that the provider may lead to, else ProviderError."""
        issuer, parts = urlsplit(self._client.issuer), urlsplit(url)
        if parts.scheme == "https" or (parts.netloc == issuer.netloc and parts.hostname in _LOOPBACK):
            return url
        raise ProviderError("the provider leads to an address without TLS")

    def _asked(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        """Ask the provider and read a JSON object. A redirect is no answer."""
        own = urlsplit(url).netloc == urlsplit(self._client.issuer).netloc
        try:
            target = aim(self._checked(url), private=own)
            headers = {"Host": target.host, "Accept": "application/json"}
            with (
                straight_client() as client,
                client.stream(method, target.url, headers=headers, extensions=target.extensions, **more) as answer,
            ):
                content = _bounded(answer)
            found = msgspec.json.decode(content)
        except (UrlRefusedError, WebhookAwayError, httpx.HTTPError, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ProviderError(f"{type(error).__name__}: {error}"[:200]) from error
        if answer.status_code == httpx.codes.BAD_REQUEST and "error" in (found if isinstance(found, dict) else {}):
            raise RefusedError(f"the provider says {str(found['error'])[:40]}")
        if answer.status_code != httpx.codes.OK or not isinstance(found, dict):
            raise ProviderError(f"status {answer.status_code}")
        return found


def _bounded(answer: httpx.Response) -> bytes:
    content = bytearray()
    for piece in answer.iter_bytes():
        content += piece
        if len(content) > ANSWER_MAX:
            raise ProviderError(f"an answer of more than {ANSWER_MAX} bytes")
    return bytes(content)
