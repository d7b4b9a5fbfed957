"""The applications that the benchmarks of the API compare: ours, and one that only sends bytes from memory."""

import json
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
    """Build an application that answers everything with what lies in BENCH_BODY, or to If-None-Match with its 304.

    Both are whole answers of ours as they went over the line: the same status, headers and body from memory.
    """
    kept = json.loads(Path(os.environ["BENCH_ANSWERS"]).read_text())
    body = Path(os.environ["BENCH_BODY"]).read_bytes()
    full, unchanged = (
        {"type": "http.response.start", "status": status, "headers": [(n.encode(), v.encode()) for n, v in headers]}
        for status, headers in kept
    )

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        known = any(name == b"if-none-match" for name, _ in scope["headers"])
        await send(unchanged if known else full)
        await send({"type": "http.response.body", "body": b"" if known else body})

    return app
