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
    return source.model_copy(update={"data": tuple(_limited(one, retention_days) for one in source.data)})


def _limited(one: DataClass, days: int | None) -> DataClass:
    """Say how many days are kept where the operator set a number."""
    limited = one.retention_limited
    if days is None or limited is None:
        return one.model_copy(update={"retention_limited": None})
    said = Text(nl=limited.nl.format(days=days), en=limited.en.format(days=days))
    return one.model_copy(update={"retention": said, "retention_limited": None})
