"""A parameter that is given twice: which of the two was meant nobody knows, so it is an error as an unknown one is."""

from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Receive, Scope, Send

AGAIN = " (again)"
"""What stands behind the name of a parameter that was there already: no path knows a parameter of such a name."""


class RepeatedParameters:
    """ASGI middleware that renames what is repeated, so that it is told with all else that is wrong, at once."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with another query where a name stands in it twice."""
        if scope["type"] == "http" and b"&" in scope["query_string"]:
            pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
            if len({name for name, _ in pairs}) < len(pairs):
                scope = {**scope, "query_string": _renamed(pairs)}
        await self.app(scope, receive, send)


def _renamed(pairs: list[tuple[str, str]]) -> bytes:
    seen: set[str] = set()
    found = []
    for name, value in pairs:
        found.append((name + AGAIN if name in seen else name, value))
        seen.add(name)
    return urlencode(dict(found)).encode("ascii")
