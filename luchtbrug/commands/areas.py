"""`luchtbrug areas`: the outlines that statistics are made for."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

import storage.area_measures
import storage.areas
import storage.audit
from luchtbrug.areas.errors import AreaFileError
from luchtbrug.database import open_schema
from luchtbrug.settings import Settings
from storage.audit import COMMAND
from storage.connection import connect

AT_ONCE = 500  # areas in one statement: some tens of megabytes of outlines of CBS

app = typer.Typer(help="Load and list the areas that statistics are made for.", no_args_is_help=True)


@app.command()
def load(
    file: Annotated[Path, typer.Argument(help="GeoPackage (as PDOK's of CBS wijken en buurten) or GeoJSON")],
    layer: Annotated[str | None, typer.Option(help="of a GeoPackage with several: gemeenten, wijken, buurten")] = None,
    code: Annotated[str | None, typer.Option(help="attribute with the code; without it CBS' own names")] = None,
    name: Annotated[str | None, typer.Option(help="attribute with the name")] = None,
    kind: Annotated[str | None, typer.Option(help="what they are, as 'park'; without it from the code")] = None,
) -> None:
    """Load areas from a file; those with a code that is there already are replaced.

    Example: `luchtbrug areas load wijkenbuurten_2025_v1.gpkg --layer buurten`
    """
    from luchtbrug.areas.files import features
    from luchtbrug.areas.outlines import areas, columns_of, mended, overlapping

    found = list(features(file, layer))
    if not found:
        raise AreaFileError(f"{file} holds no feature with a shape.")
    columns = columns_of(found[0], code, name)
    new = list(areas(found, columns, kind))
    now = datetime.now(UTC)
    with open_schema(Settings.read()) as url, connect(url) as conn:
        for begin in range(0, len(new), AT_ONCE):
            storage.areas.store(conn, new[begin : begin + AT_ONCE], source=file.name, at=now)
        storage.audit.record(conn, COMMAND, "areas.loaded", file.name, time=now, after={"areas": len(new)})
    typer.echo(f"{len(new)} areas from {file.name}, as {new[0].code} {new[0].name} ({new[0].kind}).")
    for broken in mended(found, columns):
        typer.echo(f"Note: the outline of {broken} crosses itself; it was loaded as the area that it encloses.")
    for one, other in overlapping(new):
        typer.echo(f"Note: {one} and {other} overlap: a station in both counts in both.")


@app.command("list")
def list_areas(kind: Annotated[str | None, typer.Option(help="only these, as municipality")] = None) -> None:
    """List the areas that are loaded.

    Example: `luchtbrug areas list --kind municipality`
    """
    with open_schema(Settings.read()) as url, connect(url) as conn:
        for area in storage.areas.select_areas(conn, kind=kind, limit=100_000, with_geometry=False):
            typer.echo(f"{area.code:<12} {area.kind:<15} {area.name}")


@app.command()
def join(
    file: Annotated[Path, typer.Argument(help="CSV with a row for each area, as CBS' key figures (; or ,)")],
    column: Annotated[list[str], typer.Option(help="column with the figure; may be given more than once")],
    code: Annotated[str | None, typer.Option(help="column with the code; without it CBS' own name")] = None,
) -> None:
    """Keep figures of others by the code of the area, to lay them beside what was measured.

    Example: `luchtbrug areas join kerncijfers.csv --column Bevolkingsdichtheid_33`
    """
    from luchtbrug.areas.figures import read_figures

    found = read_figures(file, code, column)
    now = datetime.now(UTC)
    with open_schema(Settings.read()) as url, connect(url) as conn:
        for name, values in found.items():
            storage.area_measures.join_figure(conn, name, values, source=file.name, at=now)
        storage.audit.record(conn, COMMAND, "areas.joined", file.name, time=now, after={"columns": list(found)})
    for name, values in found.items():
        typer.echo(f"{name}: {len(values)} areas from {file.name}, as {values[0][0]} {values[0][1]:g}.")
