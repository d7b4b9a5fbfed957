"""The theme: names, contact, logo and colours of the page, read from a TOML file that a municipality swaps."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

DEFAULT = Path(__file__).parent / "themes" / "luchtbrug.toml"
LOGOS: Mapping[str, str] = {".svg": "image/svg+xml", ".png": "image/png"}
PAIRS = (
    ("ink", "paper", 4.5),
    ("ink", "ground", 4.5),
    ("ink", "chosen", 4.5),
    ("ink", "warning", 4.5),
    ("ink-soft", "paper", 4.5),
    ("ink-soft", "ground", 4.5),
    ("brand", "paper", 4.5),
    ("brand", "ground", 4.5),
    ("brand-dark", "paper", 4.5),
    ("on-brand", "brand", 4.5),
    ("on-brand", "brand-dark", 4.5),
    ("on-top", "top", 4.5),
    ("control-line", "paper", 3.0),
    ("focus", "paper", 3.0),
    ("chart-value", "paper", 3.0),
    ("chart-raw", "paper", 3.0),
    ("chart-reference", "paper", 3.0),
    ("chart-line", "paper", 4.5),
)
"""What is written on what, and the least contrast (WCAG 2.2, 1.4.3 and 1.4.11)."""

Colour = Annotated[str, Field(pattern=r"^#([0-9a-fA-F]{6}|[0-9a-fA-F]{8})$")]


class ThemeError(ValueError):
    """A theme cannot be used; the message names the file, the entry, its value and the bound."""


class Contact(BaseModel):
    """Who answers questions about the page."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")


class _File(BaseModel):
    """What a theme file may say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: dict[Annotated[str, Field(pattern="^(nl|en)$")], str] = {}
    contact: Contact | None = None
    logo: str | None = Field(default=None, pattern=r"^[^/\\]+\.(svg|png)$")
    font: str | None = Field(default=None, pattern=r"""^[\w\s,"'-]+$""")
    light: dict[str, Colour] = {}
    dark: dict[str, Colour] = {}


@dataclass(frozen=True, slots=True)
class Theme:
    """A complete theme; colours by name, as `#rrggbb` or `#rrggbbaa`."""

    names: Mapping[str, str]
    contact: Contact | None
    logo: Path | None
    font: str
    light: Mapping[str, str]
    dark: Mapping[str, str]

    @property
    def stylesheet(self) -> str:
        """Write fonts and colours as CSS; the reader's system chooses between light and dark."""
        light, dark = _declarations(self.light), _declarations(self.dark)
        return (
            f":root {{ color-scheme: light dark; --font: {self.font}; {light} }}\n"
            f"@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
        )

    @property
    def version(self) -> str:
        """Name this state of the stylesheet and the logo, for their addresses."""
        logo = self.logo.read_bytes() if self.logo else b""
        return blake2b(self.stylesheet.encode() + logo, digest_size=6).hexdigest()


@cache
def load_theme(path: Path | None) -> Theme:
    """Read a theme; what it leaves out is the default's. ThemeError says what is wrong in it."""
    default = _read(DEFAULT)
    chosen = default if path is None else _read(path)
    theme = Theme(
        names={**default.name, **chosen.name},
        contact=chosen.contact,
        logo=path.parent / chosen.logo if path and chosen.logo else None,
        font=chosen.font or str(default.font),
        light={**default.light, **chosen.light},
        dark={**default.dark, **chosen.dark},
    )
    _examine(theme, path or DEFAULT, known=frozenset(default.light))
    return theme


def _read(path: Path) -> _File:
    try:
        return _File.model_validate(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise ThemeError(f"theme {path} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ThemeError(f"theme {path} is not TOML: {error}") from error
    except ValidationError as error:
        raise ThemeError("\n".join(_say(path, item) for item in error.errors(include_url=False))) from error


def _say(path: Path, item: Any) -> str:
    name = ".".join(str(part) for part in item["loc"])
    bound = "must be a colour as #0b4f6c" if item["loc"][0] in ("light", "dark") else item["msg"]
    return f"theme {path}: {name} = {item['input']!r}: {bound}"


def _examine(theme: Theme, path: Path, *, known: frozenset[str]) -> None:
    """Look for colours without a use, text that could not be read, and a logo that is not there."""
    for part, colours in (("light", theme.light), ("dark", theme.dark)):
        unknown = sorted(colours.keys() - known)
        if unknown:
            raise ThemeError(f"theme {path}: {part}.{unknown[0]} is no colour of the page ({', '.join(sorted(known))})")
        for upper, lower, least in PAIRS:
            found = contrast(colours[upper], colours[lower])
            if found < least:
                raise ThemeError(
                    f"theme {path}: {part}.{upper} = {colours[upper]} on {part}.{lower} = {colours[lower]} has a "
                    f"contrast of {found:.1f}: 1, at least {least} is needed"
                )
    if theme.logo and not theme.logo.is_file():
        raise ThemeError(f"theme {path}: logo = {theme.logo.name!r}: there is no such file beside it")


def contrast(one: str, other: str) -> float:
    """Compare two colours `#rrggbb` by WCAG's formula: 1 (equal) to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _declarations(colours: Mapping[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items() if re.fullmatch(r"[a-z0-9-]+", name))
