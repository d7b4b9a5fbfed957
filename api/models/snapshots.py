"""Snapshots: frozen files with an id to cite."""

from datetime import datetime

from pydantic import Field

from api.models.base import Model


class SnapshotFile(Model):
    """One file of a snapshot."""

    path: str = Field(description="Below `/v1/snapshots/{snapshotId}/files/`.")
    title: str
    bytes: int = Field(description="Its length.")
    sha256: str
    rows: int


class SnapshotItem(Model):
    """A snapshot; its content never changes."""

    id: str = Field(description="Date and content hash; `nightly` is not frozen: the files of the last night.")
    created: datetime
    citation: str = Field(description="How to cite it; empty for `nightly`.")
    license: str
    rows: int = Field(description="Of all files of hours.")
    bytes: int = Field(description="Of all files.")


class SnapshotCollection(Model):
    """All snapshots, the newest first."""

    items: list[SnapshotItem]


class SnapshotDetail(SnapshotItem):
    """A snapshot with its files. The Frictionless package is the file `datapackage.json`."""

    title: str
    description: str
    files: list[SnapshotFile]
