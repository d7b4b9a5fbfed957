"""Writes the privacy papers for this platform: templates here, classes of data from the page's own source.

What only the operator can know stands in them as [FILL IN: …], so that no paper says more than is known.
"""

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from api.web.transparency.source import read
from luchtbrug.addresses import KEPT_V4, KEPT_V6
from luchtbrug.displacement import CELL_M, RADIUS_M
from luchtbrug.settings import Settings

PAPERS = (
    "register.md",
    "dpia-pre-scan.md",
    "processor-agreement-annex.md",
    "retention.md",
    "privacy-statement.nl.md",
    "privacy-statement.en.md",
    "bio-measures.md",
)


@dataclass(frozen=True, slots=True)
class Operator:
    """What the settings say of who runs the platform; None is for the operator to fill in."""

    name: str | None
    email: str | None
    address: str | None
    backup_days: int
    retention_days: int | None
    mail: bool

    @classmethod
    def of(cls, settings: Settings) -> "Operator":
        """Take what was set; a default is not an answer."""
        return cls(
            name=_set(settings, "publisher_name"),
            email=_set(settings, "contact_email"),
            address=settings.base_url,
            backup_days=settings.backup_days,
            retention_days=settings.retention_days,
            mail=settings.smtp_url is not None,
        )


def render(operator: Operator) -> dict[str, str]:
    """Give each paper by its file name."""
    environment = Environment(
        loader=PackageLoader("luchtbrug", "papers"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 -- Markdown of our own texts and of the operator's settings
    )
    environment.globals["fill"] = lambda what: f"[FILL IN: {what}]"
    known = {
        "operator": operator,
        "source": read(operator.retention_days),
        "cell_m": round(CELL_M),
        "radius_m": round(RADIUS_M),
        "kept_bits": (KEPT_V4, KEPT_V6),
    }
    return {name: environment.get_template(f"{name}.jinja").render(known) for name in PAPERS}


def write(operator: Operator, folder: Path) -> list[Path]:
    """Write the papers into a folder, which is made where it is not there, and name them."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in render(operator).items():
        (folder / name).write_text(text, encoding="utf-8")
        written.append(folder / name)
    return written


def _set(settings: Settings, name: str) -> str | None:
    value = str(getattr(settings, name))
    return None if value == Settings.model_fields[name].default else value
