"""The desk over HTTP with a real database: what is shown, what is decided, and what stays as it was."""

from datetime import UTC, datetime, timedelta

import pytest

from luchtbrug.register import register
from luchtbrug.roles import Role
from luchtbrug.staff.examples import example
from storage.connection import connect
from tests.luchtbrug.staff.conftest import House, csrf, rows


@pytest.fixture
def officer(house: House) -> House:
    """Sign a data officer in."""
    house.sign_in(Role.DATA_OFFICER)
    return house


def test_the_desk_shows_what_needs_attention(officer: House) -> None:
    """Alerts, stations with one, and quarantine by reason and station stand on the first page; names are text."""
    html = officer.client.get("/desk").text
    assert "&lt;script&gt;x&lt;/script&gt;" in html
    assert "<script>x" not in html
    assert "not_json" in html
    assert "unknown_station" in html
    assert officer.client.get("/desk").headers["cache-control"] == "no-store"


def test_examples_come_without_secrets_and_place(officer: House) -> None:
    """The reason is narrowed to examples, in which neither password nor position is left."""
    html = officer.client.get("/desk/quarantine", params={"reason": "not_json", "station": "s-one"}).text
    assert "52.223456" not in html
    assert "hunter2" not in html
    assert "Read again" in html
    assert example(b"\x00\xff\x01") == "00 ff 01"
    assert example(b"{'lat': 52.12345, 'lon': '5.12345'}") == "{'lat': \"***\", 'lon': \"***\"}"
    assert example(b"LAT: 52.12345, lon:5.12345 temp:9") == "LAT: ***, lon:*** temp:9"
    told = b'{"Coordinates": [5.123456, 52.1], "sensordatavalues": [{"value_type":"GPS_lat","value":"52.1"}]}'
    assert "5.1" not in example(told)
    assert "52.1" not in example(told)


def test_an_alert_is_acknowledged_with_a_note(officer: House) -> None:
    """The note stands beside the alert, which is no longer among those nobody looked at, and goes on all the same."""
    assert officer.send("/desk/alerts/note", alert="1", note="The owner is <b>away</b>").status_code == 303
    assert "There is nothing the matter" in officer.client.get("/desk/alerts").text
    html = officer.client.get("/desk/alerts", params={"state": "all"}).text
    assert "The owner is &lt;b&gt;away&lt;/b&gt;" in html
    assert rows(officer.database_url, 'SELECT "end" FROM alert') == [(None,)]
    assert ("account:data_officer", "alert.noted", "station s-two") in officer.actions()
    assert officer.send("/desk/alerts/note", alert="99", note="nothing").status_code == 404


def test_a_station_is_left_out_and_counts_again(officer: House) -> None:
    """Both are events that everybody can read; nothing of the exclusion is deleted."""
    page = "/desk/stations/s-one"
    sent = officer.send(f"{page}/exclude", **{"from": "2026-11-01", "until": "2026-11-10", "reason": "beside a grill"})
    assert sent.headers["location"] == f"{page}?done=excluded"
    (found,) = rows(officer.database_url, 'SELECT begin, "end" - begin, reason FROM station_exclusion')
    assert found[1:] == (timedelta(days=10), "beside a grill")
    assert officer.send(f"{page}/exclude", **{"from": "2026-11-01", "reason": "for good"}).status_code == 303
    assert "until further notice" in officer.client.get(page).text
    assert officer.send("/desk/stations/s-two/include", exclusion="2").status_code == 404
    assert officer.send(f"{page}/include", exclusion="2").headers["location"] == f"{page}?done=included"
    assert rows(officer.database_url, 'SELECT count(*) FROM station_exclusion WHERE "end" IS NULL') == [(0,)]
    kinds = rows(officer.database_url, "SELECT kind FROM event WHERE kind LIKE '%cluded' ORDER BY event_key")
    assert kinds == [("excluded",), ("excluded",), ("included",)]
    assert [row[1] for row in officer.actions()][-3:] == ["station.excluded", "station.excluded", "station.included"]


def test_an_exclusion_that_makes_no_sense_changes_nothing(officer: House) -> None:
    """Backwards, without a reason, on no day or on one of another age: the page says so."""
    for fields in (
        {"from": "2026-11-10", "until": "2026-11-01", "reason": "backwards"},
        {"from": "2026-11-10", "reason": ""},
        {"from": "soon", "reason": "x"},
        {"from": "2026-11-10", "until": "later", "reason": "x"},
        {"from": "0001-01-01", "reason": "x"},
    ):
        answer = officer.send("/desk/stations/s-one/exclude", **fields)
        assert answer.headers["location"].endswith("done=refused"), fields
    assert rows(officer.database_url, "SELECT count(*) FROM station_exclusion") == [(0,)]


def test_hardware_is_logged_as_an_owner_would(officer: House) -> None:
    """The event is the one that calibration begins anew after; the words stay out of the audit log."""
    officer.send("/desk/stations/s-one/hardware", sensor="sps30-0", text="new fan")
    events = "SELECT detail ->> 'text' FROM event WHERE kind = 'hardware_changed'"
    assert rows(officer.database_url, events) == [("new fan",)]
    entries = "SELECT actor, after::text FROM restricted.audit WHERE action = 'station.hardware_changed'"
    (logged,) = rows(officer.database_url, entries)
    assert logged == ("account:data_officer", '{"sensor": "sps30-0"}')


def test_messages_are_read_again_after_something_was_mended(officer: House) -> None:
    """A message of a station that is there by now is stored, once; one that still fails comes back as a new row."""
    now = datetime.now(UTC)
    with connect(officer.database_url) as conn:
        register(conn, station_id="s-gone", latitude=52, longitude=5, position_key="key of a test", now=now)
    stored = (
        "SELECT count(*) FROM reading JOIN series USING (series_key) JOIN station USING (station_key) "
        "WHERE station_id = 's-gone'"
    )
    for _ in range(2):
        officer.send("/desk/quarantine/requeue", reason="unknown_station", station="s-gone")
        assert rows(officer.database_url, stored) == [(1,)]
    waiting = "SELECT count(*) FROM quarantine WHERE reason = 'not_json' AND requeued_at IS NULL"
    before = rows(officer.database_url, waiting)
    answer = officer.send("/desk/quarantine/requeue", reason="not_json", station="s-one")
    assert answer.headers["location"].endswith("done=requeued")
    assert rows(officer.database_url, waiting) == before
    assert rows(officer.database_url, "SELECT count(*) > 0 FROM quarantine WHERE requeued_at IS NOT NULL") == [(True,)]


def test_an_administrator_makes_and_removes_accounts(house: House) -> None:
    """The password is shown once and works; a removed account is out at once."""
    house.sign_in(Role.ADMINISTRATOR)
    html = house.send("/desk/accounts/add", name="anna", role="viewer").text
    password = html.split('id="new-password">')[1].split("<")[0]
    assert password not in house.client.get("/desk/accounts").text
    assert house.send("/desk/accounts/add", name="anna", role="viewer").status_code == 409
    assert house.send("/desk/accounts/add", name="Anna Banana", role="viewer").status_code == 400
    assert house.send("/desk/accounts/add", name="viewer", role="owner").status_code == 400
    kept = rows(house.database_url, "SELECT password_hash FROM restricted.staff_account WHERE name = 'anna'")
    assert str(kept[0][0]).startswith("$argon2id$")
    assert house.send("/desk/accounts/remove", name="viewer").status_code == 303
    assert house.send("/desk/accounts/remove", name="viewer").status_code == 404


def test_the_audit_page_shows_who_did_what(shared: House) -> None:
    """It can be narrowed, and verified on the page."""
    shared.sign_in(Role.ADMINISTRATOR)
    html = shared.client.get("/desk/audit", params={"action": "station.added", "verify": "1"}).text
    assert "operator (command line)" in html
    assert "station s-one" in html
    assert "account viewer" not in html
    assert "The log is intact" in html


def test_a_strange_address_is_an_ordinary_page(shared: House) -> None:
    """Pages far behind the last, numbers that are none and words with markup do not disturb a list."""
    shared.sign_in(Role.ADMINISTRATOR)
    words = {"q": "<b>", "reason": "%' --", "kind": "x", "action": "'"}
    for path in ("/desk/quarantine", "/desk/alerts", "/desk/stations", "/desk/audit"):
        for query in ({"page": "9999999999"}, {"page": "-1"}, {"page": "²"}, words):
            assert shared.client.get(path, params=query).status_code == 200, (path, query)


def test_what_no_text_of_the_database_holds_is_left_out(shared: House) -> None:
    """A null character in a name, a search or a path is no failure of ours."""
    form = {"name": "nobody\0", "password": "x", "csrf": csrf(shared.client.get("/staff/sign-in").text)}
    assert shared.client.post("/staff/sign-in", data=form, headers=shared.origin).status_code == 403
    shared.sign_in(Role.ADMINISTRATOR)
    asked = ["/desk/stations?q=%00", "/desk/quarantine?reason=a%00", "/desk/stations/s-one%00"]
    assert [shared.client.get(path).status_code for path in asked] == [200, 200, 404]
    assert shared.send("/desk/quarantine/requeue", reason="a\0", station="b\0").status_code == 303
    assert shared.send("/desk/accounts/role", name="a\0", role="viewer").status_code == 404
