"""The SQL of this package as it stands in `storage/sql/`, read once; it is never put together from pieces."""

from functools import cache
from importlib.resources import files


@cache
def sql(name: str) -> str:
    """Read `sql/<name>.sql`; a name without a file is a FileNotFoundError."""
    return files("storage").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
