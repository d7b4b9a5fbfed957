"""The applications that the benchmarks of the API compare: ours, and one that only sends bytes from memory."""

import os
from pathlib import Path

from fastapi import FastAPI
from pydantic import SecretStr
from starlette.types import ASGIApp, Receive, Scope, Send

from api.main import create_app
from api.settings import ApiSettings


def ours() -> FastAPI:
    """Build our application on BENCH_DATABASE."""
    return create_app(ApiSettings(database_url=SecretStr(os.environ["BENCH_DATABASE"]), requests_per_minute=10**9))


def bare() -> ASGIApp:
    """Build an application that answers everything with the bytes of BENCH_BODY, or a 304 to If-None-Match."""
    body = Path(os.environ["BENCH_BODY"]).read_bytes()
    headers = [(b"content-type", b"application/geo+json"), (b"content-encoding", b"gzip"),
               (b"content-length", str(len(body)).encode())]  # fmt: skip
    full = {"type": "http.response.start", "status": 200, "headers": headers}
    unchanged = {"type": "http.response.start", "status": 304, "headers": [(b"etag", b'W/"0"')]}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        known = any(name == b"if-none-match" for name, _ in scope["headers"])
        await send(unchanged if known else full)
        await send({"type": "http.response.body", "body": b"" if known else body})

    return app
