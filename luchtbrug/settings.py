"""All settings of the platform: one frozen object, read once at the start from LUCHTBRUG_* and `.env`."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from luchtbrug.roles import Role

_CHECKOUT = Path(__file__).resolve().parent.parent

Port = Annotated[int, Field(ge=1, le=65535)]


class SettingsError(Exception):
    """A setting has a value that cannot be used; the message names it, its value and the bound."""


def default_data_dir() -> Path:
    """Return the git-ignored folder of a checkout, or the user's data folder where the package was installed."""
    if (_CHECKOUT / "pyproject.toml").exists():
        return _CHECKOUT / ".luchtbrug"
    return platformdirs.user_data_path("luchtbrug")


class Settings(BaseSettings):
    """Every setting, each with its bound. Documented in docs/settings.md (a test compares)."""

    model_config = SettingsConfigDict(
        env_prefix="LUCHTBRUG_",
        env_file=".env",
        frozen=True,
        extra="ignore",
        env_ignore_empty=True,  # docker-compose.yml hands on what .env leaves open as empty
    )

    database_url: SecretStr | None = Field(
        None, description="PostgreSQL to use; without it an embedded one below data_dir"
    )
    read_database_url: SecretStr | None = Field(
        None,
        description="replica that the API reads from; without it database_url. What owners do goes to database_url",
    )
    mqtt_url: SecretStr | None = Field(
        None, description="broker to read from, mqtt(s)://user:password@host:port; without it an embedded one"
    )
    mqtt_admin_url: SecretStr | None = Field(
        None, description="admin login of Mosquitto's dynamic security, to make and withdraw station accounts"
    )
    data_dir: Path = Field(default_factory=default_data_dir, description="where the embedded services keep their files")
    api_host: str = Field("127.0.0.1", description="address the API listens on")
    api_port: Port = Field(8000, description="port the API listens on")
    embedded_broker: bool = Field(
        False,
        description="mqtt_url is the embedded broker, which marks what it had queued as retained (set by `serve`)",
    )
    mqtt_port: Port = Field(1883, description="port of the embedded broker")
    mqtt_tls_port: Port = Field(8883, description="port of the embedded broker with TLS")
    mqtt_tls_dir: Path | None = Field(
        None,
        description="folder with fullchain.pem and privkey.pem (RSA) for the embedded broker; without it no TLS",
    )
    registration: Literal["closed", "open"] = Field(
        "closed",
        description="whether anybody may register a station over the API; closed: `luchtbrug station add` only",
    )
    base_url: str | None = Field(
        None, pattern="^https?://[^/]", description="public address of the page, as https://lucht.example.org"
    )
    mqtt_public_host: str | None = Field(
        None, description="name that stations find the broker by; without it that of base_url"
    )
    mqtt_public_port: Port | None = Field(
        None, description="port without TLS that stations find the broker at; without it that of mqtt_url"
    )
    smtp_url: SecretStr | None = Field(
        None, description="server that sends mail to owners, smtp(s)://user:password@host:port; without it none is sent"
    )
    mail_from: str = Field("luchtbrug@localhost", pattern=r"^[^\s@]+@[^\s@]+$", description="sender of that mail")
    webhook_private: bool = Field(
        False, description="whether alerts may be posted to addresses of the own network, and without TLS"
    )
    alert_seconds: float = Field(
        60, ge=1, le=3600, description="pause between two looks for stations whose owners are to be told [s]"
    )
    lake_url: str | None = Field(
        None, description="folder or fsspec URL of the nightly files, as s3://bucket/air; without it below data_dir"
    )
    lake_nightly: bool = Field(
        True,
        description="whether `serve` writes the nightly files; off where `luchtbrug lake --nightly` runs elsewhere",
    )
    contact_name: str = Field("The luchtbrug team", description="who answers questions: a team, not a person")
    contact_email: str = Field(
        "luchtbrug@example.org",
        pattern=r"^[^@\s]+@[^@\s]+$",
        description="where questions go; stands in the descriptions and the catalogue",
    )
    contact_url: str = Field(
        "https://example.org/luchtbrug/issues", pattern="^https?://", description="where problems are reported"
    )
    publisher_name: str = Field(
        "The operator of this platform", description="organisation that publishes the data, for the catalogue"
    )
    publisher_uri: str | None = Field(
        None,
        pattern="^https?://",
        description="address that names it, as https://identifier.overheid.nl/tooi/id/gemeente/gm0402",
    )
    security_contact: str | None = Field(
        None,
        pattern="^(mailto:|https://)",
        description="where leaks are reported, for security.txt; without it contact_url",
    )
    requests_per_minute: int = Field(3000, ge=1, description="requests of one address to the API in a minute")
    key_requests_per_minute: int = Field(
        30_000, ge=1, description="requests of one API key to the API in a minute (`luchtbrug keys`)"
    )
    key_export_slots: int = Field(2, ge=1, le=50, description="exports at once of those who have a key for them")
    exports: Literal["open", "keys"] = Field(
        "open", description="who may export many hours at once: open: everybody; keys: who has an API key for it"
    )
    trusted_proxies: str = Field(
        "127.0.0.1",
        description="addresses or networks, with commas between, whose X-Forwarded-For is believed; none: nobody's",
    )
    api_tls_dir: Path | None = Field(
        None,
        description="folder with fullchain.pem and privkey.pem for the API; without it a proxy does TLS",
    )
    export_slots: int = Field(2, ge=1, le=50, description="exports at once; each holds a connection of the database")
    pool_size: int = Field(8, ge=1, le=100, description="connections of the API to the database")
    oidc_issuer: str | None = Field(
        None,
        pattern=r"^(https://|http://(127\.0\.0\.1|\[::1\]|localhost)[:/])",
        description="OpenID provider of staff, as https://login.example.org/realms/town; without it none",
    )
    oidc_client_id: str = Field("luchtbrug", min_length=1, description="name that the provider knows this platform by")
    oidc_client_secret: SecretStr | None = Field(
        None, description="secret of that client; without it the provider has to allow a public client with PKCE"
    )
    oidc_roles_claim: str = Field(
        "roles",
        min_length=1,
        description="claim of the ID token with roles; a path as realm_access.roles too",
    )
    oidc_roles: str = Field(
        "viewer=viewer,campaign_lead=campaign_lead,data_officer=data_officer,administrator=administrator",
        description="what the provider's roles are here: theirs=ours, divided by commas (docs/staff.md)",
    )
    tiles_url: str | None = Field(None, description="map tiles or style to show below the stations, as PDOK's")
    geocoder_url: str | None = Field(
        None,
        pattern="^https?://",
        description="PDOK Locatieserver to find streets with, as https://api.pdok.nl/bzk/locatieserver/search/v3_1",
    )
    theme: Path | None = Field(
        None, description="TOML file with names, colours, logo and contact of the page; without it its own"
    )
    position_key: SecretStr | None = Field(
        None, min_length=16, description="secret that displaces public positions; keep it for ever"
    )
    batch_seconds: float = Field(0.1, gt=0, le=60, description="a reading waits at most this long for its batch [s]")
    batch_size: int = Field(5000, ge=1, le=100_000, description="messages in one transaction at most")
    ingest_worker: int = Field(
        0, ge=0, le=99, description="number of this ingest among several that share the load, from 1; 0: there is one"
    )
    metrics_host: str = Field("127.0.0.1", description="address on which a service gives its figures to Prometheus")
    metrics_port: Port | None = Field(
        None,
        description="port of that; without it none. `serve` gives it to ingest, the next to calibrate and retention",
    )
    home_seconds: float = Field(
        10, ge=1, le=3600, description="pause between two looks for validated values to publish to their owners [s]"
    )
    calibrate_seconds: float = Field(60, ge=1, le=3600, description="pause between two looks for new hours [s]")
    refit_hours: int = Field(24, ge=1, le=168, description="a calibration is fitted again after this long [h]")
    window_weeks: int = Field(26, ge=1, le=104, description="weeks of history that a calibration may learn from")
    reference_network: Literal["none", "luchtmeetnet", "openaq", "csv"] = Field(
        "none", description="where official values come from"
    )
    reference_bbox: str | None = Field(
        None, description="min_lon,min_lat,max_lon,max_lat of the reference stations to use"
    )
    reference_csv: Path | None = Field(None, description="folder with reference_stations.csv and reference.csv")
    weather_csv: Path | None = Field(
        None, description="folder with the same two files of weather stations (KNMI), read beside the network above"
    )
    openaq_api_key: SecretStr | None = Field(None, description="key of OpenAQ's API v3")
    retention_days: int | None = Field(
        None, ge=30, description="raw readings older than this go (`luchtbrug retention`); without it they stay"
    )
    backup_days: int = Field(
        30,
        ge=1,
        le=3650,
        description="how long backups are kept [days]: said to owners and in the papers, not enforced",
    )
    contact_key: SecretStr | None = Field(
        None,
        min_length=32,
        description="secret that encrypts owners' addresses; several with commas: the first encrypts, all decrypt",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="least severe event to print")
    log_format: Literal["auto", "json", "text"] = Field(
        "auto", description="how events are printed; auto: text on a terminal, else a JSON object a line"
    )

    @property
    def lake(self) -> str:
        """Where the nightly files are."""
        return self.lake_url or str(self.data_dir / "lake")

    @field_validator("mqtt_url", "mqtt_admin_url")
    @classmethod
    def _mqtt_url(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        if not _leads_to(value, "mqtt", "mqtts"):
            raise ValueError("must look like mqtt://user:password@host:1883 or mqtts://user:password@host:8883")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _smtp_url(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _leads_to(value, "smtp", "smtps"):
            raise ValueError("must look like smtp://user:password@host:587 or smtps://user:password@host:465")
        return value

    @field_validator("database_url", "read_database_url")
    @classmethod
    def _database_url(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(("postgresql://", "postgres://")):
            raise ValueError("must look like postgresql://user:password@host:5432/luchtbrug")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies(cls, value: str) -> str:
        """Refuse what is no address: `*` would let anybody say that he is somebody else."""
        for each in () if value == "none" else value.split(","):
            ip_network(each.strip())
        return value

    @field_validator("oidc_roles")
    @classmethod
    def _oidc_roles(cls, value: str) -> str:
        parse_roles(value)
        return value

    @field_validator("reference_bbox")
    @classmethod
    def _bbox(cls, value: str | None) -> str | None:
        if value is not None:
            parse_bbox(value)
        return value

    @classmethod
    def read(cls, **overrides: object) -> Self:
        """Read the settings; `overrides` are options of the command line that were given.

        Raises SettingsError with one line a wrong setting: its name, its value (never of a secret) and the bound.
        """
        try:
            return cls(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]
        except ValidationError as error:
            raise SettingsError("\n".join(_say(cls, item) for item in error.errors(include_url=False))) from error


def parse_bbox(text: str) -> tuple[float, float, float, float]:
    """Parse `min_lon,min_lat,max_lon,max_lat` [degrees, WGS 84]; ValueError says what is wrong."""
    parts = text.split(",")
    if len(parts) != 4:
        raise ValueError(f"must be four numbers min_lon,min_lat,max_lon,max_lat, not {len(parts)}")
    west, south, east, north = (float(part) for part in parts)
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise ValueError("must have min_lon < max_lon within ±180 and min_lat < max_lat within ±90")
    return west, south, east, north


def parse_roles(text: str) -> dict[str, Role]:
    """Parse `theirs=ours,theirs=ours`; ValueError says what is wrong."""
    found: dict[str, Role] = {}
    for pair in text.split(","):
        theirs, _, ours = (part.strip() for part in pair.rpartition("="))
        if not theirs or ours not in list(Role):
            raise ValueError(f"{pair.strip()!r} is not theirs=ours; ours is one of {', '.join(Role)}")
        found[theirs] = Role(ours)
    return found


def _leads_to(url: SecretStr, *schemes: str) -> bool:
    """Tell whether a URL has one of these schemes, a host, and a port that is one where it has any.

    A password with a slash that was not written as %2F would be taken for a port: that is said without showing it.
    """
    try:
        parts = urlsplit(url.get_secret_value())
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _say(cls: type[Settings], item: ErrorDetails) -> str:
    name = str(item["loc"][0])
    field = cls.model_fields.get(name)
    secret = field is not None and "SecretStr" in str(field.annotation)
    value = "(secret)" if secret else repr(item.get("input"))
    return f"LUCHTBRUG_{name.upper()} = {value}: {str(item['msg']).removeprefix('Value error, ')}"
