"""Who takes part, under which text, and how a station gets out again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

import storage.campaigns
import storage.invitations
from luchtbrug.campaigns.errors import CampaignError, ConsentError, InvitationError
from luchtbrug.campaigns.leading import may_lead, new_lead_key
from luchtbrug.campaigns.taking_part import invite, invited_to, join, leave
from storage.campaigns import Campaign
from storage.errors import CampaignExistsError, StationUnknownError
from storage.owners import add_owner, give_station
from storage.stations import remove_station
from tests.luchtbrug.campaigns.no2 import CODE, a_campaign, a_station

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SOON = NOW + timedelta(days=9)


@pytest.fixture
def campaign(connection: psycopg.Connection) -> Campaign:
    """Start a campaign by invitation with one station that may join."""
    a_campaign(connection, NOW)
    a_station(connection, "s-one", NOW)
    return storage.campaigns.need(connection, CODE)


def code_of(conn: psycopg.Connection, campaign: Campaign, **other: int) -> str:
    """Make one invitation."""
    _, codes = invite(conn, campaign, count=1, uses=other.get("uses", 1), expires_at=SOON, now=NOW)
    return codes[0]


def stations(conn: psycopg.Connection) -> int:
    """Count the stations whose measurements the campaign shows."""
    return storage.campaigns.need(conn, CODE).stations


def test_an_invitation_is_good_so_many_times(connection: psycopg.Connection, campaign: Campaign) -> None:
    """A code for one station lets one in, however it was typed, and not another."""
    code = code_of(connection, campaign)
    assert invited_to(connection, f" {code.upper()} ", NOW).code == CODE
    join(connection, campaign, "s-one", version=1, invitation=code.replace("-", ""), now=NOW)
    a_station(connection, "s-two", NOW)
    with pytest.raises(InvitationError):
        join(connection, campaign, "s-two", version=1, invitation=code, now=NOW)
    assert stations(connection) == 1


def test_joining_twice_uses_nothing_up(connection: psycopg.Connection, campaign: Campaign) -> None:
    """Who is in already agrees to a newer text without another invitation, and both agreements are kept."""
    join(connection, campaign, "s-one", version=1, invitation=code_of(connection, campaign), now=NOW)
    storage.campaigns.add_consent(connection, campaign.campaign_key, text_nl="nieuw", text_en="new", at=NOW)
    newer = storage.campaigns.need(connection, CODE)
    join(connection, newer, "s-one", version=2, invitation="", now=SOON)
    found = storage.campaigns.agreements(connection, campaign.campaign_key)
    assert [(one.station_id, one.version, one.agreed_at) for one in found] == [("s-one", 2, SOON), ("s-one", 1, NOW)]


@pytest.mark.parametrize("later", [timedelta(days=10), timedelta(days=400)])
def test_an_invitation_is_over(connection: psycopg.Connection, campaign: Campaign, later: timedelta) -> None:
    """After its last day it lets nobody in, whether or not the campaign goes on."""
    with pytest.raises(InvitationError):
        join(connection, campaign, "s-one", version=1, invitation=code_of(connection, campaign), now=NOW + later)


def test_a_withdrawn_batch_lets_nobody_in(connection: psycopg.Connection, campaign: Campaign) -> None:
    """The lead can take a sheet back that got lost, once."""
    code = code_of(connection, campaign)
    assert storage.invitations.withdraw(connection, campaign.campaign_key, 1, NOW) == 1
    assert storage.invitations.withdraw(connection, campaign.campaign_key, 1, NOW) == 0
    with pytest.raises(InvitationError):
        join(connection, campaign, "s-one", version=1, invitation=code, now=NOW)


def test_an_invitation_of_another_campaign_is_refused(connection: psycopg.Connection, campaign: Campaign) -> None:
    """A code opens its own campaign only."""
    a_campaign(connection, NOW, code="other")
    code = code_of(connection, storage.campaigns.need(connection, "other"))
    with pytest.raises(InvitationError):
        join(connection, campaign, "s-one", version=1, invitation=code, now=NOW)


def test_only_the_text_that_holds_now_is_agreed_to(connection: psycopg.Connection, campaign: Campaign) -> None:
    """A version that nobody has seen, or that is old, lets nobody in."""
    for version in (0, 2):
        with pytest.raises(ConsentError):
            join(connection, campaign, "s-one", version=version, invitation=code_of(connection, campaign), now=NOW)


def test_a_text_is_never_changed(connection: psycopg.Connection, campaign: Campaign) -> None:
    """What somebody agreed to stays as it was."""
    assert campaign.consent_version == 1
    with pytest.raises(psycopg.errors.RaiseException):
        connection.execute("UPDATE campaign_consent SET text_nl = 'anders'")


@pytest.mark.parametrize(("keep_past", "left"), [(True, 1), (False, 0)])
def test_a_station_leaves_from_now_on_or_wholly(
    connection: psycopg.Connection, campaign: Campaign, keep_past: bool, left: int
) -> None:
    """As its owner chose, what it measured until then stays in the views or goes, and it may come back."""
    join(connection, campaign, "s-one", version=1, invitation=code_of(connection, campaign), now=NOW)
    leave(connection, campaign, "s-one", keep_past=keep_past, now=SOON)
    assert stations(connection) == left
    with pytest.raises(StationUnknownError):
        leave(connection, campaign, "s-one", keep_past=True, now=SOON)
    join(connection, campaign, "s-one", version=1, invitation=code_of(connection, campaign), now=NOW)
    assert stations(connection) == 1


def test_wholly_out_takes_an_earlier_time_along(connection: psycopg.Connection, campaign: Campaign) -> None:
    """Who left with the past kept, came back and leaves wholly, is in no view any more."""
    for keep_past in (True, False):
        join(connection, campaign, "s-one", version=1, invitation=code_of(connection, campaign), now=NOW)
        leave(connection, campaign, "s-one", keep_past=keep_past, now=NOW)
    assert stations(connection) == 0


def test_another_owner_did_not_agree(connection: psycopg.Connection, campaign: Campaign) -> None:
    """With another owner the station leaves, and what the first one shared stays."""
    join(connection, campaign, "s-one", version=1, invitation=code_of(connection, campaign), now=NOW)
    give_station(connection, "s-one", add_owner(connection, "hash of another"))
    (part,) = storage.campaigns.of_station(connection, "s-one")
    assert part.left_at is not None
    assert part.keeps_past


def test_a_withdrawn_station_is_wholly_out(connection: psycopg.Connection, campaign: Campaign) -> None:
    """Deleting a station takes it out of its campaigns as well."""
    join(connection, campaign, "s-one", version=1, invitation=code_of(connection, campaign), now=NOW)
    remove_station(connection, "s-one", NOW)
    (part,) = storage.campaigns.of_station(connection, "s-one")
    assert (part.left_at, part.keeps_past) == (NOW, False)
    assert stations(connection) == 0


def test_only_its_own_newest_key_leads_a_campaign(connection: psycopg.Connection, campaign: Campaign) -> None:
    """Another campaign's key, an older one, or nothing lets nobody in, and no key stands in the database."""
    old = new_lead_key(connection, campaign.campaign_key, NOW)
    other = a_campaign(connection, NOW, code="other")
    key = new_lead_key(connection, campaign.campaign_key, NOW)
    assert may_lead(connection, CODE, key)
    for wrong in (old, other, "", "x" * 10_000, key + " "):
        assert not may_lead(connection, CODE, wrong)
    assert not may_lead(connection, "nobody\0", key)
    kept = connection.execute("SELECT string_agg(key_hash, ' ') FROM restricted.campaign_lead").fetchone()
    assert kept is not None
    assert key not in kept[0]
    assert kept[0].startswith("$argon2id$")


@pytest.mark.parametrize(
    "wrong", [{"code": "Met Spaties"}, {"name_en": " "}, {"contact_email": "nobody"}, {"area_code": "GM9999"}]
)
def test_a_campaign_that_lacks_something_is_refused(connection: psycopg.Connection, wrong: dict[str, Any]) -> None:
    """Code, names, address and area are looked at before anything is stored."""
    with pytest.raises(CampaignError):
        a_campaign(connection, NOW, **wrong)
    assert storage.campaigns.select(connection) == []


def test_a_code_is_taken_once(connection: psycopg.Connection, campaign: Campaign) -> None:
    """A second campaign of the same code is refused."""
    with pytest.raises(CampaignExistsError):
        a_campaign(connection, NOW, code=campaign.code)
