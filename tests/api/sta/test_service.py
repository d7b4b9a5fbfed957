"""The service over HTTP: entities, navigation, options, pages, arrays and properties."""

from typing import Any

import httpx
import pytest

from storage.sensorthings.model import ENTITIES

PM25, PM25_KAL = 2, 3  # Datastreams of series 1


def ask(sta: httpx.Client, path: str) -> Any:
    """Return the JSON of an answer that has to be 200."""
    answer = sta.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def names(sta: httpx.Client, path: str, condition: str) -> list[str]:
    """Return the names of the entities that fulfil a condition."""
    answer = sta.get(path, params={"$filter": condition, "$select": "name"})
    assert answer.status_code == 200, answer.text
    return [entity["name"] for entity in answer.json()["value"]]


@pytest.mark.parametrize("root", ["", "/"])
def test_the_root_lists_every_entity_set_at_its_address(sta: httpx.Client, sta_url: str, root: str) -> None:
    """The root names each set with an address below itself, and what of the standard is kept."""
    found = ask(sta, root)
    assert {each["name"]: each["url"] for each in found["value"]} == {
        entity.plural: f"{sta_url}/{entity.plural}" for entity in ENTITIES
    }
    assert "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel" in found["serverSettings"]["conformance"]


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name)
def test_every_entity_has_its_properties_and_working_links(sta: httpx.Client, entity: Any) -> None:
    """The first entity of each set has all its properties, and each link of it leads somewhere."""
    first = ask(sta, f"/{entity.plural}?$top=1")["value"][0]
    assert {own.name for own in entity.properties} <= first.keys()
    assert ask(sta, first["@iot.selfLink"]) == first
    for navigation in entity.navigations:
        found = ask(sta, first[f"{navigation.name}@iot.navigationLink"])
        assert ("value" in found) == navigation.many


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name)
def test_every_navigation_can_be_expanded(sta: httpx.Client, entity: Any) -> None:
    """What $expand brings along is what the link leads to."""
    for navigation in entity.navigations:
        first = ask(sta, f"/{entity.plural}?$top=1&$expand={navigation.name}")["value"][0]
        linked = ask(sta, f"{first['@iot.selfLink']}/{navigation.name}")
        assert first[navigation.name] == (linked["value"] if navigation.many else linked)
        assert f"{navigation.name}@iot.navigationLink" not in first


def test_the_alias_answers_with_its_own_address(sta: httpx.Client, sta_url: str) -> None:
    """Links of /sta/v1.0 stay below /sta/v1.0."""
    alias = sta_url.replace("v1.1", "v1.0")
    assert ask(sta, f"{alias}/Things(1)")["@iot.selfLink"] == f"{alias}/Things(1)"


def test_an_observation_carries_its_interval_flags_and_calibration(sta: httpx.Client) -> None:
    """A calibrated hour says its bounds, quality, begin, end and calibration; a raw one has no bounds."""
    hour = ask(sta, f"/Datastreams({PM25_KAL})/Observations?$top=1")["value"][0]
    assert hour["result"] == 10
    assert (hour["resultQuality"]["lower"], hour["resultQuality"]["upper"]) == (8, 12)
    assert (hour["resultQuality"]["quality"], hour["resultQuality"]["flags"]) == (1, [])
    assert (hour["parameters"]["begin"], hour["parameters"]["end"]) == (
        "2026-05-17T11:00:00.000Z",
        "2026-05-17T12:00:00.000Z",
    )
    assert hour["parameters"]["calibrationId"]
    raw = ask(sta, f"/Datastreams({PM25})/Observations?$top=1")["value"][0]
    assert (raw["result"], raw["resultQuality"]["lower"], raw["parameters"]["calibrationId"]) == (20, None, None)


def test_an_answer_is_this_to_the_letter(sta: httpx.Client, sta_url: str) -> None:
    """Order, spelling and spaces of a page stay as clients have them, whole numbers without a dot too."""
    one = f"{sta_url}/Observations(2122448283631619)"
    page = sta.get(f"/Datastreams({PM25_KAL})/Observations?$top=1&$count=true")
    assert page.text == (
        f'{{"@iot.nextLink":"{sta_url}/Datastreams(3)/Observations?$top=1&$count=true&$skip=1","@iot.count":3,"value":['
        f'{{"@iot.id":2122448283631619,"@iot.selfLink":"{one}","phenomenonTime":"2026-05-17T11:00:00.000Z","result":10,'
        '"resultTime":"2026-05-17T12:00:00.000Z","resultQuality":{"quality":1,"flags":[],"flagMask":0,"lower":8,'
        '"upper":12,"dataCapture":1},"parameters":{"begin":"2026-05-17T11:00:00.000Z","end":"2026-05-17T12:00:00.000Z",'
        f'"calibrationId":"c0ffee01"}},"Datastream@iot.navigationLink":"{one}/Datastream",'
        f'"FeatureOfInterest@iot.navigationLink":"{one}/FeatureOfInterest"}}]}}'
    )


def test_observations_come_newest_first(sta: httpx.Client) -> None:
    """Without $orderby the newest hour stands first, as text of one width."""
    times = [each["phenomenonTime"] for each in ask(sta, f"/Datastreams({PM25})/Observations")["value"]]
    assert times == [f"2026-05-17T{hour:02d}:00:00.000Z" for hour in (11, 10, 9)]


def test_the_link_to_the_next_page_stands_first_and_keeps_every_option(sta: httpx.Client) -> None:
    """Following the links gives all entities once, with what was selected; the last page holds `value` alone."""
    address: str | None = f"/Datastreams({PM25})/Observations?$top=2&$select=phenomenonTime&$orderby=phenomenonTime+asc"
    pages = []
    while address:
        pages.append(ask(sta, address))
        address = pages[-1].get("@iot.nextLink")
    assert [list(page) for page in pages] == [["@iot.nextLink", "value"], ["value"]]
    assert [each for page in pages for each in page["value"]] == [
        {"phenomenonTime": f"2026-05-17T{hour:02d}:00:00.000Z"} for hour in (9, 10, 11)
    ]


def test_after_no_entities_no_page_follows(sta: httpx.Client) -> None:
    """Who asks for the number alone gets no link: it would lead to the same empty page for ever."""
    for address in ("/Things", "/Things/$ref", "/Observations"):
        found = ask(sta, f"{address}?$top=0&$count=true")
        assert list(found) == ["@iot.count", "value"]
        assert (found["@iot.count"] > 0, found["value"]) == (True, [])


def test_expanded_entities_have_pages_too(sta: httpx.Client) -> None:
    """A short $top inside of $expand gives a link to the rest, which works, and the number of all."""
    thing = ask(sta, "/Things(1)?$expand=Datastreams($top=4;$count=true;$select=name)")
    rest = ask(sta, thing["Datastreams@iot.nextLink"])["value"]
    assert (len(thing["Datastreams"]), len(rest), thing["Datastreams@iot.count"]) == (4, 2, 6)
    assert not {each["name"] for each in rest} & {each["name"] for each in thing["Datastreams"]}


def test_expand_goes_deep_with_options_at_every_level(sta: httpx.Client) -> None:
    """Stations with the newest calibrated PM2.5 come in one question."""
    options = (
        "$filter=name eq 'LUB_gooi_01'&$select=name&$expand=Datastreams($filter=ObservedProperty/name eq 'pm25_kal';"
        "$select=name;$expand=Observations($top=1;$select=result),Sensor($select=name))"
    )
    (thing,) = ask(sta, f"/Things?{options}")["value"]
    (stream,) = thing["Datastreams"]
    assert (stream["Observations"], stream["Sensor"]) == ([{"result": 10}], {"name": "SPS30"})


def test_a_path_in_expand_is_short_for_expand_in_expand(sta: httpx.Client) -> None:
    """`Datastreams/Sensor,Datastreams/ObservedProperty` brings both."""
    thing = ask(sta, "/Things(1)?$expand=Datastreams/Sensor,Datastreams/ObservedProperty")
    assert {"Sensor", "ObservedProperty"} <= thing["Datastreams"][0].keys()


def test_data_arrays_hold_the_named_components(sta: httpx.Client, sta_url: str) -> None:
    """Arrays come in groups by Datastream with what $select names."""
    found = ask(sta, "/Observations?$resultFormat=dataArray&$select=result,phenomenonTime&$top=2&$count=true")
    assert found["@iot.count"] == 9  # three raw, three calibrated, three of other series
    group = found["value"][0]
    assert group["components"] == ["result", "phenomenonTime"]
    assert group["Datastream@iot.navigationLink"] == f"{sta_url}/Datastreams({PM25})"
    assert group["dataArray"] == [[20, "2026-05-17T11:00:00.000Z"]]
    assert sum(each["dataArray@iot.count"] for each in found["value"]) == 2


def test_data_arrays_have_ids_and_times_by_default(sta: httpx.Client) -> None:
    """Without $select an array is id, time, time of the result, and result."""
    (group,) = ask(sta, f"/Datastreams({PM25})/Observations?$resultFormat=dataArray")["value"]
    assert group["components"] == ["id", "phenomenonTime", "resultTime", "result"]
    assert ask(sta, f"/Observations({group['dataArray'][0][0]})")["result"] == group["dataArray"][0][3]


def test_properties_answer_by_themselves(sta: httpx.Client) -> None:
    """A property, its bare value, a key of an object, and one without a value answer as the standard says."""
    assert ask(sta, "/Things(1)/name") == {"name": "LUB_gooi_01"}
    assert sta.get("/Things(1)/name/$value").text == "LUB_gooi_01"
    assert ask(sta, "/Things(1)/properties/project") == {"project": "meet mee"}
    assert sta.get("/Things(1)/properties/nh3closecode").status_code == 204
    assert ask(sta, f"/Datastreams({PM25})/Thing/name") == {"name": "LUB_gooi_01"}
    assert sta.get("/Locations(1)/location/$value").json() == {"type": "Point", "coordinates": [5.18, 52.22]}


def test_references_are_addresses_only(sta: httpx.Client, sta_url: str) -> None:
    """`$ref` gives self links, of one entity and of many."""
    assert ask(sta, f"/Datastreams({PM25})/Thing/$ref") == {"@iot.selfLink": f"{sta_url}/Things(1)"}
    many = ask(sta, "/Things(1)/Datastreams/$ref?$top=1")
    assert many["value"] == [{"@iot.selfLink": f"{sta_url}/Datastreams({PM25})"}]
    assert "@iot.nextLink" in many


def test_a_count_can_be_asked_for_alone(sta: httpx.Client) -> None:
    """`/$count` is a number as text, with $filter as well."""
    assert sta.get("/Things/$count").text == "4"
    assert sta.get("/Things/$count?$filter=startswith(name,'LUB_gooi')").text == "2"


def test_every_station_has_the_four_streams_that_samen_meten_has(sta: httpx.Client) -> None:
    """pm10, pm10_kal, pm25 and pm25_kal are there, empty where nothing is measured, and answer."""
    streams = ask(sta, "/Things(2)/Datastreams?$expand=ObservedProperty,Sensor")["value"]
    by_name = {stream["ObservedProperty"]["name"]: stream for stream in streams}
    assert by_name.keys() == {"pm10", "pm10_kal", "pm25", "pm25_kal"}
    empty = by_name["pm10_kal"]
    assert ask(sta, empty["Observations@iot.navigationLink"]) == {"value": []}
    assert ask(sta, f"{empty['Sensor']['@iot.selfLink']}/Datastreams?$top=1")["value"][0]["phenomenonTime"] is None
    assert ask(sta, empty["@iot.selfLink"])["name"] == "LUB_gooi_02-0-pm10_kal"


def test_the_hours_of_other_entities_are_not_shown_below_a_wrong_parent(sta: httpx.Client) -> None:
    """A path holds only when each part of it belongs to the one before."""
    assert ask(sta, f"/Things(1)/Datastreams({PM25})")["@iot.id"] == PM25
    assert sta.get(f"/Things(2)/Datastreams({PM25})").status_code == 404
    assert sta.get(f"/Things(2)/Datastreams({PM25})/Observations").status_code == 404


def test_things_name_their_nearest_official_and_weather_station(sta: httpx.Client) -> None:
    """The codes are the nearest station that measures the property, and null where there is none."""
    codes = ask(sta, "/Things(1)/properties")["properties"]
    assert (codes["knmicode"], codes["pm25closecode"], codes["pm25stadcode"]) == ("knmi_06260", "NL10404", "NL10404")
    assert (codes["pm25regiocode"], codes["no2closecode"]) == (None, None)


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("name eq 'LUB_gooi_01'", ["LUB_gooi_01"]),
        ("properties/project eq'meet mee' and endswith(name,'02')", ["LUB_gooi_02"]),
        ("(properties/stationId eq 'gooi-02' or name eq 'LUB_oud_01')", ["LUB_gooi_02", "LUB_oud_01"]),
        ("not contains(name,'gooi')", ["LUB_amsterdam_01", "LUB_oud_01"]),
        ("substringof('AMSTER', toupper(name))", ["LUB_amsterdam_01"]),
        ("length(name) eq 11 and indexof(name,'gooi') eq 4", ["LUB_gooi_01", "LUB_gooi_02"]),
        ("id mod 2 eq 0", ["LUB_gooi_02", "LUB_oud_01"]),
        ("id eq 3", ["LUB_amsterdam_01"]),
        ("@iot.id eq '3'", ["LUB_amsterdam_01"]),
        ("properties/removedAt ne null", ["LUB_oud_01"]),
        ("properties/simulated and id lt 2", ["LUB_gooi_01"]),
        ("name eq 'it''s'", []),
        ("properties/knmicode eq 'knmi_06240'", ["LUB_amsterdam_01"]),
        ("Datastreams/ObservedProperty/name eq 'no2'", ["LUB_gooi_01"]),
        ("not (Datastreams/Observations/result gt 5)", ["LUB_gooi_02"]),
        ("Datastreams/Observations/result eq 10 and Datastreams/properties/calibrated", ["LUB_gooi_01"]),
        ("Datastreams/Observations/result eq 20 and Datastreams/properties/calibrated", []),
        ("st_within(Locations/location, geography'POLYGON((4 52, 5 52, 5 53, 4 53, 4 52))')", ["LUB_amsterdam_01"]),
        ("geo.distance(Locations/location, geography'POINT(5.2 52.25)') lt 0.02", ["LUB_gooi_02"]),
    ],
)
def test_conditions_on_things(sta: httpx.Client, condition: str, found: list[str]) -> None:
    """Each operator and function finds the stations that fulfil it."""
    assert names(sta, "/Things", condition) == found


@pytest.mark.parametrize(
    ("condition", "hours"),
    [
        ("phenomenonTime gt '20260517T0900'", [11, 10]),
        ("phenomenonTime ge '20260517' and phenomenonTime lt '20260518'", [11, 10, 9]),
        ("phenomenonTime gt 2026-05-17T10:00:00.000Z", [11]),
        ("phenomenonTime eq 2026-05-17T12:00:00+02:00", [10]),
        ("date(phenomenonTime) eq 2026-05-17 and hour(phenomenonTime) le 10", [10, 9]),
        ("date(phenomenonTime) eq '2026-05-18'", []),
        ("year(phenomenonTime) eq 2026 and month(phenomenonTime) eq 5 and day(phenomenonTime) eq 17", [11, 10, 9]),
        ("phenomenonTime lt now() and minute(phenomenonTime) eq 0 and second(phenomenonTime) eq 0", [11, 10, 9]),
        ("result mul 2 gt 39.9 and result add 1 sub 1 eq 20", [11, 10, 9]),
        ("round(result) eq 20 and floor(result div 3) eq 6 and ceiling(result div 3) eq 7", [11, 10, 9]),
        ("resultQuality/quality eq 2 and resultQuality/dataCapture eq 1", [11, 10, 9]),
        ("FeatureOfInterest/name eq Datastream/Thing/name", [11, 10, 9]),
    ],
)
def test_conditions_on_observations(sta: httpx.Client, condition: str, hours: list[int]) -> None:
    """Each spelling of a time and each function of time and number finds its hours."""
    found = sta.get(f"/Datastreams({PM25})/Observations", params={"$filter": condition})
    assert found.status_code == 200, found.text
    assert [int(each["phenomenonTime"][11:13]) for each in found.json()["value"]] == hours


def test_a_plus_and_a_percent_20_are_both_a_space(sta: httpx.Client) -> None:
    """Clients that send `+` and clients that encode get the same."""
    assert ask(sta, "/Things?$filter=id+eq+1") == ask(sta, "/Things?$filter=id%20eq%201")


def test_gost_habits_are_understood(sta: httpx.Client) -> None:
    """Lower-case navigations and `id` in $select work."""
    (thing,) = ask(sta, "/Things?$filter=id eq 1&$select=id&$expand=locations($select=location)")["value"]
    assert thing == {"@iot.id": 1, "Locations": [{"location": {"type": "Point", "coordinates": [5.18, 52.22]}}]}


def test_related_properties_can_be_sorted_by(sta: httpx.Client) -> None:
    """$orderby takes paths and several keys."""
    found = ask(sta, "/Datastreams?$orderby=Thing/name desc,id&$select=name")["value"]
    order = [each["name"].rsplit("-", 2)[0] for each in found]
    assert order == sorted(order, reverse=True)


@pytest.mark.parametrize("text", ["'; DROP TABLE station; --", "%(root)s", "{}", "%s", "\\", "') OR true --", "💨"])
def test_text_stays_text(sta: httpx.Client, text: str) -> None:
    """What looks like SQL or like a place for a parameter is compared as text, in filters and in links."""
    quoted = text.replace("'", "''")
    assert names(sta, "/Things", f"name eq '{quoted}' or contains(description, '{quoted}')") == []
    answer = sta.get("/Things(1)", params={"$expand": f"Datastreams($top=1;$filter=name ne '{quoted}')"})
    assert answer.status_code == 200
    following = sta.get(answer.json()["Datastreams@iot.nextLink"])
    assert len(following.json()["value"]) == 1


def test_a_strange_host_does_not_break_the_json(sta: httpx.Client) -> None:
    """Links take the caller's name for us, and stay JSON whatever that is."""
    answer = sta.get("/Things?$top=1", headers={"Host": 'a"b'})
    assert answer.status_code in (200, 400)
    assert answer.json()
