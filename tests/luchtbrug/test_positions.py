"""A planted station whose messages carry its exact position: every surface is read for it, and none has it."""

import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import product
from typing import Any

import httpx
import numpy as np
import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier
from pydantic import SecretStr
from pyproj import Transformer
from scipy.optimize import least_squares
from structlog.testing import capture_logs

from api.main import create_app
from api.settings import ApiSettings
from luchtbrug.campaigns import sampling, taking_part
from luchtbrug.campaigns.sample_sheet import read
from luchtbrug.displacement import METRES_PER_DEGREE
from luchtbrug.jobs.calibrate import look
from luchtbrug.jobs.lake import write_lake
from luchtbrug.jobs.snapshot import freeze
from luchtbrug.register import register
from storage import areas, campaigns, references, series
from storage.connection import connect, open_pool
from storage.lake import Lake
from storage.rows import ReferenceStation, SeriesName
from storage.samples import NewBatch
from tests.luchtbrug.campaigns.no2 import a_campaign
from tests.luchtbrug.conftest import BEGIN, END, HOURS, SmallNetwork
from tests.luchtbrug.surfaces import asked, pattern, said, templates
from tests.luchtbrug.test_doorway import opened
from tests.luchtbrug.test_onboarding import owning, settings

pytestmark = pytest.mark.long

KEY = "position key 172 of a test"  # one that puts no public point where a coordinate equals the exact one by chance
EXACT = {"s0": (52.2234567, 5.1765432), "s1": (52.2371874, 5.1946642), "s2": (52.2497531, 5.2113579)}
LEAF = (52.2412567, 5.2034545)
OFFICIAL = {"NL001": (52.31, 5.05), "NL002": (52.18, 5.33), "NL003": (52.33, 5.36), "NL004": (52.12, 5.08)}

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Walk:
    """The platform as anybody reads it, and what was put into it."""

    client: httpx.Client
    database_url: str
    series: dict[str, int]
    logged: list[Any]


@pytest.fixture(scope="module")
def walk(postgres_url: str, template_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """Register three stations, fit their calibrations, publish the files, and let one send where it stands."""
    folder, name = tmp_path_factory.mktemp("walk"), "privacy_walk"
    with psycopg.connect(postgres_url, autocommit=True) as conn:
        conn.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier("migrated")))
    url = make_conninfo(template_url, dbname=name)
    with connect(url) as conn:
        keys, token = _fill(conn)
    with open_pool(url, size=3) as pool:
        lake = Lake.at(str(folder / "lake"))
        write_lake(pool, lake, now=END)
        freeze(lake, now=END)
    with (
        capture_logs() as logged,
        opened(url, settings(folder, "open", position_key=KEY, lake_url=lake.root)) as client,
    ):
        _send(client, token)
        yield Walk(client, url, keys, logged)


def _fill(conn: psycopg.Connection) -> tuple[dict[str, int], str]:
    rng = np.random.default_rng(7)
    wave = 12 + 6 * np.sin(np.arange(HOURS) / 9) + rng.normal(0, 0.5, HOURS)
    keys: dict[str, int] = {}
    made = {
        name: register(conn, station_id=name, latitude=place[0], longitude=place[1], position_key=KEY, now=BEGIN)
        for name, place in EXACT.items()
    }
    network = SmallNetwork(conn, [], wave)
    for name in EXACT:
        (row,) = series.claim_series(conn, [SeriesName(name, "sps30-0", "SPS30", "pm2_5", "ug/m3")])
        keys[name] = row.series_key
        network.readings(row.series_key, BEGIN, 2 + 1.5 * wave + rng.normal(0, 0.3, HOURS))
        _tiny_area(conn, f"at-{name}", EXACT[name])
    official = [ReferenceStation(name, "test", name, *place, "urban") for name, place in OFFICIAL.items()]
    references.store_stations(conn, official)
    for name in OFFICIAL:
        network.official(name, BEGIN, wave + rng.normal(0, 0.3, HOURS), received=BEGIN)
    _tiny_area(conn, "town", (52.2365, 5.1940), half=0.05)
    _campaign(conn)
    conn.commit()
    middle = BEGIN + timedelta(days=6)
    for begin, end, refit in ((BEGIN, middle, False), (middle, END, True)):
        look(conn, begin=begin, end=end, now=end, refit=refit, window=timedelta(weeks=26))
    conn.commit()
    return keys, made["s0"].http_token


def _campaign(conn: psycopg.Connection) -> None:
    """Start a campaign that s0 joins and a leaf hangs for, at an exact position of its own."""
    a_campaign(conn, END, joining="open", code="town", begin=BEGIN - timedelta(days=90))
    campaign = campaigns.need(conn, "town")
    taking_part.join(conn, campaign, "s0", version=1, invitation="", now=END)
    table = f"sample;place;begin;end;lat;lon;value\nL1;P1;2026-03-01;2026-05-01;{LEAF[0]};{LEAF[1]};2.5\n"
    rows = read(table, now=END).rows
    assert len(rows) == 1
    batch = NewBatch("leaves", "leaf-sirm", "laboratory", None, None)
    sampling.store(conn, campaign, batch, rows, key=KEY, now=END)


def _tiny_area(conn: psycopg.Connection, code: str, place: Place, *, half: float = 3e-4) -> None:
    """Load a box of 66 m around an exact position, as somebody who asks for counts of his own outlines."""
    south, north, west, east = place[0] - half, place[0] + half, place[1] - half / 0.6, place[1] + half / 0.6
    ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
    shown = tuple((round(lon, 1), round(lat, 1)) for lon, lat in ring)  # what is drawn of it is not what is looked for
    geometry = json.dumps({"type": "MultiPolygon", "coordinates": [[shown]]})
    box = (west, south, east, north)
    areas.store(conn, [areas.NewArea(code, code, "area", box, geometry, (ring,))], source="test", at=BEGIN)


def _send(client: httpx.Client, token: str) -> None:
    """Send the exact position with readings and without, whole and broken, as devices do."""
    lat, lon = EXACT["s0"]
    bearer = {"Authorization": f"Bearer {token}"}
    bodies = (
        {"obs": [{"s": "sps30-0", "v": {"pm2_5": 9.1, "latitude": lat, "longitude": lon}}]},
        {"obs": [{"s": "sps30-0", "v": {"pm2_5": "x"}}], "location": {"lat": lat, "lon": lon}},
        {"lat": lat, "lon": lon, "coordinates": [lon, lat]},
    )
    for body in bodies:
        client.post("/v1/stations/s0/obs", json=body, headers=bearer)
    broken = f'{{"gps":"{lat},{lon}","latitude":{lat},"longitude":'.encode()
    client.post("/v1/stations/s0/obs", content=broken, headers=bearer)
    gps = [{"value_type": "GPS_lat", "value": str(lat)}, {"value_type": "GPS_lon", "value": str(lon)}]
    client.post(f"/in/{token}/airrohr", json={"sensordatavalues": gps})


@cache
def telltale(place: Place) -> re.Pattern[str]:
    """Match an exact position: its degrees to 4 decimals and more, cut or rounded, its metres in RD and the map's."""
    degrees = {f"{math.trunc(one * 1e4) / 1e4:.4f}" for one in place} | {f"{one:.4f}" for one in place}
    forms = [re.escape(text) + r"\d*" for text in degrees] + [re.escape(text.replace(".", ",")) for text in degrees]
    for crs in ("EPSG:28992", "EPSG:3857"):
        x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(place[1], place[0])
        forms += [rf"{math.trunc(one) // 10}[0-9](?:\.\d+)?" for one in (x, y)]
    return re.compile(r"(?<![\d.])-?(?:" + "|".join(forms) + r")(?![\d])")


def test_no_surface_gives_the_exact_position(walk: Walk) -> None:
    """Every path of every document and page, in each representation, with boxes, systems and radii: none names it; and
    the same search finds the public position, so what it looks for is there to be found."""
    longitude, latitude = walk.client.get("/v1/stations/s0").json()["geometry"]["coordinates"]
    exact, public = [telltale(place) for place in EXACT.values()], telltale((latitude, longitude))
    exact.append(telltale(LEAF))
    answered, leaks, found = set(), [], 0
    for url, kind in asked(walk.client, walk.database_url, walk.series["s0"]):
        answer = walk.client.get(url, headers={"Accept": kind}, follow_redirects=True)
        if answer.status_code == 200:
            answered.add(url.partition("?")[0])
        text = said(answer)
        leaks += [(url, kind, hit[0]) for pattern in exact if (hit := pattern.search(text))]
        found += public.search(text) is not None
    assert leaks == []
    assert found > 20, found
    application = create_app(ApiSettings(database_url=SecretStr(walk.database_url)))
    unread = {one for one in templates(application.routes) if not any(map(pattern(one).fullmatch, answered))}
    assert unread == {"/theme/logo"}  # there is none


def test_the_database_has_it_in_one_table(walk: Walk) -> None:
    """Of all tables and columns, payloads put aside included, only the restricted one holds the exact position."""
    holding = set()
    with connect(walk.database_url) as conn:
        assert conn.execute("SELECT count(*) > 2 FROM quarantine WHERE station_id = 's0'").fetchone() == (True,)
        tables = conn.execute(
            "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables WHERE table_schema"
            " IN ('public', 'restricted') AND table_type = 'BASE TABLE' AND table_name NOT LIKE 'area%'"
        ).fetchall()
        for (name,) in tables:
            for row in conn.execute(f"SELECT * FROM {name} LIMIT 200"):  # noqa: S608 -- names of our own catalogue
                text = " ".join(bytes(one).decode("latin-1") if isinstance(one, bytes) else str(one) for one in row)
                if any(telltale(place).search(text) for place in EXACT.values()):
                    holding.add(name)
    assert holding == {"restricted.station_position"}


def test_no_log_line_has_it(walk: Walk) -> None:
    """What was logged while the station sent it, refused messages included, does not name it."""
    text = repr(walk.logged)
    assert not [place for place in EXACT.values() if telltale(place).search(text)]


def test_distances_are_those_of_the_public_position(walk: Walk) -> None:
    """Asked for all within some metres, each surface answers for the public point: at the exact one there is nobody."""
    longitude, latitude = walk.client.get("/v1/stations/s0").json()["geometry"]["coordinates"]
    exact = EXACT["s0"]
    assert _metres(exact, (latitude, longitude)) > 35  # else this test could not tell
    for find in (_near_v1, _near_sta, _near_openaq, _box_v1, _box_features):
        assert find(walk.client, (latitude, longitude), 6.0) == 1, find.__name__
        assert find(walk.client, exact, 6.0) == 0, find.__name__


def test_own_outlines_count_at_the_public_position(walk: Walk) -> None:
    """Areas of 66 m around exact positions hold no station."""
    for name in EXACT:
        answer = walk.client.get("/v1/stations", params={"area": f"at-{name}"})
        assert answer.status_code == 200
        assert answer.json()["items"] == []


def test_weights_of_calibrations_lead_to_the_public_position(walk: Walk) -> None:
    """Who knows where one station stands solves the published weights of another for its place, and finds the public
    one to the metre: made of exact positions, they would give those."""
    with connect(walk.database_url) as conn:
        rows = conn.execute(
            "SELECT DISTINCT ON (series_key) series_key, calibration_id FROM calibration"
            " ORDER BY series_key, fitted_at DESC"
        ).fetchall()
    calibration_of = {int(key): str(name) for key, name in rows}
    ids = {name: calibration_of[key] for name, key in walk.series.items()}
    weight = {name: walk.client.get(f"/v1/calibrations/{one}").json()["referenceWeight"] for name, one in ids.items()}
    shown = {name: _shown(walk.client, name) for name in EXACT}
    for known, wanted in product(EXACT, EXACT):
        if known != wanted:
            found = _solved(weight[known], shown[known], weight[wanted])
            assert _metres(found, shown[wanted]) < 2
            assert abs(_metres(found, EXACT[wanted]) - _metres(shown[wanted], EXACT[wanted])) < 2


def _solved(own: dict[str, float], place: Place, other: dict[str, float]) -> Place:
    """Solve ratios of weights, which are ratios of distances, for a place; the noise of references falls out."""
    names = [name for name in OFFICIAL if own.get(name) and other.get(name)]
    told = np.log([own[name] / other[name] for name in names])

    def misfit(unknown: Any) -> Any:
        spot = (unknown[0] / METRES_PER_DEGREE, unknown[1] / METRES_PER_DEGREE)
        ratio = np.log([_metres(spot, OFFICIAL[name]) / _metres(place, OFFICIAL[name]) for name in names])
        return (ratio - ratio.mean()) - (told - told.mean())

    start = (52.24 * METRES_PER_DEGREE, 5.19 * METRES_PER_DEGREE)
    found = least_squares(misfit, start, xtol=1e-15, ftol=1e-15, gtol=1e-15, x_scale=100.0).x / METRES_PER_DEGREE
    return float(found[0]), float(found[1])


def _shown(client: httpx.Client, name: str) -> Place:
    longitude, latitude = client.get(f"/v1/stations/{name}").json()["geometry"]["coordinates"]
    return latitude, longitude


def _metres(a: Place, b: Place) -> float:
    """Great-circle distance [m], as validation.history has it."""
    (lat1, lon1), (lat2, lon2) = np.radians(a), np.radians(b)
    inner = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    return float(12_742_000 * np.arcsin(np.sqrt(inner)))


def _count(client: httpx.Client, path: str, params: dict[str, Any], items: Callable[[Any], list[Any]]) -> int:
    answer = client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return len(items(answer.json()))


def _near_v1(client: httpx.Client, place: Place, metres: float) -> int:
    near = {"near": f"{place[0]},{place[1]}", "radius": metres}
    return _count(client, "/v1/stations", near, lambda body: body["items"])


def _near_sta(client: httpx.Client, place: Place, metres: float) -> int:
    degrees = metres / METRES_PER_DEGREE
    wanted = f"geo.distance(location, geography'POINT({place[1]} {place[0]})') lt {degrees}"
    return _count(client, "/sta/v1.1/Locations", {"$filter": wanted}, lambda body: body["value"])


def _near_openaq(client: httpx.Client, place: Place, metres: float) -> int:
    near = {"coordinates": f"{place[0]},{place[1]}", "radius": int(metres)}
    return _count(client, "/openaq/v3/locations", near, lambda body: body["results"])


def _box_v1(client: httpx.Client, place: Place, metres: float) -> int:
    return _count(client, "/v1/stations", {"bbox": _box(place, metres)}, lambda body: body["items"])


def _box_features(client: httpx.Client, place: Place, metres: float) -> int:
    path = "/features/collections/stations/items"
    return _count(client, path, {"bbox": _box(place, metres)}, lambda body: body["features"])


def _box(place: Place, metres: float) -> str:
    half = metres / METRES_PER_DEGREE
    west, east = place[1] - half / 0.6125, place[1] + half / 0.6125
    return f"{west},{place[0] - half},{east},{place[0] + half}"


def test_the_owner_may_publish_it_and_take_it_back(walk: Walk) -> None:
    """Asked for, the exact position is shown; taken back, the same displaced point as before."""
    made = walk.client.post("/v1/stations", json={"latitude": 52.3001234, "longitude": 5.2004321}).json()
    before = [made["longitude"], made["latitude"]]
    path = f"/v1/stations/{made['stationId']}"
    for exact, expected in ((True, [5.20043, 52.30012]), (False, before)):
        answer = walk.client.put(f"{path}/public-position", json={"exact": exact}, headers=owning(made))
        assert answer.status_code == 200, answer.text
        assert walk.client.get(path).json()["geometry"]["coordinates"] == expected
    assert walk.client.put(f"{path}/public-position", json={"exact": True}).status_code == 401


def test_a_move_within_the_cell_shows_nothing(walk: Walk) -> None:
    """Corrected by half a metre the public point stays; moved away and back, it is the first one again."""
    made = walk.client.post("/v1/stations", json={"latitude": 52.4, "longitude": 5.4, "exactPublished": False}).json()
    path, shown = f"/v1/stations/{made['stationId']}", []
    for latitude in (52.4, 52.4000045, 52.41, 52.4):
        body = {"kind": "moved", "latitude": latitude, "longitude": 5.4}
        moved = walk.client.post(f"{path}/events", json=body, headers=owning(made)).json()
        shown.append((moved["latitude"], moved["longitude"]))
    assert shown[0] == shown[1] == shown[3] == (made["latitude"], made["longitude"])
    assert shown[2] != shown[0]


def test_the_role_of_the_api_cannot_read_it(walk: Walk) -> None:
    """The role that public answers are read with may not look at positions, contacts, receipts or payloads."""
    for table in ("restricted.station_position", "restricted.owner_contact", "restricted.receipt"):
        with connect(walk.database_url) as conn:
            conn.execute("SET ROLE luchtbrug_api")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(f"SELECT * FROM {table}")  # noqa: S608 -- three names
    with connect(walk.database_url) as conn:
        conn.execute("SET ROLE luchtbrug_api")
        conn.execute("SELECT station_id, reason FROM quarantine").fetchall()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("SELECT payload FROM quarantine")
    with connect(walk.database_url) as conn:
        conn.execute("SET ROLE luchtbrug_position")
        assert len(conn.execute("SELECT * FROM restricted.station_position").fetchall()) >= 3
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("SELECT * FROM restricted.owner_contact")


def test_the_connections_of_the_api_have_that_role(walk: Walk) -> None:
    """The server sees the pool that answers the public under its own role, for as long as the session lives."""
    from api.database import ROLE, read_only

    with open_pool(read_only(walk.database_url), size=1, role=ROLE) as pool, pool.connection() as conn:
        assert conn.execute("SELECT current_user").fetchone() == (ROLE,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("SELECT * FROM restricted.station_position")
