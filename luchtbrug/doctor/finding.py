"""What `doctor` says of one thing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `ok` None means it could not be told."""

    what: str
    ok: bool | None
    seen: str
    advice: str = ""
