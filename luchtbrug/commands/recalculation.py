"""What `recalculate --lake` does."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec

import typer

from luchtbrug.commands.lake import open_lake
from luchtbrug.commands.provenance import asked_range, bar
from luchtbrug.settings import Settings, SettingsError


def recalculate(
    settings: Settings,
    url: str,
    begin: str,
    end: str,
    observed_properties: Sequence[str],
    *,
    processes: int,
    dask: str | None,
) -> None:
    """Recalculate from the published files, with a bar on a terminal, and say what was done and where it lies."""
    missing = [name for name in ("distributed", "threadpoolctl") if find_spec(name) is None]
    if missing:
        raise SettingsError(f"--lake needs {' and '.join(missing)}: pip install 'luchtbrug[scale]'")
    from luchtbrug.recalculation import engine
    from luchtbrug.recalculation.plan import make_plan
    from luchtbrug.recalculation.source import read_positions

    lake = open_lake(url)
    place = lake.root if lake.is_local else url  # a worker may have another current folder
    wanted = asked_range(begin, end, observed_properties, now=datetime.now(UTC), refit=True)
    if lake.package() is None:
        raise SettingsError(f"--lake {url}: there is no datapackage.json; `luchtbrug lake` writes the files")
    plan = make_plan(
        read_positions(lake),
        begin=wanted.begin,
        end=wanted.end,
        observed_properties=wanted.observed_properties,
        window=timedelta(weeks=settings.window_weeks),
        refit_every=timedelta(hours=settings.refit_hours),
    )
    with engine.workers(processes=processes, scheduler=dask) as client, bar("pieces") as shown:
        task = shown.add_task("recalculate", total=None)
        ran = engine.run(
            place,
            plan,
            client=client,
            progress=lambda done, total: shown.update(task, completed=done, total=total),
        )
    typer.echo(f"{ran.before} pieces were done before, {ran.now} now: {ran.hours} hours in {place}/{ran.folder}")
