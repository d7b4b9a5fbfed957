"""The headers that keep the page to itself: its own files, its own data, and the tiles that were configured."""

from urllib.parse import urlsplit


def page_headers(tiles_url: str | None) -> dict[str, str]:
    """Return the headers of every HTML answer."""
    return {
        "Content-Security-Policy": content_security_policy(tiles_url),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Strict-Transport-Security": "max-age=31536000",  # browsers ignore it where there is no TLS
        "Cache-Control": "no-cache",  # a value that is shown must not be older than it says
        "Vary": "Accept-Language",
    }


def content_security_policy(tiles_url: str | None) -> str:
    """Write the policy; MapLibre fetches tiles, so their origin is added to connections as well as to images."""
    tiles = f" {origin(tiles_url)}" if tiles_url else ""
    return "; ".join(
        (
            "default-src 'self'",
            "worker-src 'self' blob:",
            f"img-src 'self' data: blob:{tiles}",  # MapLibre hands decoded tiles on as blobs
            f"connect-src 'self'{tiles}",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def origin(url: str) -> str:
    """Return scheme and host of a URL: all that a policy may name; ValueError where it has none."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"tiles_url {url!r} has no http(s) origin")
    return f"{parts.scheme}://{parts.netloc}"
