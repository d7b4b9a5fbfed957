"""Run a plan: in this process, in several on this machine, or on any Dask cluster; what is done is not done again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec

from luchtbrug.recalculation.partition import PLAN, Handing, Partition, hand_out, is_done, validate_partition
from luchtbrug.recalculation.plan import Plan
from storage.lake import Lake

Progress = Callable[[int, int], None]
"""Called with the pieces of work done and those in all."""

ROOT = "recalculated"

_KEPT = 1 << 30  # [bytes]

_BEFORE_SPAWN = {
    "OMP_NUM_THREADS": 1,
    "MKL_NUM_THREADS": 1,
    "OPENBLAS_NUM_THREADS": 1,
    "MALLOC_ARENA_MAX": 1,
    "MALLOC_MMAP_THRESHOLD_": _KEPT,
    "MALLOC_TRIM_THRESHOLD_": _KEPT,
}
"""The environment of our workers. Dask's own lets glibc give every larger array back to the system at once and ask for
it anew, and two processes took longer than one; a worker does the same work over and over, so it keeps its memory. A
task does not run in the main thread, whose arena is the only one that can grow beyond 64 MB."""

_UNWATCHED = {"distributed.worker.profile.enabled": False}
"""Our own workers have no dashboard that would show what they do a hundred times a second."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run did: pieces that were done before, pieces done now, and the hours that these validated."""

    folder: str
    before: int
    now: int
    hours: int


@dataclass(frozen=True, slots=True)
class Work:
    """The pieces of a plan: months to hand out, then each area's months, one after the other."""

    months: list[Handing]
    chains: list[list[Partition]]

    @property
    def size(self) -> int:
        """Count the pieces."""
        return len(self.months) + sum(len(chain) for chain in self.chains)


def work_of(url: str, plan: Plan) -> Work:
    """List the pieces of a plan on a lake, whose package says of which months there are hours."""
    folder = f"{ROOT}/{plan.name}"
    package = Lake.at(url).package()
    known = {one.name for one in package.resources} if package else set()
    months = sorted({read for month in plan.months() for read in plan.months_read(month)})
    months = [month for month in months if f"hours-{month:%Y-%m}" in known]
    chains = [
        [
            Partition(
                url,
                folder,
                name,
                area,
                month,
                [one for one in plan.months_read(month) if one in months],
                plan.pieces(month),
                plan.window_h,
                number == 0,
            )
            for number, month in enumerate(plan.months())
        ]
        for name in plan.observed_properties
        for area in plan.areas
    ]
    return Work([Handing(url, folder, month) for month in months], chains)


def run(url: str, plan: Plan, *, client: Any = None, progress: Progress = lambda *_: None) -> Ran:
    """Do what is left of a plan, in this process or, with a Dask client, on its workers.

    The result lies in `recalculated/<name of the plan>` of the lake. May be stopped at any time and started again.
    """
    lake, work = Lake.at(url), work_of(url, plan)
    folder = f"{ROOT}/{plan.name}"
    lake.below(folder).put_text(msgspec.json.encode(plan).decode(), PLAN)
    before = sum(is_done(lake, month) for month in work.months)
    before += sum(is_done(lake, task) for chain in work.chains for task in chain)
    progress(before, work.size)
    rows = _here(lake, work) if client is None else _on(client, lake, work)
    hours = now = 0
    for now, found in enumerate(rows, 1):
        hours += found
        progress(before + now, work.size)
    return Ran(folder, before, now, hours)


def _here(lake: Lake, work: Work) -> Iterator[int]:
    """Do one piece after the other; yield the hours that each validated."""
    for month in work.months:
        if not is_done(lake, month):
            hand_out(month)
            yield 0
    for chain in work.chains:
        for task in chain:
            if not is_done(lake, task):
                yield validate_partition(task)


def _on(client: Any, lake: Lake, work: Work) -> Iterator[int]:
    """Hand the pieces to the workers, each behind those that it needs; yield the hours as they are done."""
    from distributed import as_completed

    name = work.months[0].work if work.months else ROOT
    months = {
        task.month: client.submit(_handed, task, key=f"{name}/{task.mark}", pure=False)
        for task in work.months
        if not is_done(lake, task)
    }
    waiting = list(months.values())
    for chain in work.chains:
        needed: Any = None
        for task in chain:
            if is_done(lake, task):
                continue
            behind = [needed, *(months.get(month) for month in task.months)]
            needed = client.submit(
                _validated, task, [one for one in behind if one is not None], key=f"{name}/{task.mark}", pure=False
            )
            waiting.append(needed)
    for future in as_completed(waiting):
        yield future.result()


def _handed(task: Handing) -> int:
    hand_out(task)
    return 0


def _validated(task: Partition, _behind: list[int]) -> int:
    return validate_partition(task)


@contextmanager
def workers(*, processes: int, scheduler: str | None) -> Iterator[Any]:
    """Give a client of the cluster at `scheduler`, or of so many processes here; None where one process is enough."""
    if scheduler is None and processes == 1:
        yield None
        return
    import dask
    from distributed import Client, LocalCluster

    if scheduler is not None:
        with Client(scheduler) as client:
            yield client
        return
    with (
        dask.config.set({"distributed.nanny.pre-spawn-environ": _BEFORE_SPAWN, **_UNWATCHED}),
        LocalCluster(n_workers=processes, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield client
