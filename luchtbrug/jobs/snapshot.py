"""A frozen copy of the published files under an id to cite: its date, and a hash of all that is in it."""

import hashlib
from datetime import datetime

from msgspec.structs import replace

from storage.lake import SNAPSHOTS, Lake, Package


class NothingToFreezeError(Exception):
    """There are no published files yet."""


def freeze(lake: Lake, *, now: datetime, address: str | None = None) -> Package:
    """Copy the files to `snapshots/<id>` and return its package; the same files on the same day are one snapshot.

    The id is the date and the first 12 digits of the SHA-256 of the list of checksums. On a disk a snapshot takes no
    room for what the files and other snapshots share. `address` is where the public finds the platform.
    """
    package = lake.package()
    if package is None or not package.checked:
        raise NothingToFreezeError("There are no whole files to freeze: run `luchtbrug lake` first.")
    snapshot_id = f"{now:%Y-%m-%d}-{hashlib.sha256(package.sums().encode()).hexdigest()[:12]}"
    target = lake.below(f"{SNAPSHOTS}/{snapshot_id}")
    done = target.package()
    if done is not None:
        return done
    for resource in package.resources:
        lake.copy_into(target, resource.path)
    frozen = replace(
        package, id=snapshot_id, created=now.isoformat(), checked="", citation=_citation(snapshot_id, now, address)
    )
    target.publish(frozen)  # at the end: a package that is there is whole
    return frozen


def _citation(snapshot_id: str, now: datetime, address: str | None) -> str:
    where = f" {address}/v1/snapshots/{snapshot_id}." if address else ""
    return f"luchtbrug ({now:%Y}). Hourly air quality of citizen stations, snapshot {snapshot_id}. CC0-1.0.{where}"
