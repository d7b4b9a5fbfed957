"""Luchtmeetnet: its documented answers, and those that it gives on a bad day."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from ingest.reference import luchtmeetnet
from ingest.reference.client import Client, Timing
from ingest.reference.errors import ReferenceShapeError
from ingest.reference.luchtmeetnet import Luchtmeetnet
from storage.rows import ReferenceHours
from tests.ingest.reference.server import Answer, Network, Request, Route, as_json

BEGIN, END = datetime(2026, 5, 17, 0, tzinfo=UTC), datetime(2026, 5, 17, 3, tzinfo=UTC)
HILVERSUM = (5.0, 52.1, 5.4, 52.3)
Row = dict[str, object]


def station(coordinates: Sequence[float | None] | None, name: str = "Hilversum-J. Geradtsweg") -> Answer:
    """A station as /stations/{number} describes it."""
    geometry = {"type": "point", "coordinates": coordinates} if coordinates is not None else None
    data = {"type": "Traffic", "components": ["NO2", "PM25"], "geometry": geometry, "location": name, "province": None}
    return as_json({"data": data})


def row(formula: str, stamp: str, value: object, number: str | None = "NL10641") -> Row:
    """A measurement; without a number as the API leaves it out where one station was asked for."""
    found: Row = {"formula": formula, "timestamp_measured": stamp, "value": value}
    return found | ({"station_number": number} if number else {})


def paged(rows: Sequence[Mapping[str, object]], size: int = 50) -> Route:
    """A list in pages, with the pagination that the API sends."""

    def answer(request: Request) -> Answer:
        last, page = max(1, math.ceil(len(rows) / size)), int(request.query["page"])
        pages: Row = {"first_page": 1, "last_page": last, "current_page": page, "page_list": list(range(1, last + 1))}
        around: Row = {"prev_page": max(1, page - 1), "next_page": min(last, page + 1)}
        return as_json({"pagination": pages | around, "data": list(rows[(page - 1) * size : page * size])})

    return answer


@pytest.fixture
def client(network: Network, timing: Timing) -> Iterator[Client]:
    """A client of a network with three stations, of which one has a usable position."""
    listed = [{"number": number, "location": "x"} for number in ("NL10641", "NL10999", "NL10998", "NL10997")]
    network.routes["stations"] = paged(listed, size=2)
    network.routes["stations/NL10641"] = lambda _: station([5.17, 52.23])
    network.routes["stations/NL10999"] = lambda _: station(None)
    network.routes["stations/NL10998"] = lambda _: station([52.23, 5.17])  # exchanged; NL10997 has no page at all
    with luchtmeetnet.connect(timing, base_url=network.base_url) as opened:
        yield opened


def read(reference: Luchtmeetnet, begin: datetime = BEGIN, end: datetime = END) -> list[ReferenceHours]:
    """All pages."""
    return list(reference.hours(begin, end))


def test_stations_without_a_usable_position_are_left_out(client: Client) -> None:
    """Of a station with a position, one without, one with exchanged coordinates and one unknown, the first is given."""
    found = list(Luchtmeetnet(client, bbox=HILVERSUM).stations())
    assert [(s.reference_station_id, s.network, s.site_type) for s in found] == [("NL10641", "luchtmeetnet", "traffic")]
    assert (found[0].latitude, found[0].longitude) == (52.23, 5.17)
    assert found[0].name == "Hilversum-J. Geradtsweg"


def test_stations_outside_the_box_are_left_out(client: Client) -> None:
    """A box elsewhere holds no station."""
    assert list(Luchtmeetnet(client, bbox=(4.0, 51.0, 4.5, 51.5)).stations()) == []


def test_named_stations_are_not_searched_for(client: Client, network: Network) -> None:
    """With station numbers given, the list of the country is not asked for, and each station once."""
    reference = Luchtmeetnet(client, numbers=["NL10641"])
    assert len(list(reference.stations())) == len(list(reference.stations())) == 1
    assert [request.path for request in network.requests] == ["stations/NL10641"]


def test_a_number_that_would_change_the_address_is_refused(client: Client) -> None:
    """A station number becomes a part of the address, so anything else than letters and digits is refused."""
    with pytest.raises(ReferenceShapeError, match=r"NL1/\.\./x"):
        list(Luchtmeetnet(client, numbers=["NL1/../x"]).stations())


def test_the_stamp_is_the_end_of_the_hour(client: Client, network: Network) -> None:
    """A value stamped 01:00 belongs to 00:00-01:00; stamps of other hours than asked for are left out."""
    stamps = [
        "2026-05-17T00:00:00+00:00",
        "2026-05-17T01:00:00+00:00",
        "2026-05-17T03:00:00+00:00",
        "2026-05-17T04:00:00+00:00",
    ]
    network.routes["measurements"] = paged([row("PM25", stamp, 8.0) for stamp in stamps])
    [page] = read(Luchtmeetnet(client, bbox=HILVERSUM))
    assert page.begin.tolist() == [datetime(2026, 5, 17, 0), datetime(2026, 5, 17, 2)]  # noqa: DTZ001
    assert page.observed_property == ("pm2_5", "pm2_5")


def test_every_page_is_read(client: Client, network: Network) -> None:
    """Five rows in pages of two are three pages and five hours."""
    stamps = [(BEGIN + timedelta(hours=h)).isoformat() for h in range(1, 6)]
    network.routes["measurements"] = paged([row("NO2", stamp, float(i)) for i, stamp in enumerate(stamps)], size=2)
    pages = read(Luchtmeetnet(client, bbox=HILVERSUM), end=BEGIN + timedelta(hours=5))
    assert [len(page.value) for page in pages] == [2, 2, 1]
    assert [value for page in pages for value in page.value] == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_missing_values_have_their_validity(client: Client, network: Network) -> None:
    """null and -999 are not valid and without value, noise below zero is valid below detection."""
    stamp = "2026-05-17T01:00:00+00:00"
    rows = [row("PM25", stamp, None), row("PM10", stamp, -999.0), row("NO2", stamp, -0.4), row("O3", stamp, 61)]
    network.routes["measurements"] = paged([*rows, row("BCWB", stamp, 0.1)])
    [page] = read(Luchtmeetnet(client, bbox=HILVERSUM))
    found = dict(zip(page.observed_property, zip(page.value, page.validity, strict=True), strict=True))
    assert found["pm2_5"][1] == found["pm10"][1] == -1
    assert math.isnan(found["pm2_5"][0])
    assert math.isnan(found["pm10"][0])
    assert (found["no2"], found["o3"]) == ((-0.4, 2), (61.0, 1))
    assert len(found) == 4


def test_a_day_of_25_hours_has_25_hours(client: Client, network: Network) -> None:
    """On the day the clock goes back, local stamps with their offset give 25 different hours."""
    first = datetime(2026, 10, 24, 22, tzinfo=UTC)
    offsets = [timedelta(hours=2)] * 2 + [timedelta(hours=1)] * 23  # the stamps 01:00 and 02:00, then 02:00 again
    stamps = [
        f"{first + timedelta(hours=h + 1) + offset:%Y-%m-%dT%H:%M:%S}+0{offset.seconds // 3600}:00"
        for h, offset in enumerate(offsets)
    ]
    assert stamps[1:3] == ["2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00"]
    network.routes["measurements"] = paged([row("PM25", stamp, 1.0) for stamp in stamps])
    [page] = read(Luchtmeetnet(client, bbox=HILVERSUM), first, first + timedelta(hours=25))
    expected = [first.replace(tzinfo=None) + timedelta(hours=h) for h in range(25)]
    assert page.begin.tolist() == expected


def test_a_long_interval_is_asked_in_pieces_below_seven_days(client: Client, network: Network) -> None:
    """Fifteen days are three questions of at most six days that follow each other, for the one station."""
    network.routes["measurements"] = paged([])
    read(Luchtmeetnet(client, bbox=HILVERSUM), end=BEGIN + timedelta(days=15))
    asked = [r.query for r in network.requests if r.path == "measurements"]
    assert [(query["start"], query["end"]) for query in asked] == [
        ("2026-05-17T00:00:00Z", "2026-05-23T00:00:00Z"),
        ("2026-05-23T00:00:00Z", "2026-05-29T00:00:00Z"),
        ("2026-05-29T00:00:00Z", "2026-06-01T00:00:00Z"),
    ]
    assert {query["station_number"] for query in asked} == {"NL10641"}


def test_rows_without_a_number_belong_to_the_station_asked_for(client: Client, network: Network) -> None:
    """Where the API leaves station_number out, the question says whose rows they are."""
    network.routes["measurements"] = paged([row("PM25", "2026-05-17T01:00:00Z", 7.0, number=None)])
    [page] = read(Luchtmeetnet(client, bbox=HILVERSUM))
    assert page.reference_station_id == ("NL10641",)


def test_many_stations_are_asked_by_formula(network: Network, timing: Timing) -> None:
    """A whole country is asked for by formula, and rows of stations without position are left out."""
    numbers = [f"NL{n}" for n in range(10001, 10027)]
    for number in numbers:
        network.routes[f"stations/{number}"] = lambda _: station([5.17, 52.23])
    stamp = "2026-05-17T01:00:00Z"
    network.routes["measurements"] = paged([row("PM25", stamp, 7.0, "NL10001"), row("PM25", stamp, 9.0, "NL99999")])
    with luchtmeetnet.connect(timing, base_url=network.base_url) as client:
        pages = read(Luchtmeetnet(client, numbers=numbers, observed_properties=["pm2_5"]))
    assert [page.reference_station_id for page in pages] == [("NL10001",)]
    assert [r.query["formula"] for r in network.requests if r.path == "measurements"] == ["PM25"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"timestamp_measured": "2026-05-17T01:00:00"}, "offset from UTC"),
        ({"timestamp_measured": "2026-05-17T01:30:00Z"}, "full hour"),
        ({"value": "8,1"}, "Expected `float | null`, got `str`"),
        ({"timestamp_measured_start": "2026-05-16T01:00:00Z"}, "an hour that ends at"),
    ],
)
def test_a_row_of_another_shape_is_named(
    client: Client, network: Network, wrong: Mapping[str, object], message: str
) -> None:
    """A row that breaks the documented shape ends the reading with what was expected."""
    network.routes["measurements"] = paged([row("PM25", "2026-05-17T01:00:00Z", 7.0) | dict(wrong)])
    with pytest.raises(ReferenceShapeError) as caught:
        read(Luchtmeetnet(client, bbox=HILVERSUM))
    assert message in str(caught.value)


def test_pages_without_end_are_refused(client: Client, network: Network) -> None:
    """An API that always announces one more page is stopped."""

    def endless(request: Request) -> Answer:
        page = int(request.query["page"])
        return as_json({"pagination": {"current_page": page, "last_page": 10**9}, "data": [{"number": "NL10641"}]})

    network.routes["stations"] = endless
    with pytest.raises(ReferenceShapeError, match="at most 3 pages"):
        list(Luchtmeetnet(client, most_pages=3).stations())
