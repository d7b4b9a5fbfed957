"""What a provider may say of itself, asked by our client over loopback."""

import pytest

from luchtbrug.roles import Role
from luchtbrug.staff.provider import Client, Provider, ProviderError, Secrets
from tests.luchtbrug.staff import openid

SECRETS = Secrets("state", "nonce", "v" * 64)
BACK = "http://127.0.0.1:1/staff/sign-in/back"


def ours(identity: openid.Provider, claim: str = "roles") -> Provider:
    """Make a client that knows nothing yet."""
    identity.be_truthful()
    return Provider(Client(identity.address, openid.CLIENT, openid.SECRET, claim, {"boss": Role.ADMINISTRATOR}))


@pytest.mark.parametrize(
    "described",
    [
        {"token_endpoint": "http://169.254.169.254/latest/meta-data"},
        {"token_endpoint": "https://127.0.0.1:1/token"},
        {"token_endpoint": "https://[::ffff:10.0.0.1]/token"},
        {"token_endpoint": "file:///etc/passwd"},
        {"token_endpoint": None},
        {"authorization_endpoint": "http://elsewhere.example.org/"},
        {"issuer": "https://elsewhere.example.org"},
    ],
)
def test_a_description_leads_into_nobodys_own_network(
    identity: openid.Provider, described: dict[str, str | None]
) -> None:
    """What is named on another host has to be on the open internet, with TLS; another issuer's description is none."""
    client = ours(identity)
    identity.described = described
    code = identity.grant(SECRETS.nonce, SECRETS.verifier)

    def whole_way() -> None:
        client.way_in(SECRETS, BACK)
        client.person(code, SECRETS, BACK)

    with pytest.raises(ProviderError, match=r"UrlRefused|without TLS|has no token_endpoint|another issuer"):
        whole_way()


def test_a_redirect_is_no_description(identity: openid.Provider) -> None:
    """Wherever it leads, it is not followed."""
    client = ours(identity)
    identity.redirects = True
    with pytest.raises(ProviderError):
        client.way_in(SECRETS, BACK)


def test_a_provider_that_is_away_is_an_error_of_its_own() -> None:
    """Nobody listens: the sentence holds no secret."""
    client = Provider(Client("http://127.0.0.1:1", openid.CLIENT, openid.SECRET, "roles", {}))
    with pytest.raises(ProviderError) as caught:
        client.way_in(SECRETS, BACK)
    assert openid.SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("claim", "claims", "role"),
    [
        ("roles", {"roles": ["boss"]}, Role.ADMINISTRATOR),
        ("roles", {"roles": "boss"}, Role.ADMINISTRATOR),
        ("realm_access.roles", {"realm_access": {"roles": ["x", "boss"]}}, Role.ADMINISTRATOR),
        ("https://example.org/roles", {"https://example.org/roles": ["boss"]}, Role.ADMINISTRATOR),
        ("roles", {"roles": {"boss": True}}, None),
        ("roles", {"roles": [["boss"], 7, None]}, None),
        ("realm_access.roles", {"realm_access": "boss"}, None),
    ],
)
def test_roles_are_found_where_providers_put_them(
    identity: openid.Provider, claim: str, claims: dict[str, object], role: Role | None
) -> None:
    """A list or a word, at the top or below; what has another shape is no role."""
    client = ours(identity, claim)
    identity.claims = claims
    code = identity.grant(SECRETS.nonce, SECRETS.verifier)
    assert client.person(code, SECRETS, BACK).role is role
