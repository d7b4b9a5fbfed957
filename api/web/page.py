"""One HTML answer: the template, the language, links that keep it, and the headers."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from hashlib import blake2b
from pathlib import Path
from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.settings import ApiSettings
from api.web import wording
from api.web.security import page_headers
from api.web.theme import load_theme
from validation import flags

HERE = Path(__file__).parent
STATIC = HERE / "static"
NAVIGATION = (
    ("/", "nav.map"),
    ("/areas", "nav.areas"),
    ("/campaigns", "nav.campaigns"),
    ("/connect", "nav.connect"),
    ("/transparency", "nav.transparency"),
    ("/about", "nav.about"),
)
"""Path → message: what every page leads to."""

PACKED = 1000  # [bytes]; below that packing saves nothing

_environment = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,  # station names are written by strangers
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.globals.update(
    flag_names=flags.names,
    stamp=wording.stamp,
    readable_unit=wording.readable_unit,
    zone=wording.ZONE,
    hour=timedelta(hours=1),
)


@dataclass(frozen=True, slots=True)
class Links:
    """Links of one answer: they keep the language where the reader chose it in the address."""

    path: str
    query: Mapping[str, str]

    def to(self, path: str, **query: str) -> str:
        """Link to another page."""
        kept = {"lang": self.query["lang"]} if "lang" in self.query else {}
        return _address(path, {**{name: text for name, text in query.items() if text}, **kept})

    def here(self, **query: str | None) -> str:
        """Link to this page with some of its query replaced, or, by None, left out."""
        wanted = {**self.query, **query}
        return _address(self.path, {name: text for name, text in wanted.items() if text is not None})

    def asset(self, name: str) -> str:
        """Link to a static file; its content is part of the address, so that a new one is never an old one."""
        file = STATIC / name
        return f"/static/{name}?v={_digest(file, file.stat().st_mtime_ns)}"

    def built(self, name: str) -> bool:
        """Tell whether a bundle has been built; without node the page does with its tables."""
        return (STATIC / "build" / name).is_file()


def render(request: Request, template: str, *, status: int = 200, **context: object) -> HTMLResponse:
    """Answer with a template; `w` is the wording, `links` the links, the rest is what the template names."""
    settings: ApiSettings = request.app.state.settings
    words = words_of(request)
    body = _environment.get_template(template).render(
        w=words,
        links=Links(request.scope["path"], dict(request.query_params)),
        languages=wording.LANGUAGES,
        navigation=NAVIGATION,
        theme=load_theme(settings.theme),
        tiles_url=settings.tiles_url,
        staff_room=getattr(request.app.state, "sessions", None) is not None,
        **context,
    )
    headers = page_headers(settings.tiles_url) | {"Content-Language": words.language}
    return packed(request, HTMLResponse(body, status, headers=headers))


def packed(request: Request, answer: HTMLResponse | Response) -> HTMLResponse:
    """Compress an answer for who takes gzip; the pages hold no secret that its length could tell."""
    answer.headers.add_vary_header("Accept-Encoding")
    if "gzip" in request.headers.get("accept-encoding", "") and len(answer.body) >= PACKED:
        answer.body = gzip.compress(bytes(answer.body), 6, mtime=0)
        answer.headers["Content-Encoding"] = "gzip"
        answer.headers["Content-Length"] = str(len(answer.body))
    return answer  # type: ignore[return-value]


def words_of(request: Request) -> wording.Wording:
    """Choose the wording of a request."""
    language = wording.choose_language(request.query_params.get("lang"), request.headers.get("accept-language", ""))
    return wording.Wording(language)


@cache
def _digest(file: Path, changed: int) -> str:
    """Hash a file; `changed` is in the key so that a rebuilt bundle gets a new address."""
    return blake2b(file.read_bytes(), digest_size=6).hexdigest()


def _address(path: str, query: Mapping[str, str]) -> str:
    """Write an address: a code of an area may hold what means something else there."""
    return f"{quote(path)}?{urlencode(query)}" if query else quote(path)
