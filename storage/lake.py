"""The published files: a folder here, or any store that fsspec knows, with a Frictionless package that lists them.

A file appears under its name only when it is whole. Nothing here knows what the files are about.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import fsspec
import msgspec

PACKAGE = "datapackage.json"
SUMS = "SHA256SUMS"
SNAPSHOTS = "snapshots"
WORKROOM = ".luchtbrug-"


class Field(msgspec.Struct, frozen=True, omit_defaults=True):
    """A column, as the Table Schema of Frictionless has it."""

    name: str
    type: str
    description: str = ""


class TableSchema(msgspec.Struct, frozen=True):
    """All columns of a file."""

    fields: list[Field]


class Resource(msgspec.Struct, frozen=True, omit_defaults=True):
    """One file of a package; `mark` changes with the rows that it was made of.

    Length and checksum are not named `bytes` and `hash`: Frictionless's own checker does not take these of Parquet.
    """

    name: str
    path: str
    title: str
    size: int
    sha256: str
    rows: int
    schema: TableSchema
    type: str = "table"
    format: str = "parquet"
    mediatype: str = "application/vnd.apache.parquet"
    mark: str = ""


class Package(msgspec.Struct, frozen=True, omit_defaults=True):
    """A Frictionless data package: the files and what a reader must know of all of them."""

    name: str
    title: str
    description: str
    licenses: list[dict[str, str]]
    resources: list[Resource] = []
    id: str = ""
    created: str = ""
    citation: str = ""
    checked: str = ""

    def sums(self) -> str:
        """Write the checksums as `sha256sum --check` reads them."""
        return "".join(f"{one.sha256}  {one.path}\n" for one in self.resources)

    def resource(self, name: str) -> Resource | None:
        """Find a file by its name in the package."""
        return next((one for one in self.resources if one.name == name), None)

    def having(self, resource: Resource) -> "Package":
        """Put a file in, in the place of one of the same name; files are in the order of their paths."""
        others = [one for one in self.resources if one.name != resource.name]
        return msgspec.structs.replace(self, resources=sorted([*others, resource], key=lambda one: one.path))


@dataclass(frozen=True, slots=True)
class Lake:
    """A place for files."""

    fs: Any
    root: str

    @classmethod
    def at(cls, url: str) -> Self:
        """Open a folder, or what a URL as `s3://bucket/air` leads to (with the library that fsspec names for it)."""
        fs, root = fsspec.core.url_to_fs(url)
        return cls(fs, root.rstrip("/"))

    @property
    def is_local(self) -> bool:
        """Tell whether the files lie on this machine's own disk."""
        return "file" in (self.fs.protocol if isinstance(self.fs.protocol, tuple) else (self.fs.protocol,))

    def below(self, folder: str) -> "Lake":
        """Give a folder of it as a place of its own."""
        return Lake(self.fs, f"{self.root}/{folder}")

    def path(self, name: str) -> str:
        """Give the store's own name of a file."""
        return f"{self.root}/{name}"

    def package(self) -> Package | None:
        """Read the package; None where there is none yet."""
        try:
            return msgspec.json.decode(self.fs.cat_file(self.path(PACKAGE)), type=Package)
        except FileNotFoundError:
            return None

    def is_whole(self, resource: Resource) -> bool:
        """Tell whether a file is there in its full length."""
        try:
            return bool(self.fs.size(self.path(resource.path)) == resource.size)
        except FileNotFoundError:
            return False

    @contextmanager
    def workroom(self) -> Iterator[Path]:
        """Lend a folder for a file that is being made: on the same disk where that is ours, so that it only moves."""
        here = Path(self.root) if self.is_local else None
        if here is not None:
            here.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=WORKROOM, dir=here) as folder:
            yield Path(folder)

    def tidy(self) -> None:
        """Remove what a run that was killed left behind; no other run may be at work."""
        for folder in Path(self.root).glob(f"{WORKROOM}*") if self.is_local else ():
            shutil.rmtree(folder, ignore_errors=True)

    def put(self, made: Path, name: str) -> None:
        """Bring a file of the workroom in under its name, whole or not at all."""
        target = self.path(name)
        self.fs.makedirs(self.fs._parent(target), exist_ok=True)
        if self.is_local:
            made.replace(target)
        else:
            self.fs.put_file(str(made), f"{target}.part")
            self.fs.mv(f"{target}.part", target)

    def put_text(self, text: str, name: str) -> None:
        """Write a small file, whole or not at all."""
        with self.workroom() as folder:
            made = folder / "text"
            made.write_text(text, encoding="utf-8")
            self.put(made, name)

    def publish(self, package: Package) -> None:
        """Write the checksums, then the package: what it lists is there."""
        self.put_text(package.sums(), SUMS)
        described = json.loads(msgspec.json.encode(package))
        self.put_text(json.dumps(described, indent=1, ensure_ascii=False) + "\n", PACKAGE)

    def copy_into(self, other: "Lake", name: str) -> None:
        """Copy a file to another place of the same store; on a disk without taking room a second time."""
        target = other.path(name)
        self.fs.makedirs(self.fs._parent(target), exist_ok=True)
        if self.is_local:
            Path(target).unlink(missing_ok=True)
            _link(self.path(name), target)
        else:
            self.fs.cp_file(self.path(name), target)

    def folders(self, name: str) -> Sequence[str]:
        """List the folders in a folder by name; none where it is not there."""
        try:
            found = self.fs.ls(self.path(name), detail=True)
        except FileNotFoundError:
            return []
        return sorted(one["name"].rstrip("/").rsplit("/", 1)[-1] for one in found if one["type"] == "directory")


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk, or one that knows no links
        shutil.copyfile(source, target)
