"""Owners and leads over HTTP: who is let in, what is refused, and that no secret is repeated to who has none."""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

import storage.campaigns
from luchtbrug.campaigns.taking_part import invite
from luchtbrug.settings import Settings
from storage.connection import connect
from tests.luchtbrug.campaigns.no2 import CODE, TUBES, a_campaign, a_station
from tests.luchtbrug.test_doorway import opened

MINE = {"Authorization": "Bearer owner of s-one"}
FORM = {"station": "s-one", "token": "owner of s-one"}
PART = "/v1/stations/s-one/campaigns"


@dataclass(frozen=True, slots=True)
class House:
    """The platform with a campaign and a station; the lead's key, and an invitation."""

    client: httpx.Client
    key: str
    code: str

    def join(self, **other: Any) -> httpx.Response:
        """Ask to take part over the API."""
        body = {"campaign": CODE, "consentVersion": 1, "invitation": self.code, **other}
        return self.client.post(PART, json=body, headers=MINE)

    def page(self, **fields: str) -> httpx.Response:
        """Send a form of the owner."""
        return self.client.post("/my-station/campaigns?lang=en", data=FORM | fields)


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """Start the platform."""
    now = datetime.now(UTC)
    with connect(database_url) as conn:
        key = a_campaign(conn, now)
        a_station(conn, "s-one")
        campaign = storage.campaigns.need(conn, CODE)
        _, codes = invite(conn, campaign, count=1, uses=1, expires_at=campaign.end, now=now)
    with opened(database_url, Settings.read(data_dir=tmp_path)) as client:
        yield House(client, key, codes[0])


def test_an_owner_joins_and_leaves_over_the_api(house: House) -> None:
    """The invitation shows the text, agreeing to it lets the station in, and the archive of the station has it all."""
    told = house.client.post("/v1/invitations", json={"invitation": house.code}).json()
    assert (told["campaign"], told["consentVersion"]) == (CODE, 1)
    assert "You may leave." in told["consentEn"]
    assert house.join().status_code == 201
    (part,) = house.client.get(PART, headers=MINE).json()["items"]
    assert (part["campaign"], part["consentVersion"], part["leftAt"]) == (CODE, 1, None)
    left = house.client.post("/v1/stations/s-one/departures", json={"campaign": CODE, "keepPast": False}, headers=MINE)
    assert left.json() == {"campaign": CODE, "keepPast": False}
    with zipfile.ZipFile(io.BytesIO(house.client.post("/my-station/export", data=FORM).content)) as files:
        record = json.loads(files.read("station.json"))
    (campaign,) = record["campaigns"]
    assert campaign["agreements"][0]["text_en"].startswith("You share")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"invitation": "aaaa-bbbb-cccc-dddd"}, 409),
        ({"consentVersion": 0}, 409),
        ({"campaign": "nobody"}, 409),
        ({"campaign": "nobody\0"}, 400),
        ({"consentVersion": "one"}, 400),
    ],
)
def test_joining_is_refused_with_a_reason(house: House, body: dict[str, Any], status: int) -> None:
    """A wrong code, another version of the text, no such campaign: a problem, and the invitation is still good."""
    answer = house.join(**body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert house.join().status_code == 201


def test_only_the_owner_joins_and_leaves(house: House) -> None:
    """Another token, or none, changes and sees nothing."""
    for headers in ({}, {"Authorization": "Bearer owner of s-two"}):
        for method, path in (("GET", PART), ("POST", PART), ("POST", "/v1/stations/s-one/departures")):
            body = {"campaign": CODE, "consentVersion": 1} if path == PART else {"campaign": CODE}
            assert house.client.request(method, path, headers=headers, json=body).status_code == 401
    wrong = house.client.post("/my-station/campaigns", data=FORM | {"token": "wrong"})
    assert wrong.status_code == 401
    assert "campaign" not in wrong.text.partition("<main")[2].lower()


def test_the_page_asks_for_the_tick(house: House) -> None:
    """Without agreeing nothing happens; with it the station takes part, and leaves by the same page."""
    assert "You may leave." in house.page(action="code", invitation=house.code).text
    form = {"action": "join", "campaign": CODE, "version": "1", "invitation": house.code}
    refused = house.page(**form)
    assert refused.status_code == 400
    assert "tick the box first" in refused.text
    assert "Your station takes part." in house.page(**form, agree="1").text
    assert "takes part no more" in house.page(action="leave", campaign=CODE, past="out").text


def test_the_key_of_the_lead_opens_the_desk_and_nothing_else_does(house: House) -> None:
    """A wrong key, and any campaign that is not there, give the same door; ten wrong ones in a row are enough."""
    path = f"/campaigns/{CODE}/lead?lang=en"
    desk = house.client.post(path, data={"key": house.key})
    assert (desk.status_code, desk.headers["cache-control"]) == (200, "no-store")
    assert "Lend kits" in desk.text
    assert house.key not in house.client.get(path).text
    doors = [house.client.post(each, data={"key": "wrong"}) for each in (path, "/campaigns/nobody/lead?lang=en")]
    assert [one.status_code for one in doors] == [401, 401]
    assert doors[0].text.replace(CODE, "") == doors[1].text.replace("nobody", "")
    assert house.client.post(f"/campaigns/{CODE}/lead/refused", data={"key": "x", "table": TUBES}).status_code == 401
    assert {house.client.post(path, data={"key": "wrong"}).status_code for _ in range(12)} == {401, 429}


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"key=%ff%fe", b"x" * 1_300_000, b"--b\r\nContent-Disposition: form-data", b"a=1&" * 2000],
    ids=["empty", "bytes", "percent", "large", "cut", "many"],
)
def test_a_form_that_is_none_meets_the_door(house: House, content: bytes) -> None:
    """What is no form, or too large, is as no key."""
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "multipart/form-data"):
        answer = house.client.post(f"/campaigns/{CODE}/lead", content=content, headers={"Content-Type": kind})
        assert answer.status_code == 401


def test_what_is_no_table_has_no_lines_to_mend(house: House) -> None:
    """Of nothing, and of more lines than are taken, the file says why; what no text can hold is left out."""
    path, form = f"/campaigns/{CODE}/lead", {"key": house.key, "label": "ronde-1", "lang": "en"}
    for table in ("", "x;y\n" * 2002):
        answer = house.client.post(f"{path}/refused", data=form | {"table": table})
        assert (answer.status_code, len(answer.text.splitlines())) == (200, 2)
    gone = house.client.post(path, data=form | {"action": "remove", "label": "a\0", "sure": "1"})
    assert gone.status_code == 400


def test_the_empty_table_is_there_for_everybody(house: House) -> None:
    """In Dutch with semicolons, in English with commas, both with the mark that Excel looks for."""
    for language, begin in (("nl", "\ufeffbuisnummer;soort"), ("en", "\ufeffsample,kind")):
        answer = house.client.get(f"/campaigns/{CODE}/table.csv", params={"lang": language})
        assert answer.text.startswith(begin)
        assert answer.headers["content-disposition"].startswith("attachment")
