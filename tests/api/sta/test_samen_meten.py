"""Questions as programs for RIVM Samen Meten send them, with only the host changed; what they read of the answers."""

from typing import Any

import pytest

from tests import patient


@pytest.fixture
def rivm(sta_url: str) -> str:
    """Give the address that takes the place of https://api-samenmeten.rivm.nl/v1.0."""
    return sta_url.replace("v1.1", "v1.0")


def get(address: str) -> dict[str, Any]:
    """Ask for an address exactly as it is written."""
    answer = patient.get(address, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_the_way_of_samanapir_from_a_project_to_its_measurements(rivm: str) -> None:
    """The R package goes from a project over links to locations, properties and a period, page by page."""
    things = get(f"{rivm}/Things?$filter=(properties/project%20eq'meet%20mee')")
    assert list(things) == ["value"]  # the package takes a second key for the link to a next page
    thing = things["value"][0]
    assert {"project", "knmicode", "pm10closecode", "pm10regiocode", "pm25stadcode"} <= thing["properties"].keys()
    assert get(thing["Locations@iot.navigationLink"])["value"][0]["location"]["coordinates"] == [5.18, 52.22]
    streams = get(thing["Datastreams@iot.navigationLink"])["value"]
    words = [get(stream["ObservedProperty@iot.navigationLink"])["name"] for stream in streams]
    assert {"pm10", "pm10_kal", "pm25", "pm25_kal"} <= set(words)
    link = streams[words.index("pm25_kal")]["Observations@iot.navigationLink"]
    period = "$filter=phenomenonTime+gt+%2720260517%27+and+phenomenonTime+lt+%2720260518%27&$orderby=phenomenonTime"
    hours = get(f"{link}?{period}")
    assert [hour["phenomenonTime"] for hour in hours["value"]] == [
        "2026-05-17T09:00:00.000Z",
        "2026-05-17T10:00:00.000Z",
        "2026-05-17T11:00:00.000Z",
    ]


def test_the_first_key_is_the_link_while_there_are_more_pages(rivm: str) -> None:
    """samanapir reads the first of two keys as the next address, and follows it as it is."""
    first = get(f"{rivm}/Things?$filter=contains(name,'LUB')&$top=3")
    assert list(first) == ["@iot.nextLink", "value"]
    last = get(first["@iot.nextLink"])
    assert list(last) == ["value"]
    assert len(first["value"]) + len(last["value"]) == 4


@pytest.mark.parametrize(
    "condition",
    [
        "properties/project%20eq%20'meet%20mee'",
        "(properties/project+eq'meet+mee')",
        "properties/project eq 'none' or properties/project eq 'meet mee'",
        "startswith(name,'LUB_')",
        "name eq 'LUB_gooi_01'",
    ],
)
def test_the_spellings_of_users_find_the_first_station(rivm: str, condition: str) -> None:
    """With and without spaces and parentheses, encoded or not."""
    assert get(f"{rivm}/Things?$filter={condition}")["value"][0]["name"] == "LUB_gooi_01"


def test_a_station_comes_with_its_streams_and_newest_value_at_once(rivm: str) -> None:
    """What takes users of Samen Meten a request a station is one question."""
    newest_first = "Observations($top=1;$orderby=phenomenonTime desc)"
    found = get(f"{rivm}/Things?$expand=Locations,Datastreams($expand={newest_first})")
    newest = found["value"][0]["Datastreams"][0]["Observations"]
    assert [hour["phenomenonTime"] for hour in newest] == ["2026-05-17T11:00:00.000Z"]
