"""Find where Mosquitto's accounts differ from the station table, and say the commands that put it right.

Differences come from a restored backup of one of the two, from changes by hand, or from a crash between both. Only what
carries a role of a station counts as ours: the admin, the platform's login and accounts of the operator are left alone.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from ingest.fixed_topics import Device
from luchtbrug.broker.mosquitto import Command, control, removal_commands, role_commands

PAGE = 500
"""Accounts or roles asked for at once."""

_PREFIX = "station-"

Acls = frozenset[tuple[str, str, bool]]
Stations = Mapping[str, Sequence[Device]]
"""The active stations, each with the devices that it has claimed."""


@dataclass(frozen=True, slots=True)
class Account:
    """A login as the broker has it."""

    roles: frozenset[str]
    disabled: bool


@dataclass(frozen=True, slots=True)
class Held:
    """What the broker holds: accounts by user name, and what each role allows."""

    accounts: Mapping[str, Account]
    roles: Mapping[str, Acls]


@dataclass(frozen=True, slots=True)
class Difference:
    """Station ids: known to the broker alone; not known to it; with other rights than they are to have."""

    strangers: tuple[str, ...]
    missing: tuple[str, ...]
    altered: tuple[str, ...]


def held_by(admin_url: str, *, page: int = PAGE) -> Held:
    """Ask the broker for all its accounts and roles, so many at once; raises what `control` raises."""
    accounts = {
        str(each["username"]): Account(
            frozenset(role["rolename"] for role in each.get("roles", [])), bool(each.get("disabled", False))
        )
        for each in _listed(admin_url, "listClients", "clients", page)
    }
    return Held(
        accounts, {str(each["rolename"]): _acls(each) for each in _listed(admin_url, "listRoles", "roles", page)}
    )


def difference(held: Held, stations: Stations) -> Difference:
    """Compare what the broker holds with the active stations."""
    wanted = {name: _acls(role_commands(name, devices)[0]) for name, devices in stations.items()}
    ours = {name for name, account in held.accounts.items() if _PREFIX + name in account.roles}
    named = {role.removeprefix(_PREFIX) for role in held.roles if role.startswith(_PREFIX)}
    missing = wanted.keys() - held.accounts.keys()
    altered = {name for name in wanted.keys() - missing if not _as_it_should(held, name, wanted[name])}
    altered |= {name for name in missing if held.roles.get(_PREFIX + name, wanted[name]) != wanted[name]}
    return Difference(tuple(sorted((ours | named) - wanted.keys())), tuple(sorted(missing)), tuple(sorted(altered)))


def removals(strangers: Collection[str]) -> list[Command]:
    """Return the commands that take what the broker has too much away; who is connected with it is thrown out."""
    return [command for name in strangers for command in removal_commands(name)]


def corrections(altered: Collection[str], stations: Stations, held: Held) -> list[Command]:
    """Return the commands that give stations the rights that they are to have, and no others."""
    commands: list[Command] = []
    for name in altered:
        commands += role_commands(name, stations[name])
        if name in held.accounts:
            role = [{"rolename": _PREFIX + name}]
            commands.append({"command": "modifyClient", "username": name, "roles": role, "groups": []})
            commands.append({"command": "enableClient", "username": name})
    return commands


def _as_it_should(held: Held, name: str, wanted: Acls) -> bool:
    account, role = held.accounts[name], _PREFIX + name
    return not account.disabled and account.roles == {role} and held.roles.get(role) == wanted


def _acls(role: Mapping[str, Any]) -> Acls:
    return frozenset((acl["acltype"], acl["topic"], bool(acl["allow"])) for acl in role.get("acls", []))


def _listed(admin_url: str, command: str, key: str, size: int) -> Iterator[dict[str, Any]]:
    """Go through a list of the plugin page by page."""
    for begin in count(0, size):
        asked = {"command": command, "verbose": True, "count": size, "offset": begin}
        (answer,) = control(admin_url, [asked])
        found = answer["data"][key]
        yield from found
        if len(found) < size:
            return
