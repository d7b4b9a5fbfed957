"""The headers of the page."""

import pytest

from api.web.security import content_security_policy, page_headers


def directives(policy: str) -> dict[str, list[str]]:
    """Split a policy into its directives."""
    return {name: sources for name, *sources in (part.split() for part in policy.split("; "))}


def test_without_tiles_nothing_outside_the_origin_may_be_reached() -> None:
    """No directive names a host, and none allows inline or evaluated code."""
    policy = content_security_policy(None)
    sources = {source for found in directives(policy).values() for source in found}
    assert sources == {"'self'", "'none'", "blob:", "data:"}


def test_tiles_open_the_policy_for_their_origin_only() -> None:
    """Images and connections may go to the tiles' host, scripts may not, and the path is not in the policy."""
    allowed = directives(content_security_policy("https://tiles.example.org:8443/v2/{z}/{x}/{y}.png"))
    assert "https://tiles.example.org:8443" in allowed["img-src"]
    assert "https://tiles.example.org:8443" in allowed["connect-src"]
    assert allowed["default-src"] == ["'self'"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "tiles/{z}", "https://"])
def test_tiles_without_an_origin_are_refused(url: str) -> None:
    """A setting that could not be named in a policy is an error that shows it."""
    with pytest.raises(ValueError, match="tiles_url"):
        content_security_policy(url)


def test_pages_may_not_be_framed_or_sniffed() -> None:
    """The headers that keep other sites out are on every page."""
    headers = page_headers(None)
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
