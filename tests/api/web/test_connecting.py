"""A new owner in a real browser with a real broker: from the empty form to the first message, and what comes after."""

import json
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from playwright.sync_api import Browser, Page, expect

from ingest import service
from ingest.settings import IngestSettings
from luchtbrug.broker.rules import SERVICE_USER
from luchtbrug.settings import Settings
from tests.api.web.test_accessibility import checkers, violations  # noqa: F401  # checkers is a fixture
from tests.luchtbrug.owner.test_walk import in_thread
from tests.luchtbrug.test_doorway import opened
from tests.luchtbrug.test_home import PLATFORM, start_mosquitto

pytestmark = [pytest.mark.browser, pytest.mark.mosquitto]
PATIENCE = 20_000  # [ms]


@dataclass(frozen=True, slots=True)
class Site:
    """Where the pages are, and the broker."""

    address: str
    broker_port: int


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    """Start broker, ingest and API, with registration open."""
    with ExitStack() as stack:
        port = start_mosquitto(stack, database_url, {}, tmp_path)
        settings = Settings.read(
            data_dir=tmp_path, registration="open", mqtt_url=f"mqtt://{SERVICE_USER}:{PLATFORM}@127.0.0.1:{port}",
            mqtt_public_host="127.0.0.1", mqtt_admin_url=f"mqtt://admin:secret@127.0.0.1:{port}",
        )  # fmt: skip
        ingest = IngestSettings(
            database_url=database_url, mqtt_host="127.0.0.1", mqtt_port=port, mqtt_user=SERVICE_USER,
            mqtt_password=PLATFORM, batch_s=0.1,
        )  # fmt: skip
        stack.enter_context(in_thread(lambda stop: service.run(ingest, stop)))
        client = stack.enter_context(opened(database_url, settings))
        yield Site(str(client.base_url), port)


@pytest.fixture
def tab(browser: Browser, site: Site) -> Iterator[Page]:
    """Open a Dutch tab."""
    context = browser.new_context(base_url=site.address, locale="nl-NL")
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def publish(site: Site, station: str, password: str) -> None:
    """Send one message as a device does."""
    device = Client(CallbackAPIVersion.VERSION2, client_id=station)
    device.username_pw_set(station, password)
    device.connect("127.0.0.1", site.broker_port)
    device.loop_start()
    told = device.publish(f"aq/1/{station}/obs", json.dumps({"obs": [{"s": "sps30-0", "v": {"pm2_5": 8.1}}]}), qos=1)
    told.wait_for_publish(10)
    assert told.is_published()
    device.loop_stop()
    device.disconnect()


def test_from_an_empty_form_to_the_first_message(tab: Page, site: Site) -> None:
    """From the map to keys, lines and the message as it arrives; then paused, logged, exported, rotated, deleted."""
    tab.goto("/connect")
    tab.locator("#place-map[data-script-ready]").click(position={"x": 200, "y": 120})
    expect(tab.locator("#latitude")).not_to_have_value("")
    tab.fill("#name", "Achtertuin")
    tab.select_option("#device", "native")
    tab.click("#connect-form button.button")

    station, password = tab.inner_text("#new-station"), tab.inner_text("#mqtt-password")
    assert f"user {station}" in tab.input_value("#lines-native")
    expect(tab.locator("#watch-state")).to_contain_text("Wij wachten")
    publish(site, station, password)
    expect(tab.locator("#watch-state")).to_have_text("Uw eerste bericht is binnen. Alles werkt.")
    expect(tab.locator("#watch-readings tbody tr")).to_have_text("sps30-0pm2_58.1 ug/m3")

    token = tab.inner_text("#owner-token")
    tab.click("#watch button[value=look]")
    expect(tab.locator("#arrived")).to_contain_text("8,1 µg/m³")
    tab.fill("#pause-text", "barbecue")
    tab.click("button[value=pause]")
    expect(tab.locator(".done")).to_have_text("Het station staat op pauze.")
    tab.fill("#change-text", "nieuwe ventilator")
    tab.click("button[value=change]")
    expect(tab.locator(".done")).to_have_text("De verandering is gemeld.")
    assert_exported(tab, "8.1")
    publish(site, station, rotated(tab, password))
    gone(tab)
    assert token not in tab.url
    assert tab.context.cookies() == []


def assert_exported(tab: Page, raw: str) -> None:
    """Take everything along: the archive holds the reading and what the owner reported."""
    with tab.expect_download() as caught:
        tab.get_by_role("button", name="Download").click()
    with zipfile.ZipFile(caught.value.path()) as files:
        assert raw in files.read("readings.csv").decode()
        assert "nieuwe ventilator" in files.read("station.json").decode()


def rotated(tab: Page, old: str) -> str:
    """Ask for new keys and give the password that took the place of the old one."""
    tab.click("button[value=rotate]")
    password = tab.inner_text("#mqtt-password")
    assert password != old
    return password


def gone(tab: Page) -> None:
    """Delete the station with all its readings: without the tick the browser sends nothing."""
    tab.click("button[value=delete]")
    expect(tab.locator("#sure, [name=sure]:invalid")).to_be_visible()
    tab.check("[name=sure]")
    tab.check("[name=readings]")
    tab.click("button[value=delete]")
    expect(tab.locator("main")).to_contain_text("is verwijderd")


def test_a_token_is_remembered_for_the_tab_alone(tab: Page, site: Site) -> None:
    """With the tick the fields are filled in again after a wrong token too; another tab knows nothing of it."""
    tab.goto("/my-station")
    tab.fill("#door #station", "lb-nobody")
    tab.fill("#door #token", "wrong")
    tab.check("#remember")
    tab.click("#door button")
    expect(tab.locator("#refusal")).to_contain_text("Dit token hoort niet bij dit station.")
    tab.goto("/my-station")
    expect(tab.locator("#door #token")).to_have_value("wrong")
    other = tab.context.new_page()
    other.goto(f"{site.address}/my-station")
    expect(other.locator("#door #token")).to_have_value("")


@pytest.mark.node
def test_axe_finds_nothing_on_pages_of_owners(tab: Page, checkers: Path) -> None:  # noqa: F811
    """The empty form, the keys, the station and the door have no violation of WCAG 2.2 AA or of good practice."""
    axe = (checkers / "axe-core" / "axe.min.js").read_text()
    tab.emulate_media(color_scheme="dark")
    tab.goto("/connect")
    assert violations(tab, axe) == []
    tab.fill("#latitude", "52,225")
    tab.fill("#longitude", "5,18")
    tab.click("#connect-form button.button")
    assert violations(tab, axe) == []
    tab.click("#watch button[value=look]")
    expect(tab.locator("h1")).to_contain_text("Mijn station lb-")
    assert violations(tab, axe) == []
    tab.click("#leave")
    assert violations(tab, axe) == []
