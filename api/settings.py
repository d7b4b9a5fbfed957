"""What the API has to be told from outside; read once by the command, passed down, never changed."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class ApiSettings(BaseModel):
    """Settings of the API and the page.

    The contact stands in the OpenAPI document: who runs the platform replaces the reserved `example.org` names.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_url: SecretStr
    read_database_url: SecretStr | None = None  # a replica; what it says is a moment old. None: database_url
    base_url: str | None = None  # where the public finds us, without a slash at the end; None: links are relative
    tiles_url: str | None = None  # None: the page draws its own plain outline
    geocoder_url: str | None = None  # PDOK Locatieserver, asked by us and never by the browser; None: no streets
    lake_url: str | None = None  # where the nightly files are; None: there are none
    theme: Path | None = None  # a theme of one's own (TOML); None: api/web/themes/luchtbrug.toml
    pool_size: int = Field(default=8, ge=1, le=100)
    pool_timeout: float = Field(default=2.0, gt=0, le=30)  # [s] waited for a connection before the answer is 503
    export_slots: int = Field(default=2, ge=1, le=50)  # exports at once; each holds a connection of the pool
    requests_per_minute: int = Field(default=3000, ge=1)  # of one address, below /v1; a page with its map asks about 10
    key_requests_per_minute: int = Field(default=30_000, ge=1)  # of one API key that is good for reading
    key_export_slots: int = Field(default=2, ge=1, le=50)  # exports at once of those who have a key for them
    exports: Literal["open", "keys"] = "open"  # keys: nobody exports without a key
    contact_name: str = "The luchtbrug team"
    contact_email: str = "luchtbrug@example.org"
    contact_url: str = "https://example.org/luchtbrug/issues"
    retention_days: int | None = None  # raw readings older than this may go; None: they stay
    publisher_name: str = "The operator of this platform"
    publisher_uri: str | None = None  # as https://identifier.overheid.nl/tooi/id/gemeente/gm0402
    security_contact: str | None = None  # mailto: or https:, for who found a leak; None: contact_url

    @property
    def reads(self) -> str:
        """Where answers are read: this application writes nothing, so a replica serves as well."""
        return (self.read_database_url or self.database_url).get_secret_value()
