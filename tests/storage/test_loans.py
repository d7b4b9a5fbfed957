"""Kits that are lent: to one at a time, and what changes when one goes from hand to hand."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from storage import campaigns, loans
from storage.campaigns import NewCampaign
from storage.errors import KitBusyError, KitUnknownError
from storage.loans import Lent
from storage.rows import NewStation
from storage.stations import add_station, remove_station

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
DUE = date(2026, 6, 1)


def campaign(conn: psycopg.Connection, code: str) -> int:
    """Add a campaign and return its key."""
    words = dict.fromkeys(("name_nl", "name_en", "question_nl", "question_en", "contact_name", "contact_email"), "word")
    new = NewCampaign(
        code=code, observed_property="no2", begin=NOW, end=NOW + timedelta(days=30), joining="open", area_code=None,
        created_at=NOW, **words,
    )  # fmt: skip
    return campaigns.add(conn, new, consent_nl="ja", consent_en="yes")


@pytest.fixture
def school(connection: psycopg.Connection, new_station: Callable[..., NewStation]) -> int:
    """Begin a campaign with the kits 1 and 2, and register the stations s-one and s-two."""
    for station_id in ("s-one", "s-two"):
        add_station(connection, new_station(station_id))
    key = campaign(connection, "school")
    for number in ("1", "2"):
        loans.add_kit(connection, key, number, "SPS30")
    return key


def lend(conn: psycopg.Connection, key: int, number: str, station_id: str | None = "s-one", who: str = "A1") -> Lent:
    """Lend a kit for a fortnight."""
    return loans.lend(conn, key, number, station_id=station_id, participant=who, begin=NOW, due=DUE)


def test_numbers_are_those_of_one_campaign(connection: psycopg.Connection, school: int) -> None:
    """A number is taken once in a campaign; another campaign has its own kit 1, and lends it on its own."""
    with pytest.raises(KitBusyError, match="a kit 1 already"):
        loans.add_kit(connection, school, "1", "SPS30")
    other = campaign(connection, "other")
    loans.add_kit(connection, other, "1", "OPC")
    lend(connection, other, "1")
    assert [(kit.number, kit.device_model, kit.lent) for kit in loans.kits(connection, other)] == [("1", "OPC", True)]
    assert [(kit.number, kit.lent) for kit in loans.kits(connection, school)] == [("1", False), ("2", False)]
    with pytest.raises(KitUnknownError):
        loans.give_back(connection, school, "1", condition="good", at=NOW)


def test_a_kit_is_lent_to_one_at_a_time(connection: psycopg.Connection, school: int) -> None:
    """Lent it is refused to another, whoever has it; back with its condition it may go again."""
    lend(connection, school, "1")
    with pytest.raises(KitBusyError, match="kit 1 is lent"):
        lend(connection, school, "1", "s-two", "B2")
    assert loans.give_back(connection, school, "1", condition="damaged", at=NOW + timedelta(days=1)) == "s-one"
    (kit, _) = loans.kits(connection, school)
    assert (kit.lent, kit.participant, kit.condition, kit.due) == (False, "A1", "damaged", DUE)
    lend(connection, school, "1", "s-two", "B2")
    assert [(one.station_id, one.participant, one.lent) for one in loans.kits(connection, school)] == [
        ("s-two", "B2", True),
        (None, None, False),
    ]
    with pytest.raises(KitUnknownError, match="nobody has a kit 2"):
        loans.give_back(connection, school, "2", condition="good", at=NOW)


@pytest.mark.parametrize(("number", "station_id"), [("3", "s-one"), ("1", "s-none"), ("1", "s-gone")])
def test_nothing_is_lent_that_is_not_there(
    connection: psycopg.Connection, school: int, new_station: Callable[..., NewStation], number: str, station_id: str
) -> None:
    """Neither a kit without a number here, nor one as a station that nobody registered or that was withdrawn."""
    add_station(connection, new_station("s-gone"))
    remove_station(connection, "s-gone", NOW)
    with pytest.raises(KitBusyError):
        lend(connection, school, number, station_id)
    assert not any(kit.lent for kit in loans.kits(connection, school))


def test_what_a_loan_changes_of_a_station(connection: psycopg.Connection, school: int) -> None:
    """First nothing; the same kit again has moved, another kit is other hardware, and a tube is no station."""
    told = [lend(connection, school, "1")]
    loans.give_back(connection, school, "1", condition="good", at=NOW)
    told.append(lend(connection, school, "1", who="B2"))
    loans.give_back(connection, school, "1", condition="good", at=NOW)
    told.append(lend(connection, school, "2"))
    loans.give_back(connection, school, "2", condition="good", at=NOW)
    told.append(lend(connection, school, "2", None))
    assert told == [Lent(False, False), Lent(True, False), Lent(False, True), Lent(False, False)]
    assert loans.give_back(connection, school, "2", condition="lost", at=NOW) is None


def test_a_loan_holds_no_name(connection: psycopg.Connection, school: int) -> None:
    """Only a code of letters and a number goes into the list of who has what."""
    with pytest.raises(psycopg.errors.CheckViolation):
        lend(connection, school, "1", who="Jansen")
