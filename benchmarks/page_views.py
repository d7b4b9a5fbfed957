"""The pages that are looked at: one line a view. Pictures, accessibility and Lighthouse take the same list.

A path may hold {station}, {calibration}, {area} and {campaign}; what the running page has of each is found in its API.
A new page is one line in `VIEWS`.
"""

import sys
from pathlib import Path
from typing import Any, NamedTuple

import httpx

AREAS = Path(__file__).parent / "areas.geojson"
"""Areas of the demo's city to load: `luchtbrug areas load benchmarks/areas.geojson --code code --name name`."""

DRAWN = "#map[data-drawn], #chart[data-drawn=true], #place-map .ground"
"""What a page with a map or a chart has when it is ready."""


class View(NamedTuple):
    """One page: its name, its path, whether it has something to wait for, and whether it is for members."""

    name: str
    path: str
    draws: bool = False
    inside: bool = False


VIEWS = (
    View("map", "/", draws=True),
    View("card", "/?index=lki&station={station}", draws=True),
    View("table", "/?averaging=24h&sort=-value&q=hilversum", draws=True),
    View("search", "/search?q=noord"),
    View("station", "/stations/{station}", draws=True),
    View("explain", "/stations/{station}#explain", draws=True),
    View("calibration", "/calibrations/{calibration}"),
    View("areas", "/areas"),
    View("area", "/areas/{area}"),
    View("year", "/areas/{area}?days=365"),
    View("report", "/areas/{area}/report"),
    View("campaigns", "/campaigns"),
    View("campaign", "/campaigns/{campaign}"),
    View("campaign-report", "/campaigns/{campaign}/report"),
    View("campaign-lead", "/campaigns/{campaign}/lead"),
    View("campaign-desk", "/campaigns/{campaign}/lead", inside=True),
    View("connect", "/connect", draws=True),
    View("my-station", "/my-station"),
    View("staff", "/staff/sign-in"),
    View("desk", "/desk", inside=True),
    View("desk-quarantine", "/desk/quarantine", inside=True),
    View("desk-alerts", "/desk/alerts?state=all", inside=True),
    View("desk-stations", "/desk/stations?state=all", inside=True),
    View("desk-station", "/desk/stations/{station}", inside=True),
    View("desk-audit", "/desk/audit?verify=1", inside=True),
    View("desk-accounts", "/desk/accounts", inside=True),
    View("transparency", "/transparency"),
    View("accessibility", "/accessibility"),
    View("about", "/about"),
    View("missing", "/stations/nobody"),
    View("embed-station", "/embed/station/{station}"),
    View("embed-area", "/embed/area/{area}"),
    View("embed-map", "/embed/map"),
)


def found_at(base: str, station: str = "", *, inside: bool = False) -> list[View]:
    """List the views of the page at `base`, filled in; what it lacks is left out, and what only members see."""
    with httpx.Client(base_url=base, timeout=60) as client:
        latest = _items(client, "/v1/latest?observedProperty=pm2_5")
        areas = _items(client, "/v1/areas?kind=municipality")
        campaigns = _items(client, "/v1/campaigns")
    usable = [one for one in latest if one.get("calibrationId") and one.get("value") is not None]
    calibrated = [one for one in usable if station in ("", one["stationId"])]
    names = {"station": station, "calibration": "", "area": areas[0]["code"] if areas else ""}
    names["campaign"] = campaigns[0]["code"] if campaigns else ""
    if calibrated:
        names |= {"station": calibrated[0]["stationId"], "calibration": calibrated[0]["calibrationId"]}
    lacking = {f"{{{name}}}" for name, text in names.items() if not text}
    return [
        view._replace(path=view.path.format(**names))
        for view in VIEWS
        if (inside or not view.inside) and not any(one in view.path for one in lacking)
    ]


def with_language(path: str, language: str) -> str:
    """Add the language to a path, before what it jumps to."""
    address, jump, place = path.partition("#")
    return f"{address}{'&' if '?' in address else '?'}lang={language}{jump}{place}"


def option(name: str) -> str:
    """Read an option of the command; empty where it was not given."""
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else ""


def address() -> str:
    """Read the address that the command was given; empty where it was not: then it makes a world of its own."""
    return next((one for one in sys.argv[1:] if one.startswith("http")), "")


def _items(client: httpx.Client, path: str) -> list[dict[str, Any]]:
    """Fetch a list of the API; empty where there is none."""
    answer = client.get(path)
    found: dict[str, Any] = answer.json() if answer.is_success else {}
    return [{**item, **item.get("properties", {})} for item in found.get("features", found.get("items", []))]
