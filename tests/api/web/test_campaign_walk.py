"""A campaign in a real browser: invitations, an owner who agrees, tubes that are mended, view and report."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from luchtbrug.settings import Settings
from storage.connection import connect
from tests.api.web.test_accessibility import checkers, violations  # noqa: F401  # checkers is a fixture
from tests.luchtbrug.campaigns.no2 import CODE, TUBES, a_campaign
from tests.luchtbrug.test_doorway import opened

pytestmark = pytest.mark.browser
PATIENCE = 20_000  # [ms]


@pytest.fixture
def tab(browser: Browser, database_url: str, tmp_path: Path) -> Iterator[Page]:
    """Open a Dutch tab on a platform whose registration is open."""
    with opened(database_url, Settings.read(data_dir=tmp_path, registration="open")) as client:
        context = browser.new_context(base_url=str(client.base_url), locale="nl-NL")
        context.set_default_timeout(PATIENCE)
        yield context.new_page()
        context.close()


@pytest.fixture
def key(database_url: str) -> str:
    """Start a campaign and give the key of its lead."""
    with connect(database_url) as conn:
        return a_campaign(conn, datetime.now(UTC))


@pytest.mark.node
def test_a_campaign_from_invitation_to_report(tab: Page, key: str, checkers: Path, tmp_path: Path) -> None:  # noqa: F811
    """The lead invites, an owner joins with consent, tubes are refused, mended and stored, and the report says so."""
    axe = (checkers / "axe-core" / "axe.min.js").read_text()
    station = join(tab, invite(tab, key, axe), axe)
    bring(tab, key, tmp_path, TUBES.replace("18,0", "achttien"))
    expect(tab.locator("#faults tbody tr")).to_have_count(1)
    expect(tab.locator("#faults tbody tr")).to_contain_text("Waarde: dit is geen getal")
    expect(tab.locator("#batches")).to_have_count(0)
    expect(tab.locator("#agreed")).to_contain_text(station)
    assert violations(tab, axe) == []
    mended = mend(tab)
    bring(tab, key, tmp_path, mended)
    expect(tab.locator(".done")).to_have_text("Bewaard: 1 monsters.")
    adjusted = tab.locator("#batches data")
    expect(adjusted).to_have_text(
        "blanco’s afgetrokken: 2; vermenigvuldigd met 0,82, uit 3 paren met officiële stations"
    )
    expect(adjusted).to_have_attribute("value", "passive-1: no2-palmes, blanks 2, factor of 3 pairs")
    lend(tab, station)
    enter_one(tab)

    tab.goto(f"/campaigns/{CODE}")
    expect(tab.locator(".place-map .sample")).to_have_count(5)
    expect(tab.locator(".place-map .below text", has_text="Hilversum")).to_be_visible()
    expect(tab.locator("#members")).to_contain_text(station)
    tab.click("a.button")
    expect(tab.locator("body")).to_contain_text("Vergeleken met 3 monsters naast officiële stations")
    expect(tab.locator("body")).to_contain_text("Of een wettelijke grens is overschreden")
    expect(tab.locator("body")).to_contain_text("Meer dan wij dachten.")
    pdf = tab.pdf(format="A4", prefer_css_page_size=True)
    assert 1 <= pdf.count(b"/Type /Page\n") <= 2
    assert tab.context.cookies() == []


def invite(tab: Page, key: str, axe: str) -> str:
    """Sign in as the lead, after a wrong key, and print two invitations; give the first."""
    tab.goto(f"/campaigns/{CODE}/lead")
    tab.fill("#key", "wrong")
    tab.click("#door button")
    expect(tab.locator("#refusal")).to_contain_text("Deze sleutel past niet")
    tab.fill("#key", key)
    tab.click("#door button")
    tab.fill("#codes", "2")
    tab.click("button[value=invite]")
    expect(tab.locator("#codes .code")).to_have_count(2)
    assert violations(tab, axe) == []
    return tab.locator("#codes .code").first.inner_text()


def join(tab: Page, code: str, axe: str) -> str:
    """Connect a station with an invitation, read what is agreed to, and agree; give the station."""
    tab.goto("/connect")
    tab.fill("#latitude", "52,225")
    tab.fill("#longitude", "5,18")
    tab.click("text=Ik heb een uitnodiging")
    tab.fill("#invitation", code.upper())
    tab.click("#connect-form button.button")
    station = tab.inner_text("#new-station")
    tab.click("#invited button")
    expect(tab.locator("#consent")).to_contain_text("U deelt wat uw station meet.")
    assert violations(tab, axe) == []
    tab.check("#agree")
    tab.click("button[value=join]")
    expect(tab.locator(".done")).to_have_text("Uw station doet mee.")
    return station


def lend(tab: Page, station: str) -> None:
    """Put a kit on the shelf, lend it to a participant's code, take it back, and answer in own words."""
    tab.fill("#kit-number", "K12")
    tab.fill("#model", "AirGradient ONE")
    tab.click("button[value=kit]")
    tab.locator("summary", has_text="Leen een kit uit").click()
    tab.fill("#participant", "D7")
    tab.fill("#lend-station", station)
    tab.fill("#due", f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}")
    tab.click("button[value=lend]")
    expect(tab.locator("#kits tbody tr")).to_contain_text("D7")
    tab.locator("summary", has_text="Neem een kit terug").click()
    tab.click("button[value=return]")
    expect(tab.locator(".done")).to_have_text("De kit is terug.")
    tab.fill("#answer-nl", "Meer dan wij dachten.")
    tab.click("button[value=answer]")
    expect(tab.locator(".done")).to_have_text("Het antwoord is bewaard.")


def enter_one(tab: Page) -> None:
    """Enter a single leaf by period and place, in a batch of its own."""
    tab.locator("summary", has_text="Voer één monster in").click()
    for field, text in {"label": "bladeren", "sample": "L1", "place": "B1", "begin": "2026-06-01", "end": "2026-09-01",
                        "latitude": "52,221", "longitude": "5,171", "value": "4,2"}.items():  # fmt: skip
        tab.fill(f"#one-{field}", text)
    tab.select_option("#one-method", "leaf-sirm")
    tab.click("button[value=sample]")
    expect(tab.locator(".done")).to_have_text("Bewaard: 1 monsters.")


def mend(tab: Page) -> str:
    """Take the wrong line along, store the right ones, and mend it."""
    with tab.expect_download() as download:
        tab.click("text=Haal de foute regels op")
    text = Path(download.value.path()).read_text("utf-8-sig")
    assert text.splitlines()[1].startswith("A3;monster;P2;5-10-2026;2-11-2026;52,2301;5,1820;achttien;;;")
    tab.click("text=Bewaar de 9 goede regels")
    expect(tab.locator(".done")).to_have_text("Bewaard: 9 monsters.")
    return text.replace("achttien", "18,0")


def bring(tab: Page, key: str, folder: Path, table: str) -> None:
    """Upload a table as Excel writes it: with a byte order mark."""
    file = folder / "tubes.csv"
    file.write_text(table, "utf-8-sig")
    tab.goto(f"/campaigns/{CODE}/lead")
    tab.fill("#key", key)
    tab.click("#door button")
    tab.fill("#file-label", "ronde-1")
    tab.select_option("#file-blanks", "subtract")
    tab.set_input_files("#file", file)
    tab.click("button[value=samples]")
