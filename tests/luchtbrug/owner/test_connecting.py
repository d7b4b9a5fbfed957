"""The pages of owners over HTTP, with a real database: what forms do without a script."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from luchtbrug.settings import Settings
from storage.connection import connect
from tests.luchtbrug.test_doorway import opened

PLACE = {"latitude": "52,225", "longitude": "5.18", "height": "2", "name": "Tuin <b>", "device": "esphome"}
"""What an empty form is filled in with; Dutch people write commas."""


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[httpx.Client]:
    """Serve the pages with registration open; the reader is English."""
    settings = Settings(_env_file=None, data_dir=tmp_path, registration="open", database_url=SecretStr(database_url))  # type: ignore[call-arg]
    with opened(database_url, settings) as client:
        client.headers["Accept-Language"] = "en"
        yield client


def shown(html: str, name: str) -> str:
    """Read a key off a page."""
    found = re.search(rf'id="{name}">([^<]+)<', html)
    assert found, name
    return unescape(found[1])


def connected(desk: httpx.Client) -> dict[str, str]:
    """Connect a station and return what a form of its owner has to hold."""
    html = desk.post("/connect", data=PLACE).text
    return {
        "station": shown(html, "new-station"),
        "token": shown(html, "owner-token"),
        "push": shown(html, "http-token"),
    }


def test_a_form_registers_a_station_and_shows_its_lines_once(desk: httpx.Client) -> None:
    """The answer holds keys and the lines of the chosen device, is kept by nobody and packed by nothing."""
    answer = desk.post("/connect", data=PLACE)
    assert answer.status_code == 200
    station = shown(answer.text, "new-station")
    assert f"topic_prefix: in/{station}/esp" in answer.text
    assert "Lines for ESPHome" in answer.text
    assert "Tuin <b>" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "content-encoding" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert desk.get(f"/v1/stations/{station}").json()["geometry"]["coordinates"] != [5.18, 52.225]


def test_a_form_with_an_impossible_place_is_shown_again_with_what_was_typed(desk: httpx.Client) -> None:
    """The page says what is wrong, with the status of the API, and keeps the name."""
    answer = desk.post("/connect", data=PLACE | {"latitude": "nowhere"})
    assert answer.status_code == 400
    assert "latitude" in answer.text
    assert 'value="Tuin &lt;b&gt;"' in answer.text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"latitude": "ergens"}, "De breedtegraad is een getal van −90 tot 90"),
        ({"longitude": "181"}, "De lengtegraad is een getal van −180 tot 180"),
        ({"height": "900"}, "De hoogte is een getal in meter"),
        ({"device": "toaster"}, "Dit apparaat kennen we niet"),
        ({"sensor-1": "SDS012"}, "Deze sensor kennen we niet"),
    ],
)
def test_a_dutch_reader_is_refused_in_dutch(desk: httpx.Client, wrong: dict[str, str], said: str) -> None:
    """What is wrong with the form is said in the words of the page, and none of the API's."""
    html = unescape(desk.post("/connect?lang=nl", data=PLACE | wrong).text)
    refusal = html[html.index('id="refusal"') :].partition("</div>")[0]
    assert said in refusal
    assert 'lang="en"' not in refusal


def test_sensors_are_chosen_from_the_known_models(desk: httpx.Client, database_url: str) -> None:
    """The form offers every model, and a station that is told to have two has both."""
    form = desk.get("/connect").text
    assert form.count('<option value="SPS30">') == 3
    answer = desk.post("/connect", data=PLACE | {"sensor-1": "SPS30", "sensor-3": "BME280"})
    station = shown(answer.text, "new-station")
    told = "SELECT sensor_model FROM sensor JOIN station USING (station_key) WHERE station_id = %s ORDER BY 1"
    with connect(database_url) as conn:
        assert [model for (model,) in conn.execute(told, [station])] == ["BME280", "SPS30"]


def test_a_platform_that_is_closed_says_so(database_url: str, tmp_path: Path) -> None:
    """Where registration is closed the button is off, and a form all the same is refused."""
    settings = Settings(_env_file=None, data_dir=tmp_path, database_url=SecretStr(database_url))  # type: ignore[call-arg]
    with opened(database_url, settings) as client:
        assert "disabled" in client.get("/connect").text
        assert client.post("/connect", data=PLACE).status_code == 403


def test_the_first_message_is_seen_without_a_script(desk: httpx.Client) -> None:
    """Before it there is none, after it the readings are there."""
    mine = connected(desk)
    look = {**mine, "action": "look"}
    assert "No message has arrived yet" in desk.post("/my-station", data=look).text
    sent = desk.post(
        f"/v1/stations/{mine['station']}/obs",
        json={"obs": [{"s": "sps30-0", "v": {"pm2_5": 8.1}}]},
        headers={"Authorization": f"Bearer {mine['push']}"},
    )
    assert sent.status_code == 202, sent.text
    html = desk.post("/my-station", data=look).text
    assert "8.1 µg/m³" in html
    assert mine["token"] not in str(desk.get("/my-station").text)


@pytest.mark.parametrize(
    ("form", "event"),
    [
        ({"action": "pause", "text": "barbecue"}, ("paused", "barbecue")),
        ({"action": "resume"}, ("resumed", None)),
        ({"action": "change", "sensor": "sps30-0", "text": "new fan"}, ("hardware_changed", "new fan")),
        ({"action": "move", "latitude": "52.3", "longitude": "5,2"}, ("moved", None)),
    ],
)
def test_what_an_owner_reports_is_logged(
    desk: httpx.Client, form: dict[str, str], event: tuple[str, str | None]
) -> None:
    """Each form becomes the event that the API would have written, and the archive holds it."""
    mine = connected(desk)
    answer = desk.post("/my-station", data=mine | form)
    assert answer.status_code == 200
    assert 'class="done"' in answer.text
    events = archive(desk, mine)["events"]
    assert event in [(one["kind"], one["detail"].get("text")) for one in events]


def archive(desk: httpx.Client, mine: dict[str, str]) -> dict[str, Any]:
    """Export everything of a station and return its record."""
    answer = desk.post("/my-station/export", data=mine)
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as files:
        assert sorted(files.namelist()) == ["hours.csv", "readings.csv", "revisions.csv", "station.json"]
        assert files.read("readings.csv").startswith(b"sensor_name,")
        found: dict[str, Any] = json.loads(files.read("station.json"))
    return found


def test_the_archive_holds_the_exact_place_for_the_owner_alone(desk: httpx.Client) -> None:
    """The owner gets what is kept; another token gets nothing."""
    mine = connected(desk)
    assert archive(desk, mine)["station"]["exact_latitude"] == 52.225
    refused = desk.post("/my-station/export", data=mine | {"token": "wrong"})
    assert refused.status_code == 401
    assert "text/html" in refused.headers["content-type"]


def test_new_keys_replace_the_old_ones(desk: httpx.Client) -> None:
    """With a new owner's token the old one opens nothing any more."""
    mine = connected(desk)
    html = desk.post("/my-station", data=mine | {"action": "rotate", "owner_token": "1", "device": "native"}).text
    token = shown(html, "owner-token")
    assert token != mine["token"]
    assert desk.post("/my-station", data=mine | {"action": "look"}).status_code == 401
    assert desk.post("/my-station", data=mine | {"action": "look", "token": token}).status_code == 200


def test_a_station_changes_hands_by_a_code(desk: httpx.Client) -> None:
    """Who enters the code becomes the owner and gets keys; the old owner is out."""
    mine = connected(desk)
    code = shown(desk.post("/my-station", data=mine | {"action": "transfer"}).text, "transfer-code")
    html = desk.post("/my-station", data={"action": "claim", "code": code}).text
    assert shown(html, "new-station") == mine["station"]
    assert desk.post("/my-station", data=mine | {"action": "look"}).status_code == 401
    assert desk.post("/my-station", data={"action": "claim", "code": code}).status_code == 404


def test_the_place_on_the_map_is_the_owner_s_choice(desk: httpx.Client) -> None:
    """One button shows everybody the exact place, the other the displaced one again."""
    mine = connected(desk)
    path = f"/v1/stations/{mine['station']}"
    before = desk.get(path).json()["geometry"]["coordinates"]
    for action, place in (("publish_exact", [5.18, 52.225]), ("publish_displaced", before)):
        assert 'class="done"' in desk.post("/my-station", data=mine | {"action": action}).text
        assert desk.get(path).json()["geometry"]["coordinates"] == place


def test_deleting_asks_twice_and_then_forgets(desk: httpx.Client) -> None:
    """Without the tick nothing happens; with it the station is gone and its keys open nothing."""
    mine = connected(desk)
    assert desk.post("/my-station", data=mine | {"action": "delete"}).status_code == 400
    gone = desk.post("/my-station", data=mine | {"action": "delete", "sure": "1", "readings": "remove"}).text
    assert "has been deleted. Your receipt has number r-" in gone
    assert "Deleted: 0 readings" in gone
    assert desk.post("/my-station", data=mine | {"action": "look"}).status_code == 401


@pytest.mark.parametrize("body", [b"\xff\xfe=1", b"a=1" * 9000, b"&".join([b"a=1"] * 99), b""])
def test_a_form_that_is_no_form_is_refused(desk: httpx.Client, body: bytes) -> None:
    """Bytes that are no text, far too much, too many fields, nothing: a page with a refusal, no fault."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for path in ("/connect", "/my-station", "/my-station/export"):
        assert desk.post(path, content=body, headers=headers).status_code in (400, 401)
