"""`luchtbrug areas`: the outlines that statistics are made for."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

import storage.areas
from luchtbrug.areas.errors import AreaFileError
from luchtbrug.database import open_schema
from luchtbrug.settings import Settings
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
    from luchtbrug.areas.outlines import areas, columns_of

    found = list(features(file, layer))
    if not found:
        raise AreaFileError(f"{file} holds no feature with a shape.")
    new = list(areas(found, columns_of(found[0], code, name), kind))
    now = datetime.now(UTC)
    with open_schema(Settings.read()) as url, connect(url) as conn:
        for begin in range(0, len(new), AT_ONCE):
            storage.areas.store(conn, new[begin : begin + AT_ONCE], source=file.name, at=now)
    typer.echo(f"{len(new)} areas from {file.name}, as {new[0].code} {new[0].name} ({new[0].kind}).")


@app.command("list")
def list_areas(kind: Annotated[str | None, typer.Option(help="only these, as municipality")] = None) -> None:
    """List the areas that are loaded.

    Example: `luchtbrug areas list --kind municipality`
    """
    with open_schema(Settings.read()) as url, connect(url) as conn:
        for area in storage.areas.select_areas(conn, kind=kind, limit=100_000, with_geometry=False):
            typer.echo(f"{area.code:<12} {area.kind:<15} {area.name}")
