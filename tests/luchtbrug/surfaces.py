"""Every path that anybody can read, with what to accept: what a search for something that must not be shown walks."""

import io
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq

from storage.connection import connect
from tests.luchtbrug.conftest import BEGIN


def said(answer: httpx.Response) -> str:
    """Write an answer as text; columnar ones row by row."""
    kind = answer.headers.get("content-type", "")
    if "parquet" in kind or answer.content[:4] == b"PAR1":
        return repr(pq.read_table(io.BytesIO(answer.content)).to_pylist())
    if "arrow" in kind:
        return repr(pa.ipc.open_stream(answer.content).read_all().to_pylist())
    return answer.text + repr(dict(answer.headers))


def asked(client: httpx.Client, database_url: str, series_key: int) -> Iterator[tuple[str, str]]:
    """Give every path that can be read, with what to accept: of three documents each with each representation and each
    parameter that has to do with places, of SensorThings and the page; for station s0 and its series."""
    with connect(database_url) as conn:
        (calibration_id,) = conn.execute("SELECT calibration_id FROM calibration LIMIT 1").fetchone() or ("",)
        (time,) = conn.execute("SELECT min(time) FROM reading").fetchone() or (BEGIN,)
        (hour,) = conn.execute("SELECT max(begin) FROM hour WHERE series_key = 1").fetchone() or (BEGIN,)
    snapshot = client.get("/v1/snapshots").json()["items"][-1]["id"]
    known = {
        "stationId": "s0", "calibrationId": calibration_id, "code": "town", "areaCode": "town",
        "snapshotId": snapshot, "referenceStationId": "NL001", "collectionId": "stations",
        "featureId": "s0", "begin": f"{hour:%Y-%m-%dT%H:%M:%SZ}", "time": f"{time:%Y-%m-%dT%H:%M:%SZ}",
        "data": "hours", "rollup": "daily", "parameters_id": "2", "countries_id": "94",
    }  # fmt: skip
    for root, document in (("/v1", "openapi.json"), ("/features", "openapi.json"), ("/openaq/v3", "openapi.json")):
        described = client.get(f"{root}/{document}", headers={"Accept": "*/*"}).json()
        for path, acts in described["paths"].items():
            filled = re.sub(r"\{(\w+)\}", lambda one: known.get(one[1], str(series_key)), f"{root}{path}")
            for kind, query in _ways(acts.get("get")):
                yield f"{filled}{query}", kind
    listed = client.get(f"/v1/snapshots/{snapshot}").json()["files"]
    files = [f"/v1/snapshots/{snapshot}/files/{one['path']}" for one in listed]
    for page in (*PAGES, f"/calibrations/{calibration_id}", *files):
        yield page, "*/*"


def _ways(act: dict[str, Any] | None) -> Iterator[tuple[str, str]]:
    """Give what to accept and ask of one path, as its description has it."""
    if act is None:
        return
    named = {one.get("name") for one in act.get("parameters", []) if one.get("in") == "query"}
    needed = "&".join(f"{name}={NEEDED[name]}" for name in NEEDED if name in named)
    for kind in act["responses"].get("200", {}).get("content", {"*/*": {}}):
        yield kind, f"?{needed}" if needed else ""
    for name, value in PLACED.items():
        if name.split("&")[0] in named:
            yield "*/*", f"?{name}={value}" + (f"&{needed}" if needed else "")


NEEDED = {"begin": "2026-05-10T00:00:00Z", "end": "2026-05-11T00:00:00Z", "observedProperty": "pm2_5"}
PLACED = {
    "bbox": "5,52,5.4,52.4", "crs": "EPSG:28992", "near": "52.22,5.17&radius=5000", "area": "at-s0",
    "coordinates": "52.22,5.17&radius=25000",
}  # fmt: skip
EVERYTHING = "Locations,HistoricalLocations,Datastreams($expand=Sensor,Observations($top=2;$expand=FeatureOfInterest))"
PAGES = (
    "/", "/?lang=en&station=s0", "/map/stations", "/map/cards/s0", "/map.csv", "/stations/s0", "/embed/station/s0",
    "/embed/map", "/embed/area/town", "/areas", "/areas/town", "/areas/town/report", "/campaigns", "/campaigns/town",
    "/campaigns/town/report", "/transparency", "/transparency.json", "/transparency/sensors.csv",
    "/transparency/sensors.json", "/catalog", "/catalog/dataset/hours", "/catalog/data-sheet", "/about",
    "/accessibility", "/theme.css", "/search?q=s0",
    "/connect", "/my-station", "/.well-known/security.txt",
    "/.well-known/api-catalog", "/v1", "/v1/openapi.json", "/features", "/openaq/v3/openapi.json",
    "/sta/v1.1/openapi.json", "/sta/v1.0/openapi.json", "/sta/v1.0", "/sta/v1.0/Locations", "/features/openapi.json",
    "/v1/stations?bbox=nowhere", "/stations/nobody", "/sta/v1.1",
    f"/sta/v1.1/Things?$expand={EVERYTHING}",
    *(f"/sta/v1.1/{name}" for name in ("Things", "Locations", "Datastreams", "Sensors", "FeaturesOfInterest")),
    "/sta/v1.1/Observations?$top=5", "/sta/v1.1/HistoricalLocations", "/sta/v1.1/Locations(1)/location",
    "/sta/v1.1/Things(1)/Locations?$orderby=geo.distance(location, geography'POINT(5.17 52.22)')",
)  # fmt: skip


def templates(routes: Any, prefix: str = "") -> Iterator[str]:
    """Give the pattern of each path of an application that can be read."""
    for route in routes:
        under = getattr(route, "original_router", route)
        path = prefix + getattr(route, "path", "")
        if hasattr(under, "routes"):
            yield from templates(under.routes, path)
        elif "GET" in (getattr(route, "methods", None) or ()):
            yield path


def pattern(template: str) -> re.Pattern[str]:
    """Match the paths of a template, as /stations/{id}."""
    return re.compile(re.sub(r"\\\{\w+(:path)?\\\}", lambda one: ".+" if one[1] else "[^/]+", re.escape(template)))
