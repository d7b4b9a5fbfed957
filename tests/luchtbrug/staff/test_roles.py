"""Who may do what: every path of the staff room for every role, and for nobody."""

import re
from pathlib import Path

import pytest

from luchtbrug.roles import MAY, Action, Role, highest
from luchtbrug.settings import Settings
from luchtbrug.staff.room import Staff
from tests import patient
from tests.luchtbrug.staff.conftest import House, csrf

ROOT = Path(__file__).parents[3]


def places(house: House) -> list[tuple[str, str, Action]]:
    """List method, path and what it needs, of all that the room guards."""
    room = Staff(Settings(_env_file=None), house.database_url)  # type: ignore[call-arg]
    return [(place.method, place.path.replace("{station_id}", "s-one"), place.needs) for place in room.places()]


def knock(house: House, method: str, path: str, token: str) -> int:
    """Ask for a path with an empty form that is meant, and give the status."""
    if method == "GET":
        return house.client.get(path).status_code
    return house.client.post(path, data={"csrf": token}, headers=house.origin).status_code


@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_do_what_the_table_says(shared: House, role: Role) -> None:
    """Where the table allows it the room answers, everywhere else it is 403."""
    shared.sign_in(role)
    token = csrf(shared.client.get("/desk").text)
    for method, path, needs in places(shared):
        status = knock(shared, method, path, token)
        assert (status == 403) is (needs not in MAY[role]), (role, method, path, status)
        assert status in (200, 303, 400, 403, 404), (role, method, path, status)


def test_nobody_is_led_to_the_sign_in_from_everywhere(shared: House) -> None:
    """Without a session, and with a cookie that nobody gave, every path leads to the sign-in and does nothing."""
    before = shared.actions()
    for cookie in ({}, {"luchtbrug-staff": "made-up"}):
        with patient.Client(base_url=shared.client.base_url, cookies=cookie) as nobody:
            for method, path, _ in places(shared):
                answer = nobody.request(method, path)
                assert answer.status_code == 303, (method, path)
                assert answer.headers["location"].startswith("/staff/sign-in?back="), (method, path)
                assert "set-cookie" not in answer.headers
    assert shared.actions() == before


def test_a_form_without_its_secret_or_of_another_site_does_nothing(shared: House) -> None:
    """Every form is refused for an administrator too, unless it carries the session's secret and comes from here."""
    shared.sign_in(Role.ADMINISTRATOR)
    token, before = csrf(shared.client.get("/desk").text), shared.actions()
    foreign = {"Origin": "https://evil.example.org"}
    for method, path, _ in places(shared):
        if method == "POST":
            assert shared.client.post(path, headers=shared.origin).status_code == 403, path
            assert shared.client.post(path, data={"csrf": "0" * 64}, headers=shared.origin).status_code == 403, path
            assert shared.client.post(path, data={"csrf": token}, headers=foreign).status_code == 403, path
            assert shared.client.post(path, data={"csrf": token}).status_code == 403, path
    assert shared.client.post("/staff/sign-out", headers=shared.origin).status_code == 403
    assert shared.actions() == before


def test_nobody_raises_a_role_by_a_form(shared: House) -> None:
    """A data officer's form that asks for another role changes nothing; nor do fields that no form has."""
    shared.sign_in(Role.DATA_OFFICER)
    raised = shared.send("/desk/accounts/role", name="data_officer", role="administrator")
    assert raised.status_code == 403
    shared.send("/desk/alerts/note", alert="1", note="seen", role="administrator")
    assert "· data officer" in shared.client.get("/desk").text
    assert shared.client.get("/desk/accounts").status_code == 403


def test_another_role_ends_the_sessions_of_the_account(house: House) -> None:
    """Whoever was made a viewer is so at once."""
    house.sign_in(Role.DATA_OFFICER)
    with patient.Client(base_url=house.client.base_url, headers={"Accept-Language": "en"}) as other:
        boss = House(other, house.database_url, house.provider, house.passwords)
        boss.sign_in(Role.ADMINISTRATOR)
        assert boss.send("/desk/accounts/role", name="data_officer", role="viewer").status_code == 303
    assert house.client.get("/desk").status_code == 303
    assert ("account:administrator", "account.role", "account data_officer") in house.actions()


def test_of_several_roles_the_one_that_may_do_most_counts() -> None:
    """Nobody's order matters, and no role is none."""
    assert highest(frozenset({Role.VIEWER, Role.ADMINISTRATOR})) is Role.ADMINISTRATOR
    assert highest(frozenset({Role.CAMPAIGN_LEAD, Role.VIEWER})) is Role.CAMPAIGN_LEAD
    assert highest(frozenset()) is None


def test_the_table_of_the_documentation_is_the_one_that_counts() -> None:
    """docs/staff.md has a row for each action, with a cross for each role that may."""
    text = (ROOT / "docs" / "staff.md").read_text()
    found = {row[0]: row[1:] for row in (re.split(r"\s*\|\s*", line.strip("| ")) for line in text.splitlines()) if row}
    for action in Action:
        crosses = [action in MAY[role] for role in Role]
        assert [cell == "×" for cell in (found[action.value] + [""] * 4)[:4]] == crosses, action
