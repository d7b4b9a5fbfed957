"""Addresses of owners are encrypted before the database sees them, and used for alerts alone."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

import storage
from luchtbrug.register import kept_secret
from luchtbrug.sealing import Seal, SealError
from luchtbrug.settings import Settings, SettingsError
from tests.luchtbrug.owner.test_contact import ADDRESS, House, house

__all__ = ["house"]  # the fixture

ONE, TWO = "1" * 40, "2" * 40


def test_a_sealed_text_opens_with_its_key_alone() -> None:
    """Twice sealed it is two texts; another key opens neither, and neither says anything of the address."""
    first, second = Seal([ONE]).seal(ADDRESS), Seal([ONE]).seal(ADDRESS)
    assert first != second
    assert "owner" not in first + second
    assert Seal([TWO, ONE]).unseal(first) == ADDRESS
    with pytest.raises(SealError):
        Seal([TWO]).unseal(first)
    with pytest.raises(SealError):
        Seal([ONE]).unseal(first[:-4] + "AAA=")


def test_keys_are_changed_without_losing_an_address() -> None:
    """With the new key before the old one all opens; renewed, it opens with the new one alone; then nothing changes."""
    renewed = Seal([TWO, ONE]).renewed(Seal([ONE]).seal(ADDRESS))
    assert Seal([TWO]).unseal(renewed) == ADDRESS
    assert Seal([TWO, ONE]).renewed(renewed) == renewed
    assert Seal([TWO]).unseal(Seal([TWO]).renewed(ADDRESS)) == ADDRESS


def test_the_key_is_long_or_made_once(tmp_path: Path) -> None:
    """A short key behind a comma is refused by name; without any, one is made that only its owner may read."""
    with pytest.raises(SettingsError, match="LUCHTBRUG_CONTACT_KEY"):
        Seal.of(Settings.read(contact_key=f"{ONE},short"))
    with pytest.raises(SettingsError, match="LUCHTBRUG_CONTACT_KEY"):
        Seal.of(Settings.read(contact_key="," * 40))
    sealed = Seal.of(Settings.read(data_dir=tmp_path)).seal(ADDRESS)
    assert Seal.of(Settings.read(data_dir=tmp_path)).unseal(sealed) == ADDRESS
    assert (tmp_path / "contact_key").stat().st_mode & 0o777 == 0o600


def test_services_that_start_together_make_one_secret(tmp_path: Path) -> None:
    """Nobody reads a file that another has not written yet, and what a killed service left empty is no secret."""
    (tmp_path / "left").touch()
    for name in ("left", *map(str, range(20))):
        with ThreadPoolExecutor(6) as threads:
            found = set(threads.map(kept_secret, [tmp_path / name] * 6))
        assert found == {(tmp_path / name).read_text()}
        assert len(found.pop()) >= 32


def test_no_row_of_the_database_holds_an_address(house: House, connection: psycopg.Connection) -> None:
    """Asked for, confirmed and with a webhook: no column holds it in clear, the owner sees it all the same."""
    url = "https://hooks.example.org/secret-path"
    house.ask("PUT", "/email", {"email": ADDRESS})
    waiting = connection.execute("SELECT email FROM restricted.address_code").fetchone()
    house.ask("POST", "/email/confirmation", {"code": house.code()})
    house.ask("PUT", "/webhook", {"url": url})
    kept = connection.execute(
        "SELECT email, url FROM restricted.owner_contact FULL JOIN restricted.owner_webhook USING (owner_key)"
    )
    text = repr((waiting, kept.fetchall()))
    assert text.count("fernet:") >= 2
    assert not [word for word in ("owner@", "example.org", "secret-path") if word in text]
    assert house.shown()["email"] == ADDRESS


def test_few_statements_know_of_addresses() -> None:
    """Contacts are read to show them to their owner, to send alerts, and to seal them anew: by nothing else."""
    folder = Path(storage.__file__).parent / "sql"
    reading = {
        path.stem for path in folder.glob("*.sql")
        if any(table in path.read_text() for table in ("owner_contact", "address_code", "owner_webhook"))
    }  # fmt: skip
    assert reading == {
        "owner_contact", "ask_address", "try_address_code", "confirm_address", "set_webhook",  # its owner's own acts
        "begin_alerts", "claim_deliveries",  # alerts
        "forget_address", "forget_webhook", "forget_stale_addresses", "forget_unconfirmed",
        "sealed_contacts", "sealed_codes", "sealed_webhooks", "reseal_contacts", "reseal_codes", "reseal_webhooks",
    }  # fmt: skip
