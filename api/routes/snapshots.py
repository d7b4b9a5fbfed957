"""The nightly files and their frozen snapshots, with what is needed to cite and to check them."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path as File
from typing import Annotated, Any

import fastapi
from fastapi import APIRouter, Path, Request, Response
from starlette.responses import FileResponse, StreamingResponse

from api.errors import NotFoundError, StoreAwayError
from api.headers import CACHE_FINAL, CACHE_SHORT, matches
from api.models.snapshots import SnapshotCollection, SnapshotDetail, SnapshotFile, SnapshotItem
from api.negotiation import ONLY_JSON
from api.parameters import Query
from api.settings import ApiSettings
from storage.lake import PACKAGE, SNAPSHOTS, SUMS, Lake, Package

NIGHTLY = "nightly"
LIST = "/v1/snapshots"
BLOCK = 1 << 20  # [bytes] of a file of a distant store
TYPES = {PACKAGE: "application/json", SUMS: "text/plain; charset=utf-8"}

router = APIRouter(prefix="/snapshots", tags=["exports"])

SnapshotId = Annotated[
    str, Path(alias="snapshotId", pattern=r"^(nightly|\d{4}-\d{2}-\d{2}-[0-9a-f]{12})$", examples=[NIGHTLY])
]


@router.get("", dependencies=[ONLY_JSON])
def list_snapshots(request: Request, query: Annotated[Query, fastapi.Query()]) -> SnapshotCollection:
    """List the frozen snapshots, the newest first."""
    with _reached():
        lake = _lake(request)
        names = sorted(lake.folders(SNAPSHOTS), reverse=True) if lake else []
        found = [(name, lake.below(f"{SNAPSHOTS}/{name}").package()) for name in names if lake]
    return SnapshotCollection(items=[SnapshotItem(**_item(name, package)) for name, package in found if package])


@router.get("/{snapshotId}", dependencies=[ONLY_JSON])
def get_snapshot(snapshot_id: SnapshotId, request: Request, query: Annotated[Query, fastapi.Query()]) -> SnapshotDetail:
    """Show a snapshot with its files and their checksums, or (`nightly`) the files of the last night."""
    _, package = _found(request, snapshot_id)
    files = [
        SnapshotFile(path=one.path, title=one.title, bytes=one.size, sha256=one.sha256, rows=one.rows)
        for one in package.resources
    ]
    return SnapshotDetail(
        **_item(snapshot_id, package), title=package.title, description=package.description, files=files
    )


# Not in the document: a file is not negotiated, it is what its package says.
@router.get("/{snapshotId}/files/{filePath:path}", include_in_schema=False)
def get_snapshot_file(
    snapshot_id: SnapshotId, file_path: Annotated[str, Path(alias="filePath", max_length=200)], request: Request
) -> Response:
    """Give a file that the package lists, whole or (on the platform's own disk) the range that is asked for."""
    lake, package = _found(request, snapshot_id)
    tags = {one.path: one.sha256 for one in package.resources} | dict.fromkeys((PACKAGE, SUMS), package.created)
    if file_path not in tags:
        raise NotFoundError("file", file_path, f"{LIST}/{snapshot_id}")
    weak = "W/" if file_path in TYPES else ""  # these are compressed on their way: one tag for two forms of them
    tag = f'{weak}"{tags[file_path]}"'
    kept = CACHE_SHORT if snapshot_id == NIGHTLY else CACHE_FINAL
    headers = {"ETag": tag, "Cache-Control": kept}
    if matches(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return _file(lake, file_path, headers)


def _file(lake: Lake, file_path: str, headers: dict[str, str]) -> Response:
    media_type = TYPES.get(file_path, "application/vnd.apache.parquet")
    path = lake.path(file_path)
    if lake.is_local:
        return FileResponse(path, headers=headers, media_type=media_type, filename=File(path).name)
    with _reached():
        length = {"Content-Length": str(lake.fs.size(path))}
        return StreamingResponse(_blocks(lake.fs.open(path, "rb")), headers=headers | length, media_type=media_type)


def _blocks(file: Any) -> Iterator[bytes]:
    with file:
        yield from iter(partial(file.read, BLOCK), b"")


@contextmanager
def _reached() -> Iterator[None]:
    """Turn the errors of a store that does not answer into StoreAwayError."""
    try:
        yield
    except OSError as error:
        raise StoreAwayError(str(error)) from error


def _lake(request: Request) -> Lake | None:
    settings: ApiSettings = request.app.state.settings
    return Lake.at(settings.lake_url) if settings.lake_url else None


def _found(request: Request, snapshot_id: str) -> tuple[Lake, Package]:
    """Open a snapshot; NotFoundError where there is none of this id, or not yet."""
    with _reached():
        lake = _lake(request)
        place = lake if lake is None or snapshot_id == NIGHTLY else lake.below(f"{SNAPSHOTS}/{snapshot_id}")
        package = place.package() if place else None
    if place is None or package is None or not package.created:
        raise NotFoundError("snapshot", snapshot_id, LIST)
    return place, package


def _item(name: str, package: Package) -> dict[str, Any]:
    return {
        "id": name,
        "created": package.created,
        "citation": package.citation,
        "license": package.licenses[0]["name"],
        "rows": sum(one.rows for one in package.resources if one.name.startswith("hours-")),
        "bytes": sum(one.size for one in package.resources),
    }
