"""Drive Mosquitto's dynamic security plugin: one account and one role a station, made and withdrawn with the station.

Protocol: https://mosquitto.org/documentation/dynamic-security/ (commands as JSON to $CONTROL/dynamic-security/v1).
"""

import json
import queue
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.reasoncodes import ReasonCode

from ingest.fixed_topics import SUBSCRIPTIONS, Device, topics_of
from ingest.settings import SHARED
from luchtbrug.broker.login import login

_CONTROL = "$CONTROL/dynamic-security/v1"

Command = dict[str, Any]

_READ = ("aq/1/#", "in/#", *SUBSCRIPTIONS)
"""What the platform reads of all that is published."""


class BrokerAwayError(Exception):
    """The broker cannot be reached, or lets the admin login not in."""


class BrokerRefusedError(Exception):
    """The broker refused a command of the dynamic security plugin; the message carries its words."""


def station_commands(station_id: str, password: str, devices: Iterable[Device] = ()) -> list[Command]:
    """Return the commands that give a station its login and keep it below its own topics, and its devices'."""
    role = [{"rolename": f"station-{station_id}"}]
    account = {"command": "createClient", "username": station_id, "password": password, "roles": role}
    return [*role_commands(station_id, devices), account]


def password_commands(station_id: str, password: str, devices: Iterable[Device] = ()) -> list[Command]:
    """Return the commands that give a station another password; whoever is connected with the old one is thrown out.

    Not every Mosquitto throws out after `setClientPassword`, but after `disableClient` each does.
    """
    named = {"username": station_id}
    return [
        *station_commands(station_id, password, devices),  # one that was missing is made
        {"command": "disableClient", **named},
        {"command": "setClientPassword", **named, "password": password},
        {"command": "enableClient", **named},
    ]


def role_commands(station_id: str, devices: Iterable[Device] = ()) -> list[Command]:
    """Return the commands that make a station's role what it is to be, also where an older release made it.

    It publishes below its own topics and reads what is meant for it: answers, validated values, their description.
    `devices` are all that it has claimed: what is left out here may not publish any longer.
    """
    own = f"aq/1/{station_id}"
    acls = [_acl("publishClientSend", f"{own}/{kind}") for kind in ("obs", "status", "meta")]
    acls.append(_acl("publishClientSend", f"in/{station_id}/#"))
    acls += [_acl("publishClientSend", topic) for device in devices for topic in topics_of(device)]
    for topic in (f"{own}/ack", f"{own}/alerts", f"{own}/validated/#", f"{own}/homeassistant/#"):
        acls += [_acl("subscribePattern", topic), _acl("publishClientReceive", topic)]
    return _role(f"station-{station_id}", acls)


def removal_commands(station_id: str) -> list[Command]:
    """Return the commands that take a station's login away; a connected one is thrown out."""
    return [
        {"command": "deleteClient", "username": station_id},
        {"command": "deleteRole", "rolename": f"station-{station_id}"},
    ]


def platform_commands(username: str, password: str) -> list[Command]:
    """Return the commands that make the platform's login: it reads what stations send and answers them, no more.

    Everything that is not allowed is forbidden: nobody receives what no role lets him have.
    """
    acls = [_acl("subscribePattern", topic) for topic in (*_READ, SHARED)]
    acls += [_acl("publishClientReceive", topic) for topic in _READ]
    acls += [
        _acl("publishClientSend", f"aq/1/+/{kind}") for kind in ("ack", "alerts", "validated/#", "homeassistant/#")
    ]
    closed = ("publishClientSend", "publishClientReceive", "subscribe")
    return [
        {"command": "setDefaultACLAccess", "acls": [{"acltype": kind, "allow": False} for kind in closed]},
        *_role("platform", acls),
        {"command": "createClient", "username": username, "password": password, "roles": [{"rolename": "platform"}]},
        {"command": "setClientPassword", "username": username, "password": password},
    ]


def control(admin_url: str, commands: Sequence[Command], *, seconds: float = 10) -> list[Command]:
    """Send commands over the broker's admin login and return the answers, in order.

    Raises BrokerAwayError, or BrokerRefusedError when a command failed for another reason than that its effect is there
    already (so that a half-done change can simply be done again).
    """
    answers: queue.Queue[list[Command]] = queue.Queue()
    with _connected(admin_url, answers, seconds) as client:
        client.publish(_CONTROL, json.dumps({"commands": list(commands)}), qos=1)
        try:
            got = answers.get(timeout=seconds)
        except queue.Empty:
            silent = f"the broker gave no answer within {seconds:.0f} s: is its dynamic security plugin loaded?"
            raise BrokerAwayError(silent) from None
    refused = [answer for answer in got if "error" in answer and not _done_already(answer["error"])]
    if refused:
        raise BrokerRefusedError("; ".join(f"{answer['command']}: {answer['error']}" for answer in refused))
    return got


def _role(name: str, acls: list[Command]) -> list[Command]:
    """Make a role, and make one that was there already the same."""
    return [{"command": command, "rolename": name, "acls": acls} for command in ("createRole", "modifyRole")]


def _acl(kind: str, topic: str) -> Command:
    return {"acltype": kind, "topic": topic, "allow": True}


def _done_already(error: str) -> bool:
    return "already exists" in error.lower() or "not found" in error.lower()


@contextmanager
def _connected(admin_url: str, answers: "queue.Queue[list[Command]]", seconds: float) -> Iterator[Client]:
    """Log in, subscribe to the answers, and wait until the broker confirmed both."""
    client, host, port = login(admin_url)
    steps: queue.Queue[str] = queue.Queue()

    def on_connect(_client: Client, _data: object, _flags: object, reason: ReasonCode, _properties: object) -> None:
        if reason.is_failure:
            steps.put(f"the broker {host}:{port} refused the admin login: {reason}")
        else:
            client.subscribe(f"{_CONTROL}/response", qos=1)

    client.on_connect = on_connect
    client.on_subscribe = lambda *_: steps.put("")
    client.on_message = lambda _client, _data, message: answers.put(json.loads(message.payload)["responses"])
    try:
        client.connect(host, port, keepalive=30)
        client.loop_start()
        failure = steps.get(timeout=seconds)
    except (OSError, queue.Empty) as error:
        raise BrokerAwayError(f"the broker {host}:{port} cannot be reached: {error or 'no answer'}") from error
    else:
        if failure:
            raise BrokerAwayError(failure)
        yield client
    finally:
        client.disconnect()
        client.loop_stop()
