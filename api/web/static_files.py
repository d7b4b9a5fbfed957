"""The static files of the page: compressed once when built, kept by browsers for as long as their address holds."""

import mimetypes
from os import PathLike, stat_result
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOREVER = "public, max-age=31536000, immutable"  # the address has the content's hash in it
SHORT = "public, max-age=300"
POLICY = "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"  # a worker's own policy: it fetches tiles

# The system's table differs from machine to machine, and a browser runs no module of another type.
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".geojson": "application/geo+json"}


_PACKED = (("br", ".br"), ("gzip", ".gz"))  # the smaller first


class PageFiles(StaticFiles):
    """Static files that are sent as the `.br` or `.gz` beside them where there is one and the caller takes it."""

    def file_response(
        self, full_path: str | PathLike[str], stat_result: stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Answer with a file, or 304, with the type of the plain file in either case."""
        plain = Path(full_path)
        coding, sent = _smallest(plain, Headers(scope=scope).get("accept-encoding", ""))
        response = super().file_response(sent, sent.stat() if coding else stat_result, scope, status_code)
        if coding and response.status_code != 304:
            response.headers["Content-Encoding"] = coding
        _complete(response.headers, plain, scope)
        return response


def kept(scope: Scope) -> str:
    """Say how long what is asked for may be kept: for ever where its address names its content, else minutes."""
    return FOREVER if b"v=" in scope["query_string"] else SHORT


def _smallest(plain: Path, taken: str) -> tuple[str | None, Path]:
    """Choose what is sent of a file: its coding, None for the file itself, and the path."""
    codings = {
        entry.partition(";")[0].strip() for entry in taken.split(",") if not entry.replace(" ", "").endswith(";q=0")
    }
    for coding, ending in _PACKED:
        packed = plain.with_name(plain.name + ending)
        if coding in codings and packed.is_file():
            return coding, packed
    return None, plain


def _complete(headers: MutableHeaders, plain: Path, scope: Scope) -> None:
    kind = _TYPES.get(plain.suffix) or mimetypes.guess_type(plain.name)[0] or "application/octet-stream"
    headers["Content-Type"] = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
    headers["Cache-Control"] = kept(scope)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Content-Security-Policy"] = POLICY
    headers.add_vary_header("Accept-Encoding")
