"""Whether the platform works."""

from datetime import datetime
from typing import Literal

from api.models.base import Model


class Alive(Model):
    """That this process answers; nothing is said of the database."""

    status: Literal["ok"]
    version: str


class Health(Model):
    """Whether the platform works: `ok`, `stale` (no reading for an hour) or `empty` (no reading yet).

    `lagSeconds` is the age of the newest reading, `validatedUntil` the end of the newest validated hour.
    """

    status: Literal["ok", "stale", "empty"]
    database: Literal["ok"]
    newest_reading: datetime | None
    newest_hour: datetime | None
    validated_until: datetime | None
    lag_seconds: float | None
    version: str
