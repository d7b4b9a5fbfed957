"""OpenAQ v3: its documented answers, paging without a count, units and doubt."""

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from ingest.reference import openaq
from ingest.reference.client import Client, Timing
from ingest.reference.errors import AccessRefusedError, ReferenceShapeError, UnitUnknownError
from ingest.reference.openaq import OpenAQ
from tests.ingest.reference.server import Answer, Network, Request, Route, as_json

BEGIN = datetime(2026, 5, 17, 0, tzinfo=UTC)
END = BEGIN + timedelta(hours=3)
BOX = (5.0, 52.1, 5.4, 52.3)
Json = dict[str, object]
PM25: Json = {"id": 2, "name": "pm25", "units": "µg/m³", "displayName": "PM2.5"}
NO2_PPB: Json = {"id": 7, "name": "no2", "units": "ppb", "displayName": "NO₂ mass"}


def location(number: int, sensors: Sequence[tuple[int, Json]], **changes: object) -> Json:
    """A location as /locations lists it."""
    listed = [{"id": sensor, "name": "x", "parameter": parameter} for sensor, parameter in sensors]
    plain: Json = {
        "id": number,
        "name": "Hilversum",
        "isMonitor": True,
        "isMobile": False,
        "timezone": "Europe/Amsterdam",
    }
    return plain | {"sensors": listed, "coordinates": {"latitude": 52.23, "longitude": 5.17}} | changes


def hour(offset: int, value: float | None, parameter: Json = PM25, **changes: object) -> Json:
    """An hourly mean as /sensors/{id}/hours gives it."""
    begin = BEGIN + timedelta(hours=offset)
    stamps = [
        {"utc": f"{t:%Y-%m-%dT%H:%M:%SZ}", "local": f"{t:%Y-%m-%dT%H:%M:%S}+00:00"}
        for t in (begin, begin + timedelta(hours=1))
    ]
    period = {"label": "1hour", "interval": "01:00:00", "datetimeFrom": stamps[0], "datetimeTo": stamps[1]}
    coverage = {"expectedCount": 1, "observedCount": 1, "percentComplete": 100.0, "percentCoverage": 100.0}
    plain: Json = {"value": value, "parameter": parameter, "period": period, "coordinates": None}
    return plain | {"flagInfo": {"hasFlags": False}, "coverage": coverage} | changes


def results(rows: Sequence[Json]) -> Route:
    """A list in pages, whose `found` is what OpenAQ sends: a number, or a text once there are more."""

    def answer(request: Request) -> Answer:
        limit, page = int(request.query["limit"]), int(request.query["page"])
        found = len(rows) if len(rows) <= limit else f">{limit}"
        meta = {"name": "openaq-api", "website": "/", "page": page, "limit": limit, "found": found}
        return as_json(
            {"meta": meta, "results": list(rows[(page - 1) * limit : page * limit])}, x_ratelimit_remaining="59"
        )

    return answer


@pytest.fixture
def client(network: Network, timing: Timing) -> Iterator[Client]:
    """A client of a network with one monitor of PM2.5."""
    network.routes["locations"] = results([location(8, [(80, PM25)])])
    with openaq.connect(timing, api_key="k" * 8, base_url=network.base_url) as opened:
        yield opened


def test_only_fixed_monitors_with_a_position_are_given(client: Client, network: Network) -> None:
    """A low-cost sensor and a monitor without coordinates are left out, and the key goes into its header only."""
    rows = [location(8, []), location(9, [], isMonitor=False), location(10, [], coordinates=None)]
    network.routes["locations"] = results(rows)
    assert [s.reference_station_id for s in OpenAQ(client, bbox=BOX).stations()] == ["openaq:8"]
    [asked] = network.requests
    assert asked.query == {
        "bbox": "5.0000,52.1000,5.4000,52.3000", "monitor": "true", "mobile": "false", "limit": "1000", "page": "1"
    }  # fmt: skip
    assert asked.headers["x-api-key"] == "k" * 8


def test_a_point_with_radius_is_asked_as_such(client: Client, network: Network) -> None:
    """A point goes out as latitude, longitude and radius in metres."""
    list(OpenAQ(client, near=(52.2342, 5.1717, 25_000)).stations())
    assert network.requests[0].query["coordinates"] == "52.2342,5.1717"
    assert network.requests[0].query["radius"] == "25000"


def test_the_whole_world_is_refused(client: Client) -> None:
    """Neither a box nor a point is a mistake of the caller."""
    with pytest.raises(ValueError, match="either bbox or near"):
        OpenAQ(client)


def test_hours_begin_where_their_period_begins(client: Client, network: Network) -> None:
    """Only the hours that begin in the interval are given, with the begin of their period."""
    network.routes["sensors/80/hours"] = results([hour(offset, 5.0 + offset) for offset in (-1, 0, 2, 3)])
    [page] = OpenAQ(client, bbox=BOX).hours(BEGIN, END)
    assert page.begin.tolist() == [BEGIN.replace(tzinfo=None), BEGIN.replace(tzinfo=None, hour=2)]
    assert page.value.tolist() == [5.0, 7.0]
    assert page.reference_station_id == ("openaq:8", "openaq:8")
    query = network.requests[-1].query
    assert (query["datetime_from"], query["datetime_to"]) == ("2026-05-17T00:00:00Z", "2026-05-17T03:00:00Z")


def test_paging_ends_with_a_page_that_is_not_full(client: Client, network: Network) -> None:
    """1,500 locations in pages of 1,000 are read although `found` is the text ">1000"."""
    network.routes["locations"] = results([location(number, []) for number in range(1500)])
    assert len(list(OpenAQ(client, bbox=BOX).stations())) == 1500
    assert [request.query["page"] for request in network.requests] == ["1", "2"]


def test_a_mixing_ratio_becomes_mass(client: Client, network: Network) -> None:
    """20 ppb of NO2 are stored as 38.25 µg/m³."""
    network.routes["locations"] = results([location(8, [(81, NO2_PPB)])])
    network.routes["sensors/81/hours"] = results([hour(0, 20.0, NO2_PPB)])
    [page] = OpenAQ(client, bbox=BOX).hours(BEGIN, END)
    assert (page.observed_property, page.value.tolist()) == (("no2",), [pytest.approx(38.25)])


def test_only_sensors_of_use_are_asked(client: Client, network: Network) -> None:
    """A sensor of another property, or in a unit without meaning for its property, is not asked for hours."""
    sensors = [(80, PM25), (81, PM25 | {"units": "ppb"}), (82, {"id": 98, "name": "relativehumidity", "units": "%"})]
    network.routes["locations"] = results([location(8, sensors)])
    network.routes["sensors/80/hours"] = results([hour(0, 1.0)])
    assert len(list(OpenAQ(client, bbox=BOX).hours(BEGIN, END))) == 1
    assert [request.path for request in network.requests] == ["locations", "sensors/80/hours"]


def test_an_unknown_unit_ends_the_reading(client: Client, network: Network) -> None:
    """A row in another unit than its sensor's, of which no factor is known, is refused."""
    network.routes["sensors/80/hours"] = results([hour(0, 8.0, PM25 | {"units": "ppb"})])
    with pytest.raises(UnitUnknownError, match="pm2_5"):
        list(OpenAQ(client, bbox=BOX).hours(BEGIN, END))


@pytest.mark.parametrize(
    ("changes", "validity"),
    [
        ({}, 1),
        ({"flagInfo": {"hasFlags": True}}, -1),
        ({"coverage": {"percentComplete": 50.0}}, -1),
        ({"coverage": {"percentComplete": 75.0}}, 1),
        ({"coverage": None}, 1),
        ({"value": None}, -1),
        ({"value": -999.0}, -1),
        ({"value": -2.0}, 2),
    ],
)
def test_doubt_makes_an_hour_not_valid(
    client: Client, network: Network, changes: dict[str, object], validity: int
) -> None:
    """A flag, less than 75 % of the hour, null and a sentinel are validity -1; a little below zero is 2."""
    network.routes["sensors/80/hours"] = results([hour(0, 8.0) | changes])
    [page] = OpenAQ(client, bbox=BOX).hours(BEGIN, END)
    assert page.validity.tolist() == [validity]
    assert math.isnan(page.value[0]) is (changes.get("value", 8.0) in (None, -999.0))


def test_a_replaced_instrument_fills_in_only(client: Client, network: Network) -> None:
    """Where two sensors report one hour, the newer one stands; the older one adds the hours before."""
    network.routes["locations"] = results([location(8, [(80, PM25), (95, PM25)])])
    network.routes["sensors/80/hours"] = results([hour(0, 1.0), hour(1, 1.0)])
    network.routes["sensors/95/hours"] = results([hour(1, 2.0), hour(2, 2.0)])
    newer, older = OpenAQ(client, bbox=BOX).hours(BEGIN, END)
    assert (newer.value.tolist(), older.value.tolist()) == ([2.0, 2.0], [1.0])
    assert older.begin.tolist() == [BEGIN.replace(tzinfo=None)]


def test_a_sensor_that_is_gone_costs_only_its_own_hours(client: Client, network: Network) -> None:
    """A sensor that is listed and answers 404 stops neither the other one of its place nor the next place."""
    network.routes["locations"] = results([location(8, [(80, PM25), (81, NO2_PPB)]), location(9, [(90, PM25)])])
    network.routes["sensors/80/hours"] = results([hour(0, 4.0)])
    network.routes["sensors/90/hours"] = results([hour(0, 5.0)])
    pages = list(OpenAQ(client, bbox=BOX).hours(BEGIN, END))
    assert [(page.reference_station_id, page.value.tolist()) for page in pages] == [
        (("openaq:8",), [4.0]), (("openaq:9",), [5.0])
    ]  # fmt: skip


def test_hours_at_half_past_cost_only_their_own_sensor(client: Client, network: Network) -> None:
    """Where the clock is half an hour off UTC, as in India, no hour is ours; other places keep theirs."""
    stamps = {"datetimeFrom": {"utc": "2026-05-17T00:30:00Z"}, "datetimeTo": {"utc": "2026-05-17T01:30:00Z"}}
    network.routes["locations"] = results([location(8, [(80, PM25)]), location(9, [(90, PM25)])])
    network.routes["sensors/80/hours"] = results([hour(0, 4.0, period=stamps)])
    network.routes["sensors/90/hours"] = results([hour(0, 5.0)])
    [page] = OpenAQ(client, bbox=BOX).hours(BEGIN, END)
    assert page.reference_station_id == ("openaq:9",)


def test_a_longer_period_than_an_hour_is_refused(client: Client, network: Network) -> None:
    """A period of a day in the list of hours is another shape."""
    stamps = {"datetimeFrom": {"utc": "2026-05-16T00:00:00Z"}, "datetimeTo": {"utc": "2026-05-17T00:00:00Z"}}
    network.routes["sensors/80/hours"] = results([hour(0, 1.0, period=stamps)])
    with pytest.raises(ReferenceShapeError, match="expected one hour"):
        list(OpenAQ(client, bbox=BOX).hours(BEGIN, END))


def test_a_wrong_key_is_named(client: Client, network: Network) -> None:
    """401 is AccessRefusedError after one request, without the key in its message."""
    network.faults.append(Answer(b'{"message": "Invalid credentials"}', 401))
    with pytest.raises(AccessRefusedError) as caught:
        list(OpenAQ(client, bbox=BOX).stations())
    assert "kkkk" not in str(caught.value)
    assert len(network.requests) == 1
