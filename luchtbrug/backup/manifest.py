"""The list beside a dump: of when it is, what is in it, and what is not."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import msgspec

from luchtbrug.backup.errors import NotABackupError
from luchtbrug.settings import Settings
from storage.contents import Contents

MANIFEST, DUMP = "manifest.json", "database.dump"
FORMAT = 1

ELSEWHERE = (
    "the broker's accounts (its volume; `luchtbrug resync` makes them anew, with new passwords)",
    "TLS certificates and keys",
    "the files for researchers (LUCHTBRUG_LAKE_URL)",
    "LUCHTBRUG_THEME's file",
)
"""What a platform needs beside its database and its secrets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a restore compares with."""

    format: int
    made_at: str
    server_major: int
    tool_major: int
    sha256: str
    migrations: list[str]
    extensions: dict[str, str]
    roles: list[str]
    contents: Contents
    not_included: list[str]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the list into the folder."""
    (folder / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))


def read_manifest(folder: Path) -> Manifest:
    """Read the list of a backup, and see that its dump is whole. Raises NotABackupError."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotABackupError(f"{folder} has no {MANIFEST}: it is not a backup, or one that never ended") from error
    except msgspec.MsgspecError as error:
        raise NotABackupError(f"{folder / MANIFEST} cannot be read: {error}") from error
    if manifest.format > FORMAT:
        raise NotABackupError(f"{folder} was made by a newer release: restore it with that one")
    if digest(folder / DUMP) != manifest.sha256:
        raise NotABackupError(f"{folder / DUMP} is not the file that was written (its SHA-256 differs): take another")
    return manifest


def digest(path: Path) -> str:
    """Give the SHA-256 of a file; NotABackupError where there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise NotABackupError(f"there is no {path}") from error


def secrets_elsewhere() -> list[str]:
    """Name every setting that holds a secret: none of them is in the database."""
    secret = [name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)]
    return [f"LUCHTBRUG_{name.upper()}" for name in secret]
