"""The source of the transparency page, checked as it is read: each text in both languages, each class complete."""

import tomllib
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(_Part):
    """One text in both languages."""

    nl: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def __getitem__(self, language: str) -> str:
        return self.nl if language == "nl" else self.en


class Keep(_Part):
    """How long a class is kept, counted from what `since` names; the job `luchtbrug retention` carries it out."""

    days: int = Field(ge=0)
    since: Text
    reason: Text  # the source of the number


class DataClass(_Part):
    """One class of data: what, from whom, for what, on which ground, how long, seen by whom."""

    id: str = Field(pattern="^[a-z][a-z-]*$")
    personal: bool
    name: Text
    what: Text
    source: Text = Field(alias="from")
    purpose: Text
    ground: Text
    retention: Text
    retention_limited: Text | None = None  # where the operator set a number of days
    seen_by: Text
    where: str  # tables and files
    keep: Keep | None = None  # what the job does; None: nothing, or what the operator set


class Algorithm(_Part):
    """One entry of the algorithm register."""

    id: str
    status: str
    url_code: str
    name: Text
    goal: Text
    method: Text
    input: Text
    impact: Text
    human: Text
    risk: Text


class Transparency(_Part):
    """The whole page."""

    lead: Text
    data: tuple[DataClass, ...]
    algorithm: Algorithm


@cache
def read(retention_days: int | None) -> Transparency:
    """Read the source as this platform keeps to it; pydantic's ValidationError names what is missing."""
    text = resources.files("api.web.transparency").joinpath("transparency.toml").read_text("utf-8")
    source = Transparency.model_validate(tomllib.loads(text))
    return source.model_copy(update={"data": tuple(_said(one, retention_days) for one in source.data)})


def policy() -> dict[str, Keep]:
    """Give the one retention table: id of a class -> how long it is kept."""
    return {one.id: one.keep for one in read(None).data if one.keep is not None}


def kept_days(class_id: str) -> int:
    """Give for how many days a class is kept. KeyError for one that is not in the table."""
    return policy()[class_id].days


def _said(one: DataClass, days: int | None) -> DataClass:
    """Put the number of days into the text: that of the table, or that of the operator."""
    limited = one.retention_limited if days is not None else None
    said, number = (limited, days) if limited else (one.retention, one.keep.days if one.keep else None)
    retention = Text(nl=said.nl.format(days=number), en=said.en.format(days=number))
    return one.model_copy(update={"retention": retention, "retention_limited": None})
