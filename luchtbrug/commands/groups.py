"""The groups of commands (`luchtbrug station …`), each loaded when somebody asks for it.

Their modules bring the database's driver and numeric libraries along, which `luchtbrug ingest --help` can do without.
"""

from functools import cache
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

NAMES = ("station", "areas", "keys", "staff", "campaigns")


class Groups(TyperGroup):
    """The command `luchtbrug` with its groups."""

    def list_commands(self, ctx: Any) -> list[str]:
        """List the commands, and after them the groups."""
        return [*super().list_commands(ctx), *NAMES]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Find a command, or load a group."""
        return group(cmd_name) if cmd_name in NAMES else super().get_command(ctx, cmd_name)


@cache
def group(name: str) -> TyperGroup:
    """Load the group of a name."""
    found: typer.Typer = import_module(f"luchtbrug.commands.{name}").app
    if name == "station":
        owner = import_module("luchtbrug.commands.owner")
        import_module("luchtbrug.commands.device")  # adds its commands to those of stations
        found.add_typer(owner.app)  # without a name: its commands stand beside the others
    loaded = typer.main.get_group(found)
    loaded.name = name
    return loaded
