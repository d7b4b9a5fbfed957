"""Staff in a real browser: in by the provider, at work, out again; every page of the desk under axe and Nu."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from re import compile as pattern

import pytest
from playwright.sync_api import Browser, Page, expect

from luchtbrug.roles import Role
from tests.api.web.test_accessibility import (
    checkers,  # noqa: F401  # a fixture
    html_errors,
    missing,
    press_until,
    violations,
    with_language,
)
from tests.luchtbrug.staff.conftest import House, identity, lasting, shared  # noqa: F401  # fixtures

pytestmark = pytest.mark.long

PAGES = (
    "/staff/sign-in",
    "/desk",
    "/desk/quarantine?reason=not_json&station=s-one",
    "/desk/alerts?state=all",
    "/desk/stations?state=all",
    "/desk/stations/s-one",
    "/desk/stations/nobody",
    "/desk/audit?verify=1",
    "/desk/accounts",
)
PATIENCE = 20_000  # [ms]


@pytest.fixture
def tab(browser: Browser, shared: House) -> Iterator[Page]:  # noqa: F811
    """Open a Dutch tab without JavaScript; the provider makes an administrator of whoever comes."""
    shared.provider.roles = ["administrator"]
    address = str(shared.client.base_url)
    context = browser.new_context(base_url=address, locale="nl-NL", java_script_enabled=False)
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


@pytest.mark.browser
def test_in_at_work_and_out_without_a_script(tab: Page, shared: House) -> None:  # noqa: F811
    """From the foot of a public page to the provider and back, a note by keyboard, and out; the cookie goes too."""
    tab.goto("/about")
    assert tab.context.cookies() == []
    tab.get_by_role("link", name="Voor medewerkers").click()
    tab.locator("#start").click()
    expect(tab).to_have_url(pattern("/desk$"))
    (cookie,) = tab.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["expires"]) == (True, "Lax", -1)
    tab.goto("/desk/alerts")
    tab.locator("input[name=note]").focus()
    tab.keyboard.type("Eigenaar gebeld")
    tab.keyboard.press("Enter")
    expect(tab.locator(".done")).to_contain_text("notitie")
    tab.goto("/desk/stations/s-one")
    tab.fill("#from", "2026-11-01")
    tab.fill("#why", "naast een barbecue")
    tab.get_by_role("button", name="Niet laten meetellen").click()
    expect(tab.locator("#exclusions")).to_contain_text("naast een barbecue")
    tab.get_by_role("button", name="Weer laten meetellen").click()
    expect(tab.locator(".done")).to_contain_text("telt weer mee")
    tab.goto("/desk/quarantine?reason=not_json")
    expect(tab.locator("main")).to_contain_text("s-one")
    tab.goto("/desk/audit?verify=1")
    expect(tab.locator("main")).to_contain_text("station.excluded")
    tab.get_by_role("button", name="Uitloggen").click()
    expect(tab.locator("h1")).to_have_text("U bent uitgelogd")
    assert tab.context.cookies() == []
    tab.goto("/desk")
    expect(tab).to_have_url(pattern("/staff/sign-in"))
    made = [row[1] for row in shared.actions() if row[0] == "oidc:s-123"]
    assert made[-5:] == ["staff.signed_in", "alert.noted", "station.excluded", "station.included", "staff.signed_out"]


@pytest.mark.browser
@pytest.mark.node
def test_axe_finds_nothing_at_the_desk(browser: Browser, shared: House, checkers: Path) -> None:  # noqa: F811
    """No violation on any page of staff, in Dutch and light on a phone, and in English and dark on a desk."""
    axe = (checkers / "axe-core" / "axe.min.js").read_text()
    shared.provider.roles = ["administrator"]
    for language, dark, width in (("nl", False, 390), ("en", True, 1280)):
        context = browser.new_context(
            base_url=str(shared.client.base_url), color_scheme="dark" if dark else "light",
            viewport={"width": width, "height": 900},
        )  # fmt: skip
        tab = context.new_page()
        for path in PAGES:
            tab.goto(with_language(path, language))
            assert violations(tab, axe) == [], (path, language)
            assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, language)
            if path == "/staff/sign-in":
                press_until(tab, "#start")
                tab.keyboard.press("Enter")
                expect(tab).to_have_url(pattern("/desk$"))
        context.close()


@pytest.mark.node
def test_the_html_of_the_desk_is_valid(shared: House, checkers: Path, tmp_path: Path) -> None:  # noqa: F811
    """The Nu HTML checker has no error for any page of staff in either language."""
    if shutil.which("java") is None:
        missing("java")
    for number, path in enumerate(PAGES):
        for language in ("nl", "en"):
            answer = shared.client.get(with_language(path, language))
            assert answer.status_code == (404 if "nobody" in path else 200), path
            (tmp_path / f"{number}-{language}.html").write_text(answer.text)
        if path == "/staff/sign-in":
            shared.sign_in(Role.ADMINISTRATOR)
    assert html_errors(tmp_path, checkers) == []
