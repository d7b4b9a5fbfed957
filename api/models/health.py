"""Whether the platform works."""

from datetime import datetime
from typing import Literal

from api.models.base import Model


class Health(Model):
    """Whether the platform works: `ok`, `stale` (no reading for an hour) or `empty` (no reading yet)."""

    status: Literal["ok", "stale", "empty"]
    database: Literal["ok"]
    newest_reading: datetime | None
    newest_hour: datetime | None
    version: str
