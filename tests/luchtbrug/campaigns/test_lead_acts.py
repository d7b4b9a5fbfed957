"""What a lead does: kits that make new segments, tables stored wholly or not at all, values beside raw ones."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import psycopg
import pytest

import storage.areas
import storage.campaigns
import storage.loans
import storage.samples
from luchtbrug.campaigns.lead_acts import Asked, Outcome, carry_out
from storage.campaigns import Campaign
from storage.events import list_events
from storage.references import store_hours, store_stations
from storage.rows import ReferenceHours, ReferenceStation
from storage.samples import Sample
from tests.luchtbrug.campaigns.no2 import CODE, POSITION_KEY, TUBES, a_campaign, a_station

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
BATCH = {"action": "samples", "label": "ronde-1", "method": "no2-palmes", "blanks": "subtract"}
HEAD = "sample;kind;place;begin;end;lat;lon;value;reference_station;public_place\n"


@pytest.fixture
def campaign(connection: psycopg.Connection) -> Campaign:
    """Start a campaign."""
    a_campaign(connection, NOW)
    return storage.campaigns.need(connection, CODE)


def do(conn: psycopg.Connection, campaign: Campaign, **fields: str) -> Outcome:
    """Carry out one form."""
    return carry_out(conn, Asked(campaign, fields, NOW, POSITION_KEY))


def bring(conn: psycopg.Connection, campaign: Campaign, table: str, **other: str) -> Outcome:
    """Bring a table of tubes."""
    return do(conn, campaign, **{**BATCH, "table": table, **other})


def kept(conn: psycopg.Connection, campaign: Campaign) -> dict[str, Sample]:
    """Give the stored samples by their ids."""
    return {one.sample_id: one for one in storage.samples.select(conn, campaign.campaign_key)}


def test_a_kit_that_moves_begins_a_new_segment(connection: psycopg.Connection, campaign: Campaign) -> None:
    """Lent again as the same station it has moved; the same station with another kit has other hardware."""
    a_station(connection, "s-one", NOW)
    storage.campaigns.join(connection, campaign.campaign_key, "s-one", version=1, at=NOW)
    for number in ("K1", "K2"):
        assert do(connection, campaign, action="kit", number=number, model="AirGradient ONE").done == "kit"
    lend = {"action": "lend", "station": "s-one", "due": "2026-12-24"}
    back = {"action": "return", "condition": "good"}
    assert do(connection, campaign, **lend, number="K1", participant="D1").done == "lend"
    assert do(connection, campaign, **back, number="K1").done == "return"
    assert do(connection, campaign, **lend, number="K1", participant="D2").done == "lend"
    assert do(connection, campaign, **back, number="K1").done == "return"
    assert do(connection, campaign, **lend, number="K2", participant="D2").done == "lend"
    kinds = [one.kind for one in list_events(connection, station_id="s-one")][::-1]
    changes = [kind for kind in kinds if kind not in ("kit_lent", "kit_returned")]
    assert changes == ["station_added", "moved", "hardware_changed"]
    kits = storage.loans.kits(connection, campaign.campaign_key)
    assert [(one.number, one.lent, one.participant) for one in kits] == [("K1", False, "D2"), ("K2", True, "D2")]


def test_a_lead_changes_no_station_that_does_not_take_part(connection: psycopg.Connection, campaign: Campaign) -> None:
    """A kit is not lent as a station of others, nor as one that left: its series would learn anew."""
    a_station(connection, "s-one", NOW)
    lend = {"action": "lend", "station": "s-one", "due": "2026-12-24", "number": "K1", "participant": "D1"}
    do(connection, campaign, action="kit", number="K1", model="AirGradient ONE")
    assert do(connection, campaign, **lend).problem == "kit"
    storage.campaigns.join(connection, campaign.campaign_key, "s-one", version=1, at=NOW)
    storage.campaigns.leave(connection, campaign.campaign_key, "s-one", keep_past=True, at=NOW)
    assert do(connection, campaign, **lend).problem == "kit"
    assert [one.kind for one in list_events(connection, station_id="s-one")] == ["station_added"]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"action": "kit", "number": "K1", "model": "AirGradient"}, "kit"),
        ({"action": "kit", "number": "de rode", "model": "AirGradient"}, "code"),
        ({"action": "lend", "number": "K1", "participant": "Voornaam Achternaam", "due": "2026-12-24"}, "code"),
        ({"action": "lend", "number": "K1", "participant": "D1", "due": "ooit"}, "date"),
        ({"action": "lend", "number": "K1", "participant": "D1", "due": "2026-12-24", "station": "nobody"}, "kit"),
        ({"action": "lend", "number": "K9", "participant": "D1", "due": "2026-12-24"}, "kit"),
        ({"action": "return", "number": "K1", "condition": "good"}, "return"),
        ({"action": "return", "number": "K1", "condition": "eaten"}, "condition"),
        ({"action": "invite", "codes": "1000000", "uses": "1", "days": "9"}, "count"),
        ({"action": "invite", "codes": "²", "uses": "1", "days": "9"}, "count"),
        ({"action": "withdraw", "batch": "7"}, "withdrawn"),
        ({"action": "remove", "label": "ronde-1"}, "sure"),
        ({"action": "remove", "label": "ronde-9", "sure": "1"}, "label"),
        ({**BATCH, "label": "ronde een"}, "label"),
        ({**BATCH, "method": "guess"}, "method"),
        ({**BATCH, "uncertainty": "veel"}, "number"),
        ({**BATCH, "table": "no table"}, "table"),
    ],
)  # fmt: skip
def test_a_form_that_cannot_be_carried_out_says_why(
    connection: psycopg.Connection, campaign: Campaign, fields: dict[str, str], problem: str
) -> None:
    """Names of people do not fit, kits are lent once, and nothing half done is left."""
    do(connection, campaign, action="kit", number="K1", model="AirGradient ONE")
    assert do(connection, campaign, **fields).problem == problem
    assert not any(one.lent for one in storage.loans.kits(connection, campaign.campaign_key))


def test_nothing_of_a_table_with_a_fault_is_stored(connection: psycopg.Connection, campaign: Campaign) -> None:
    """Unless the right lines alone were chosen; the batch is not there either."""
    table = TUBES.replace("18,0", "achttien")
    outcome = bring(connection, campaign, table)
    assert (outcome.problem, outcome.stored) == ("table", 0)
    assert storage.samples.batches(connection, campaign.campaign_key) == []
    assert bring(connection, campaign, table, store="right").stored == 9
    assert "A3" not in kept(connection, campaign)


def test_what_is_stored_is_not_stored_again(connection: psycopg.Connection, campaign: Campaign) -> None:
    """The same table once more has a fault in every line, and another batch may use the same numbers."""
    assert bring(connection, campaign, TUBES).stored == 10
    again = bring(connection, campaign, TUBES)
    assert again.sheet is not None
    assert {one.key for one in again.sheet.faults} == {"stored"}
    assert bring(connection, campaign, TUBES, label="ronde-2").stored == 10
    assert bring(connection, campaign, TUBES, method="no2-badge").problem == "table"
    other = HEAD + "Z1;;P1;2026-10-05;2026-11-02;52.2;5.1;9;;"
    assert bring(connection, campaign, other, method="no2-badge").problem == "batch"


def test_values_stand_beside_raw_ones(connection: psycopg.Connection, campaign: Campaign) -> None:
    """Blanks off, times the factor of three pairs, with an interval and a name; the raw value is as it came."""
    bring(connection, campaign, TUBES)
    found = kept(connection, campaign)
    (batch,) = storage.samples.batches(connection, campaign.campaign_key)
    assert batch.factor is not None
    assert batch.factor == pytest.approx(np.exp(np.mean(np.log([24 / 29.5, 16.6 / 19.5, 19.5 / 24.5]))))
    assert found["A3"].raw == 18.0
    assert found["A3"].value == pytest.approx(17.5 * batch.factor)
    assert found["A3"].adjustment == "passive-1: no2-palmes, blanks 2, factor of 3 pairs"
    assert found["A4"].below_limit
    assert found["A4"].limited
    assert found["B1"].value is None
    with pytest.raises(psycopg.errors.RaiseException), connection.transaction():
        connection.execute("UPDATE sample SET raw = 1")


def test_more_samples_adjust_the_batch_anew(connection: psycopg.Connection, campaign: Campaign) -> None:
    """Two pairs make no factor, a third does, for all of the batch; the former adjustment stays on record."""
    lines = TUBES.splitlines(keepends=True)
    third = next(line for line in lines if line.startswith("R3"))
    bring(connection, campaign, "".join(line for line in lines if line != third))
    assert kept(connection, campaign)["A3"].value == pytest.approx(17.5)
    bring(connection, campaign, lines[0] + third)
    assert kept(connection, campaign)["A3"].value == pytest.approx(17.5 * 0.8196, rel=1e-3)
    names = [row[0] for row in connection.execute("SELECT name FROM sample_adjustment ORDER BY adjustment_key")]
    assert [name.rpartition(", ")[2] for name in names] == ["no factor", "factor of 3 pairs"]


def test_the_official_mean_is_looked_up(connection: psycopg.Connection, campaign: Campaign) -> None:
    """Of a reference station the newest revision of its hours counts, where three quarters of them are there."""
    store_stations(connection, [ReferenceStation("NL10634", "luchtmeetnet", "Hilversum", 52.23, 5.17, "traffic")])
    begin = datetime(2026, 10, 5, 10, tzinfo=UTC)
    hours = [begin + timedelta(hours=number) for number in range(48)]
    store_hours(connection, reference_hours(hours, 30.0), received_at=NOW)
    store_hours(connection, reference_hours(hours, 20.0), received_at=NOW)
    line = "R{};reference;P9;2026-10-05;{};52.23;5.17;25;NL10634;\n"
    table = HEAD + "".join(line.format(n, "2026-10-07") for n in range(3))
    bring(connection, campaign, table + line.format(9, "2026-10-30"))
    (batch,) = storage.samples.batches(connection, campaign.campaign_key)
    assert batch.pair_count == 3
    assert batch.factor == pytest.approx(0.8)


def reference_hours(begins: list[datetime], value: float) -> ReferenceHours:
    """Make official hours of NO2."""
    count = len(begins)
    return ReferenceHours(
        reference_station_id=("NL10634",) * count, observed_property=("no2",) * count,
        begin=np.array([one.replace(tzinfo=None) for one in begins], "datetime64[us]"), value=np.full(count, value),
        validity=np.ones(count, np.int64), verification=np.full(count, 3),
    )  # fmt: skip


def test_a_place_is_displaced_once(connection: psycopg.Connection, campaign: Campaign) -> None:
    """Its public point is at most 100 m off, and the same in every round, however the position was noted that time."""
    line = "{};;P7;2026-10-0{};2026-10-1{};{};5.17;9;;\n"
    for turn, noted in enumerate((52.22, 52.2201, 52.2199), start=1):
        bring(connection, campaign, HEAD + line.format(f"A{turn}", turn, turn, noted), label=f"ronde-{turn}")
    found = list(kept(connection, campaign).values())
    points = {(one.latitude, one.longitude) for one in found}
    assert len(points) == 1
    ((latitude, longitude),) = points
    assert latitude is not None
    assert longitude is not None
    assert np.hypot((latitude - 52.22) * 111_195, (longitude - 5.17) * 111_195 * np.cos(np.radians(52.22))) <= 101


def test_a_public_place_is_shown_exactly(connection: psycopg.Connection, campaign: Campaign) -> None:
    """A lamp post in the street is where it is, if the lead says that it is public."""
    bring(connection, campaign, HEAD + "A1;;P1;2026-10-05;2026-11-02;52.22;5.17;9;;ja\n")
    one = kept(connection, campaign)["A1"]
    assert (one.latitude, one.longitude, one.place_is_public) == (52.22, 5.17, True)


def test_a_sample_far_outside_the_area_is_a_fault(connection: psycopg.Connection) -> None:
    """Latitude and longitude exchanged lie in another part of the world."""
    ring = ((5.1, 52.2), (5.3, 52.2), (5.3, 52.3), (5.1, 52.2))
    area = storage.areas.NewArea("GM0402", "Hilversum", "municipality", (5.1, 52.2, 5.3, 52.3), "{}", (ring,))
    storage.areas.store(connection, [area], source="test", at=NOW)
    a_campaign(connection, NOW, area_code="GM0402")
    campaign = storage.campaigns.need(connection, CODE)
    outcome = bring(connection, campaign, HEAD + "A1;;P1;2026-10-05;2026-11-02;5.17;52.22;9;;\n")
    assert outcome.sheet is not None
    assert [one.key for one in outcome.sheet.faults] == ["outside"]


def test_one_sample_is_entered_by_a_form(connection: psycopg.Connection, campaign: Campaign) -> None:
    """Its fields are read as a table of one line would be; a batch is taken back with all that it holds."""
    fields: dict[str, Any] = {**BATCH, "action": "sample", "sample": "L1", "kind": "sample", "place": "P1",
                              "begin": "2026-06-01", "end": "2026-09-01", "x": "141200", "y": "470500",
                              "value": "4,2", "method": "leaf-sirm", "blanks": "laboratory"}  # fmt: skip
    assert do(connection, campaign, **fields).stored == 1
    assert kept(connection, campaign)["L1"].upper is None
    assert do(connection, campaign, **{**fields, "value": "veel"}).problem == "table"
    assert do(connection, campaign, action="remove", label="ronde-1", sure="1").done == "remove"
    assert kept(connection, campaign) == {}
    left = connection.execute("SELECT count(*) FROM restricted.sample_position").fetchone()
    assert left == (0,)
