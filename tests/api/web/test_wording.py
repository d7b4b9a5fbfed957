"""Words, numbers and times in two languages."""

import json
from datetime import UTC, datetime, timedelta
from importlib import resources
from math import nan
from pathlib import Path
from string import Formatter

import pytest

from api.receipts import FIXES
from api.web.page import Links
from api.web.wording import LANGUAGES, Wording, choose_language, messages
from validation.flags import Flag

NL, EN = Wording("nl"), Wording("en")
SUMMER = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("query", "accept", "expected"),
    [
        (None, "", "nl"),
        (None, "en-GB,en;q=0.9,nl;q=0.8", "en"),
        (None, "fr;q=1.0, nl;q=0.2, en;q=0.1", "nl"),
        (None, "de", "nl"),
        (None, "en; q=0.2, nl; q=0.1", "en"),
        (None, "en;q=none, nl;q=0.1", "nl"),
        ("en", "nl", "en"),
        ("xx", "en", "en"),
    ],
)
def test_language_is_chosen_by_query_then_header_then_dutch(query: str | None, accept: str, expected: str) -> None:
    """The query wins over Accept-Language, whose highest weight wins over its order, and Dutch is what is left."""
    assert choose_language(query, accept) == expected


def test_languages_say_the_same_things() -> None:
    """Both tables have the same keys, with the same values to fill in."""
    assert messages("nl").keys() == messages("en").keys()
    for key in messages("nl"):
        assert _fields(messages("nl")[key]) == _fields(messages("en")[key]), key


def _fields(message: str) -> set[str | None]:
    return {field for _, field, _, _ in Formatter().parse(message)} - {None}


def test_message_tables_name_each_key_once() -> None:
    """No key stands twice in the tables of a language, where one would silently win."""
    for language in LANGUAGES:
        files = sorted(Path(str(resources.files("api.web").joinpath("messages"))).glob(f"*.{language}.json"))
        pairs = [pair for file in files for pair in json.loads(file.read_text("utf-8"), object_pairs_hook=list)]
        assert len(files) > 3
        assert len(pairs) == len(dict(pairs))


def test_every_flag_has_plain_words() -> None:
    """Each flag of validation has a long and a short form in both languages."""
    for flag in Flag:
        assert flag.name is not None
        for words in (NL, EN):
            assert words.t(f"flag.{flag.name.lower()}") != words.t(f"flag_short.{flag.name.lower()}")


@pytest.mark.parametrize(
    ("value", "dutch", "english"),
    [(6.84, "6,8", "6.8"), (-0.04, "0,0", "0.0"), (-1.25, "−1,2", "−1.2"), (None, "–", "–"), (nan, "–", "–")],
)
def test_numbers_follow_the_language(value: float | None, dutch: str, english: str) -> None:
    """Dutch has a decimal comma, neither has a minus zero, and what is not known is a dash."""
    assert (NL.number(value), EN.number(value)) == (dutch, english)


def test_quantities_carry_readable_units() -> None:
    """UCUM codes are written as people read them, unlisted ones as they are."""
    assert NL.quantity(6.8, "ug/m3") == "6,8 µg/m³"
    assert EN.quantity(21.0, "Cel") == "21.0 °C"
    assert EN.quantity(1.0, "furlong") == "1.0 furlong"
    assert EN.quantity(3.0, "1") == "3.0"


def test_a_link_holds_a_code_of_any_letters() -> None:
    """What an operator calls an area may mean something else in an address: it is written so that it does not."""
    links = Links("/areas/Süd 50%?", {"lang": "nl"})
    assert links.here(days="7") == "/areas/S%C3%BCd%2050%25%3F?lang=nl&days=7"
    assert links.to("/areas/a#b") == "/areas/a%23b?lang=nl"


def test_an_interval_has_the_unit_of_its_value() -> None:
    """A gas in ppb has an interval in ppb, and a ratio one without a unit."""
    assert (
        NL.confidence(7.0, 13.0, "[ppb]").replace("\N{NO-BREAK SPACE}", " ")
        == "Met 95 % zekerheid tussen 7,0 en 13,0 ppb"
    )
    assert EN.confidence(0.7, 1.3, "1") == "With 95% confidence between 0.7 and 1.3"


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-5, "zojuist"),
        (59, "zojuist"),
        (60, "1 min geleden"),
        (3599, "59 min geleden"),
        (7200, "2 uur geleden"),
        (86400, "1 dag geleden"),
        (200000, "2 dagen geleden"),
    ],
)
def test_ages_use_the_largest_whole_unit(seconds: int, expected: str) -> None:
    """An age is rounded down to whole minutes, hours or days, and a clock ahead of ours is now."""
    assert NL.age(SUMMER - timedelta(seconds=seconds), SUMMER) == expected


def test_times_are_local_and_say_their_zone() -> None:
    """A UTC evening in summer is the next Dutch day, in CEST."""
    assert NL.moment(SUMMER) == "do 2 jul 00:30 CEST"
    assert EN.day(SUMMER) == "2 Jul 2026"


def test_the_hour_that_the_clock_repeats_keeps_begin_and_end() -> None:
    """In the night that summer time ends, an hour is written from 02:00 to 02:00, as the clocks show it."""
    begin = datetime(2026, 10, 25, 0, tzinfo=UTC)
    assert NL.hour(begin, begin + timedelta(hours=1)) == "zo 25 okt 02:00–02:00"


def test_a_missing_bound_is_no_interval() -> None:
    """An interval needs both ends."""
    assert NL.interval(1.0, 2.5) == "1,0 tot 2,5"
    assert NL.interval(None, 2.5) == "–"


def test_every_reason_of_quarantine_is_said_in_both_languages() -> None:
    """Why a message was put aside, and what its owner can do, have words of the pages' own."""
    for words in (NL, EN):
        for reason in FIXES:
            for group in ("receipt.reason", "receipt.fix"):
                assert words.known(group, reason) != reason, (words.language, group)
