"""Run the embedded broker (amqtt) in this process until it is told to stop.

What it cannot do, production's Mosquitto can: a message that was delivered and not acknowledged is not sent again after
the subscriber reconnects, and what is queued lives in memory (docs/adr/0003-brokers.md).
"""

import asyncio
import logging
import signal
from pathlib import Path
from typing import NamedTuple

from amqtt.broker import Broker
from amqtt.contexts import Action
from amqtt.session import Session


class Secure(NamedTuple):
    """A second listener with TLS; the folder holds `fullchain.pem` and `privkey.pem`, RSA for the sake of ESP8266."""

    port: int
    folder: Path


class CarefulBroker(Broker):  # type: ignore[misc]  # amqtt ships no types
    """amqtt, but that a subscription which was refused brings no retained message either."""

    async def _publish_retained_messages_for_subscription(
        self, subscription: tuple[str, int], session: Session
    ) -> None:
        if await self._topic_filtering(session, subscription[0], Action.SUBSCRIBE):
            await super()._publish_retained_messages_for_subscription(subscription, session)


async def run(*, host: str, port: int, database_url: str, service_password: str, secure: Secure | None = None) -> None:
    """Serve MQTT on `host:port` until SIGTERM or SIGINT; stations log in by the table behind `database_url`."""
    for name in ("transitions", "amqtt"):  # a line for each connection is too much
        logging.getLogger(name).setLevel(logging.WARNING)
    broker = CarefulBroker(broker_config(host, port, database_url, service_password, secure))
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await broker.start()
    try:
        await stop.wait()
    finally:
        await broker.shutdown()


def broker_config(
    host: str, port: int, database_url: str, service_password: str, secure: Secure | None = None
) -> dict[str, object]:
    """Return amqtt's configuration with our two plugins."""
    plain: dict[str, object] = {"type": "tcp", "bind": f"{host}:{port}", "max_connections": 2000}
    listeners = {"default": plain}
    if secure is not None:
        files = {"certfile": str(secure.folder / "fullchain.pem"), "keyfile": str(secure.folder / "privkey.pem")}
        listeners["secure"] = {**plain, "bind": f"{host}:{secure.port}", "ssl": True, **files}
    return {
        "listeners": listeners,
        "plugins": {
            "luchtbrug.broker.plugins.StationLogin": {
                "database_url": database_url,
                "service_password": service_password,
            },
            "luchtbrug.broker.plugins.StationTopics": {"database_url": database_url},
            "luchtbrug.broker.eviction.StationEviction": {"database_url": database_url},
        },
    }
