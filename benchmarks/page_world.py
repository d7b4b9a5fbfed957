"""A page that shows everything: the demo with areas, a campaign with tubes and leaves, and a member of staff signed in.

`showing()` runs one of its own (five weeks of 40 stations: some minutes) and ends it. `showing(URL, FOLDER)`
fills the demo that runs at an address with its data in a folder. `showing(URL)` looks from outside, at what everybody
sees.
"""

import os
import re
import runpy
import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

import httpx
import psycopg
from playwright.sync_api import BrowserContext, Page

import storage.areas
from benchmarks.page_views import AREAS, View, with_language
from luchtbrug.areas.files import features
from luchtbrug.areas.outlines import areas, columns_of
from luchtbrug.database import embedded
from luchtbrug.roles import Role
from luchtbrug.staff import account_book
from storage.audit import COMMAND
from storage.connection import connect

CAMPAIGN = Path(__file__).parents[1] / "tests" / "luchtbrug" / "campaigns" / "no2.py"
"""The campaign that tests make too; run as a file, as a library has a package `tests` of its own."""

STATIONS = 40
PATIENCE = 1800.0  # [s] for the demo's history
ADDRESS = "http://127.0.0.1:{}"


@dataclass(frozen=True, slots=True)
class World:
    """Where the page is, and the cookie of the member who looks: name and value; none looks from outside."""

    base: str
    cookie: tuple[str, str] | None = None

    @property
    def headers(self) -> dict[str, str]:
        """Give the headers that a request of the member has."""
        return {"Cookie": "=".join(self.cookie)} if self.cookie else {}


@contextmanager
def showing(base: str = "", folder: str = "") -> Iterator[World]:
    """Give a page that shows everything, or the one that was named."""
    if base and not folder:
        yield World(base.rstrip("/"))
    elif base:
        yield fill(base.rstrip("/"), Path(folder))
    else:
        made = tempfile.TemporaryDirectory(prefix="luchtbrug-page-", ignore_cleanup_errors=True)
        with made as place, _demo(Path(place)) as address:
            yield fill(address, Path(place))


def open_view(context: BrowserContext, world: World, view: View, language: str) -> Page:
    """Open a view in a tab, as the member where it is for members."""
    if view.inside and world.cookie:
        context.add_cookies([{"name": world.cookie[0], "value": world.cookie[1], "url": world.base}])
    tab = context.new_page()
    tab.goto(world.base + with_language(view.path, language))
    return tab


def fill(base: str, folder: Path) -> World:
    """Add to a demo what it has not by itself, unless it is there, and sign in."""
    now = datetime.now(UTC)
    with embedded(folder / "demo-1" / "postgres") as url, connect(url) as conn:
        _load_areas(conn, now)
        _start_campaign(conn, now)
        name = f"looker-{secrets.token_hex(4)}"
        password = account_book.add(conn, COMMAND, name, Role.ADMINISTRATOR, now)
        conn.commit()
    return World(base, _sign_in(base, name, password))


def _load_areas(conn: psycopg.Connection, now: datetime) -> None:
    found = list(features(AREAS))
    storage.areas.store(conn, list(areas(found, columns_of(found[0], "code", "name"), None)), source=AREAS.name, at=now)


def _start_campaign(conn: psycopg.Connection, now: datetime) -> None:
    made = runpy.run_path(str(CAMPAIGN))
    if not conn.execute("SELECT 1 FROM campaign WHERE code = %s", [made["CODE"]]).fetchone():
        stations = conn.execute("SELECT station_id FROM station ORDER BY station_id LIMIT 5").fetchall()
        made["an_open_campaign"](conn, made["CODE"], [str(row[0]) for row in stations], now)


def _sign_in(base: str, name: str, password: str) -> tuple[str, str]:
    with httpx.Client(base_url=base, timeout=60) as client:
        form = client.get("/staff/sign-in").raise_for_status().text
        csrf = re.search(r'name="csrf" value="([^"]+)"', form)
        if csrf is None:
            raise SystemExit(f"{base}/staff/sign-in has no form for accounts")
        fields = {"csrf": csrf[1], "name": name, "password": password}
        client.post("/staff/sign-in", data=fields, headers={"Origin": base})
        client.get("/desk").raise_for_status()
        return next(iter(client.cookies.items()))


@contextmanager
def _demo(folder: Path) -> Iterator[str]:
    """Run a demo in a folder until it has calibrated values; end it afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "luchtbrug", "demo", "--stations", str(STATIONS), "--port", str(port)]
    process = subprocess.Popen(command, env={**os.environ, "LUCHTBRUG_DATA_DIR": str(folder)})
    try:
        _await_values(ADDRESS.format(port), process)
        yield ADDRESS.format(port)
    finally:
        process.terminate()
        process.wait(timeout=120)


def _await_values(base: str, process: subprocess.Popen[bytes]) -> None:
    deadline = monotonic() + PATIENCE
    while monotonic() < deadline and process.poll() is None:
        sleep(2)
        try:
            latest = httpx.get(f"{base}/v1/latest?observedProperty=pm2_5", timeout=60)
        except httpx.TransportError:
            continue
        if latest.is_success and '"calibrationId":"' in latest.text.replace(" ", ""):
            return
    raise SystemExit("the demo had no calibrated values in time")
