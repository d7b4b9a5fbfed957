"""Pages by key: one row more than asked for tells whether there is a next page, and nothing is ever counted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import quote

from fastapi import Request

from api.cursors import encode_cursor
from api.models.base import Link
from api.settings import ApiSettings

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of a page, and where the next one is."""

    rows: Sequence[Row]
    next: str | None
    links: list[Link]

    @property
    def header(self) -> str:
        """Write the value of the `Link` header (RFC 8288)."""
        return ", ".join(f'<{link.href}>; rel="{link.rel}"' for link in self.links)


def cut(request: Request, rows: Sequence[Row], limit: int, *, key: Callable[[Row], str]) -> Page[Row]:
    """Cut `limit` + 1 fetched rows to a page; `key` names the column that pages go by, as text."""
    links = [Link(rel="self", href=_href(request))]
    if len(rows) <= limit:
        return Page(rows, None, links)
    cursor = encode_cursor(key(rows[limit - 1]))
    links.append(Link(rel="next", href=_href(request, after=cursor)))
    return Page(rows[:limit], cursor, links)


def _href(request: Request, **changed: str) -> str:
    """Write the request's own address: below the configured base, else relative to the host (a Host header may lie)."""
    settings: ApiSettings = request.app.state.settings
    url = request.url.include_query_params(**changed) if changed else request.url
    query = f"?{url.query}" if url.query else ""
    return f"{settings.base_url or ''}{quote(request.scope['path'])}{query}"  # `url.path` has lost its percent signs
