"""Words, numbers and times as a reader sees them, in Dutch or English; never HTML."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import resources
from math import isnan
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Amsterdam")
LANGUAGES = ("nl", "en")
DASH = "–"
NO_BREAK = "\u00a0"

_MONTHS = {
    "nl": ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
_DAYS = {
    "nl": ("ma", "di", "wo", "do", "vr", "za", "zo"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_UNITS = {
    "ug/m3": "µg/m³",
    "[ppb]": "ppb",
    "[ppm]": "ppm",
    "Cel": "°C",
    "dB[A]": "dB(A)",
    "deg": "°",
    "uA": "µA",
    "mg/m2": "mg/m²",
    "1": "",
}


def choose_language(query: str | None, accept: str) -> str:
    """Choose a language: the query decides, then the first supported of Accept-Language, then Dutch."""
    if query in LANGUAGES:
        return query
    for language in _preferences(accept):
        if language in LANGUAGES:
            return language
    return LANGUAGES[0]


def _preferences(accept: str) -> list[str]:
    """List primary language tags, most wanted first; a weight that is no number counts as 0."""
    weighted = []
    for entry in accept.split(","):
        tag, _, weight = entry.replace(" ", "").partition(";q=")
        try:
            wanted = float(weight) if weight else 1.0
        except ValueError:
            wanted = 0.0
        weighted.append((-wanted, tag.split("-")[0].lower()))
    return [tag for _, tag in sorted(weighted, key=lambda item: item[0])]


@cache
def messages(language: str) -> Mapping[str, str]:
    """Read the message tables of a language: one file `messages/<page>.<language>.json` for each page or subject."""
    table: dict[str, str] = {}
    for file in sorted(resources.files("api.web").joinpath("messages").iterdir(), key=lambda one: one.name):
        if file.name.endswith(f".{language}.json"):
            table |= json.loads(file.read_text("utf-8"))
    return table


@dataclass(frozen=True, slots=True)
class Wording:
    """How one language says things."""

    language: str

    def t(self, key: str, **values: object) -> str:
        """Return the message of a key with its values filled in; an unknown key is a KeyError."""
        return messages(self.language)[key].format(**values)

    def known(self, group: str, name: str) -> str:
        """Return the message of `group.name`, or the name itself where the table has none (new sensors, new scores)."""
        return messages(self.language).get(f"{group}.{name}", name)

    def band(self, index: str, number: int) -> str:
        """Name a class of an index; the European one has six, the LKI five, and 0 is no value."""
        return self.known("band" if index == "european" or not number else "lki", str(number))

    def number(self, value: float | None, digits: int = 1) -> str:
        """Write a number with a decimal comma in Dutch; None is a dash, as is NaN, and -0 does not exist."""
        if value is None or isnan(value):
            return DASH
        text = f"{value:.{digits}f}"
        if float(text) == 0:
            text = text.lstrip("-")
        text = text.replace("-", "−")
        return text.replace(".", ",") if self.language == "nl" else text

    def quantity(self, value: float | None, unit: str) -> str:
        """Write a number with its UCUM unit as people read it: `6,8 µg/m³`."""
        return DASH if value is None else f"{self.number(value)} {readable_unit(unit)}".rstrip()

    def significant(self, value: float, digits: int = 3) -> str:
        """Write a coefficient with so many significant digits, without an exponent for ordinary sizes."""
        if isnan(value):
            return DASH
        text = f"{value:.{digits}g}".replace("-", "−")
        return text.replace(".", ",") if self.language == "nl" else text

    def interval(self, lower: float | None, upper: float | None) -> str:
        """Write an interval, or a dash where a bound is missing."""
        if lower is None or upper is None:
            return DASH
        return self.t("interval", lower=self.number(lower), upper=self.number(upper))

    def confidence(self, lower: float, upper: float, unit: str) -> str:
        """Say a 95 % interval with its UCUM unit, as the end of a line: without a full stop."""
        readable = readable_unit(unit)
        return self.t("station.interval", lower=self.number(lower), upper=self.number(upper), unit=readable).rstrip()

    def percent(self, share: float | None) -> str:
        """Write a share 0..1 as whole percents."""
        return DASH if share is None else f"{share * 100:.0f}{NO_BREAK if self.language == 'nl' else ''}%"

    def age(self, then: datetime, now: datetime) -> str:
        """Say how long ago something was, in the largest whole unit."""
        seconds = max((now - then) / timedelta(seconds=1), 0)
        for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
            count = int(seconds // size)
            if count:
                return self.t(f"age.{unit}" if count == 1 else f"age.{unit}s", n=count)
        return self.t("age.seconds")

    def day(self, time: datetime) -> str:
        """Write a local day: `22 nov 2026`."""
        local = time.astimezone(ZONE)
        return f"{local.day} {_MONTHS[self.language][local.month - 1]} {local.year}"

    def weekday(self, time: datetime) -> str:
        """Write a local day of the week: `zo 22 nov`."""
        return self._weekday(time.astimezone(ZONE))

    def date(self, day: date) -> str:
        """Write a calendar day without its year: `22 nov`."""
        return f"{day.day} {_MONTHS[self.language][day.month - 1]}"

    def weekdays(self) -> tuple[str, ...]:
        """List the short names of the days, Monday first."""
        return _DAYS[self.language]

    def moment(self, time: datetime) -> str:
        """Write a local day and clock time with its zone: `zo 22 nov 14:05 CET`."""
        local = time.astimezone(ZONE)
        return f"{self._weekday(local)} {local:%H:%M} {local.tzname()}"

    def hour(self, begin: datetime, end: datetime) -> str:
        """Write an hour by its begin and end, so that nobody has to guess which one a single stamp would mean."""
        first, last = begin.astimezone(ZONE), end.astimezone(ZONE)
        return f"{self._weekday(first)} {first:%H:%M}{DASH}{last:%H:%M}"

    def _weekday(self, local: datetime) -> str:
        return f"{_DAYS[self.language][local.weekday()]} {local.day} {_MONTHS[self.language][local.month - 1]}"


def readable_unit(unit: str) -> str:
    """Return a UCUM unit as people write it; an unlisted one stays as it is."""
    return _UNITS.get(unit, unit)


def stamp(time: datetime) -> str:
    """Write a UTC time for machines: RFC 3339 with Z."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
