"""What a reader chose to see on the map: all of it stands in the address, so that every view can be shared."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from api.parsing import Box, parse_box
from api.web.indices import Index

PROPERTIES = ("pm2_5", "pm10", "no2", "o3")
"""What the map can be coloured by, first the one it opens with."""

SORTS = ("name", "-name", "value", "-value", "age", "-age")
TEXT_LENGTH = 80
Choice = TypeVar("Choice", bound=StrEnum)


class Averaging(StrEnum):
    """Over how long a shown value is a mean."""

    LAST = "last"
    HOUR = "1h"
    DAY = "24h"


class Shown(StrEnum):
    """Which value of a station decides its marker."""

    VALIDATED = "validated"
    RAW = "raw"


@dataclass(frozen=True, slots=True)
class View:
    """One view of the map; `text` and `box` choose among the stations, `sort` and `page` concern the table."""

    observed_property: str = PROPERTIES[0]
    averaging: Averaging = Averaging.LAST
    index: Index = Index.EUROPEAN
    shown: Shown = Shown.VALIDATED
    text: str = ""
    box: Box | None = None
    sort: str = ""
    page: int = 1
    station: str = ""

    @property
    def asked(self) -> dict[str, str]:
        """Write what decides colours and numbers as a query."""
        return {
            "property": self.observed_property,
            "averaging": str(self.averaging),
            "index": str(self.index),
            "show": str(self.shown),
        }


def parse_view(query: Mapping[str, str]) -> View:
    """Read a view; what is not offered is the default. The LKI opens with the mean of 24 hours that it is made for."""
    index = _one_of(Index, query.get("index"), Index.EUROPEAN)
    usual = Averaging.DAY if index is Index.LKI else Averaging.LAST
    wanted = query.get("property", "")
    page = query.get("page", "")
    return View(
        observed_property=wanted if wanted in PROPERTIES else PROPERTIES[0],
        averaging=_one_of(Averaging, query.get("averaging"), usual),
        index=index,
        shown=_one_of(Shown, query.get("show"), Shown.VALIDATED),
        text=query.get("q", "").replace("\0", "")[:TEXT_LENGTH].strip(),
        box=_box(query.get("bbox", "")),
        sort=query["sort"] if query.get("sort") in SORTS else "",
        page=int(page) if page.isascii() and page.isdecimal() and 0 < len(page) < 7 and int(page) else 1,
        station=query.get("station", "")[:TEXT_LENGTH],
    )


def _one_of(kind: type[Choice], text: str | None, usual: Choice) -> Choice:
    return kind(text) if text in list(kind) else usual


def _box(text: str) -> Box | None:
    try:
        return parse_box(text)
    except ValueError:
        return None
