"""Tables of samples as people and laboratories write them, and what is said of those that cannot be read."""

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.web.wording import Wording
from luchtbrug.campaigns import cells
from luchtbrug.campaigns.lead_page import said
from luchtbrug.campaigns.sample_files import refused, template
from luchtbrug.campaigns.sample_sheet import LINES_MAX, Sheet, read
from luchtbrug.sheet import text_of
from tests.luchtbrug.campaigns.no2 import TUBES

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HEAD = "sample;place;begin;end;lat;lon;value"
LINE = "A1;P1;2026-10-05;2026-11-02;52.2245;5.1761;18.4"


def faults(text: str, box: tuple[float, float, float, float] | None = None) -> list[tuple[int, str, str]]:
    """Read a table and list its faults: line, column, message."""
    return [(one.line, one.column, one.key) for one in read(text, box=box, now=NOW).faults]


def test_a_dutch_and_an_english_table_say_the_same() -> None:
    """Semicolon, decimal comma and Dutch words give the rows of comma, point and English words."""
    dutch, english = (read(text_of(template(language).encode()), now=NOW) for language in ("nl", "en"))
    assert dutch.faults == english.faults == []
    assert dutch.rows == english.rows
    assert [(row.sample_id, row.kind, row.raw, row.below_limit) for row in dutch.rows] == [
        ("A001", "sample", 18.4, False), ("A002", "blank", 0.5, True),
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_excel_may_have_written_it(encoding: str) -> None:
    """A byte order mark, Windows' alphabet, a line `sep=;` and its line ends change nothing."""
    text = "sep=;\r\n" + TUBES.replace("\n", "\r\n")
    found = read(text_of(text.encode(encoding)), now=NOW)
    assert found.faults == []
    assert len(found.rows) == 10
    assert found.rows[0].line == 3


def test_a_date_without_a_time_is_noon_where_it_hangs() -> None:
    """5-10-2026 is 12:00 in summer time; a time that is there counts."""
    (row,) = read(f"{HEAD}\nA1;P1;5-10-2026;2-11-2026 09:30;52,2;5,1;1\n", now=NOW).rows
    assert row.begin == datetime(2026, 10, 5, 10, 0, tzinfo=UTC)
    assert row.end == datetime(2026, 11, 2, 8, 30, tzinfo=UTC)


def test_the_dutch_grid_is_degrees() -> None:
    """The tower of Amersfoort in RD New (155000, 463000) is 52.1552° N 5.3872° E."""
    (row,) = read("sample;place;begin;end;x;y;value\nA1;P1;5-10-2026;2-11-2026;155000;463000;1\n", now=NOW).rows
    assert row.position == pytest.approx((52.155174, 5.387206), abs=3e-6)


@pytest.mark.parametrize(
    ("old", "new", "column", "key"),
    [
        ("18.4", "1.234,5", "value", "number"),
        ("18.4", "", "value", "needed"),
        ("18.4", "<0", "value", "limit"),
        ("18.4", "1e5", "value", "number"),
        ("18.4", "-", "value", "number"),
        ("2026-10-05", "10/25/2026", "begin", "date"),
        ("2026-10-05", "5-10-26", "begin", "date"),
        ("2026-10-05", "2026-02-30", "begin", "date"),
        ("2026-11-02", "2026-10-05", "end", "order"),
        ("2026-11-02", "2027-10-05", "end", "future"),
        ("P1", "Kerkstraat 5", "place", "place"),
        ("P1", "", "place", "needed"),
        ("A1", "Voornaam Achternaam", "sample", "sample"),
        ("52.2245", "91", "latitude", "latitude"),
        ("52.2245", "", "latitude", "needed"),
        ("52.2245;5.1761", ";", "latitude", "nowhere"),
        ("52.2245;5.1761", "5.1761;52.2245", "latitude", "outside"),
        ("18.4", "18.4;;x", "", "cells"),
    ],
)
def test_a_fault_is_named_by_line_and_column(old: str, new: str, column: str, key: str) -> None:
    """Each says in which line and column it is, and both languages say what to do."""
    text = f"{HEAD}\n{LINE.replace('A1', 'A0')}\n{LINE.replace(old, new)}\n"
    assert (3, column, key) in faults(text, box=(5.0, 52.0, 5.4, 52.4))
    for language in ("nl", "en"):
        words = Wording(language)
        assert all(said(words, one) for one in read(text, now=NOW).faults)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(1, "", "empty")]),
        (HEAD, [(1, "", "empty")]),
        ("a;b\n1;2", [(1, name, "missing") for name in ("sample", "begin", "end", "value")]),
        (f"{HEAD};waarde\n{LINE};1", [(1, "value", "twice")]),
        (f"{HEAD}\n{LINE}\n{LINE}", [(3, "sample", "again")]),
        (f"{HEAD}\n" + f"{LINE}\n" * (LINES_MAX + 1), [(1, "", "long")]),
        ("sample;place;begin;end;x;y;value\nA1;P1;5-10-2026;2-11-2026;463000;155000;1", [(2, "x", "exchanged")]),
        ("sample;place;begin;end;x;y;value\nA1;P1;5-10-2026;2-11-2026;999000;155000;1", [(2, "x", "rd")]),
        (f"{HEAD};kind\n{LINE};referentie", [(2, "reference_station", "beside")]),
        (f"{HEAD};kind\n{LINE};koffie", [(2, "kind", "kind")]),
        (f"{HEAD};openbaar\n{LINE};misschien", [(2, "public_place", "yes")]),
        (f"{HEAD};x;y\n{LINE};155000;463000", [(2, "x", "both")]),
    ],
)
def test_a_table_as_a_whole_may_be_wrong(text: str, expected: list[tuple[int, str, str]]) -> None:
    """Headings, lengths, repeated samples, and the two ways of telling a place."""
    assert faults(text) == expected


def test_an_unknown_column_is_told_and_not_read() -> None:
    """What nobody knows is named beside the table, and is no fault."""
    found = read(f"{HEAD};kleur\n{LINE};rood\n", now=NOW)
    assert (found.faults, found.unread) == ([], ["kleur"])


def test_refused_lines_come_back_with_their_reasons() -> None:
    """They keep their cells and their order; mended, they are read, and the column with reasons is left alone."""
    sheet = read(TUBES.replace("18,0", "achttien").replace("B2;blanco", "B2;blauw"), now=NOW)
    back = refused(sheet, lambda fault: fault.key, "reden")
    lines = list(csv.reader(StringIO(back), delimiter=";"))
    assert [(line[0], line[-1]) for line in lines] == [("buisnummer", "reden"), ("A3", "number"), ("B2", "kind")]
    mended = read(back.replace("achttien", "18,0").replace("blauw", "blanco"), now=NOW)
    assert [row.sample_id for row in mended.rows] == ["A3", "B2"]


def accounted(sheet: Sheet) -> bool:
    """Tell whether each line below the heading is a row, or has a fault."""
    told = {row.line for row in sheet.rows} | {fault.line for fault in sheet.faults}
    return bool(sheet.faults and not sheet.rows and sheet.faults[0].line == 1) or set(list(sheet.lines)[1:]) <= told


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """Nothing that somebody uploads raises, and no line is lost without a word."""
    assert accounted(read(text_of(content), now=NOW))


@given(st.lists(st.text(alphabet=';,\t"\n\r 0123456789-.<APx\x00é', max_size=60), min_size=1, max_size=6))
def test_any_lines_below_a_heading_are_read_or_refused(lines: list[str]) -> None:
    """The same below a heading that fits."""
    sheet = read(HEAD + "\n" + "\n".join(lines), now=NOW)
    assert accounted(sheet)
    assert all(row.line not in {fault.line for fault in sheet.faults} for row in sheet.good)


@given(
    st.decimals(min_value=0, max_value=99999, places=3, allow_nan=False).map(str),
    st.sampled_from([",", "."]),
    st.sampled_from([";", "\t"]),
    st.booleans(),
)
def test_a_number_is_the_same_however_it_is_written(number: str, mark: str, separator: str, below: bool) -> None:
    """Comma or point, semicolon or tab: the value is that of the digits."""
    text = f"{HEAD}\n{LINE}".replace("18.4", ("<" if below else "") + number.replace(".", mark)).replace(";", separator)
    sheet = read(text, now=NOW)
    if below and float(number) == 0:
        assert [one.key for one in sheet.faults] == ["limit"]
    else:
        assert [(row.raw, row.below_limit) for row in sheet.rows] == [(float(number), below)]


@given(st.datetimes(min_value=datetime(1991, 1, 1), max_value=datetime(2026, 1, 1)))  # noqa: DTZ001 -- days without a zone
def test_a_day_is_the_same_in_both_orders(day: datetime) -> None:
    """5-10-2026 and 2026-10-05 are one day, with the day before the month in the Dutch order."""
    assert (
        cells.moment(f"{day:%d-%m-%Y}")
        == cells.moment(f"{day:%Y-%m-%d}")
        == cells.moment(f"{day.day}/{day.month}/{day.year}")
    )
