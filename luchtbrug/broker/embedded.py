"""Run the embedded broker (amqtt) in this process until it is told to stop.

What it cannot do, production's Mosquitto can: a message that was delivered and not acknowledged is not sent again after
the subscriber reconnects, and what is queued lives in memory (docs/adr/0003-brokers.md).
"""

import asyncio
import logging
import signal

from amqtt.broker import Broker


async def run(*, host: str, port: int, database_url: str, service_password: str) -> None:
    """Serve MQTT on `host:port` until SIGTERM or SIGINT; stations log in by the table behind `database_url`."""
    for name in ("transitions", "amqtt"):  # a line for each connection is too much
        logging.getLogger(name).setLevel(logging.WARNING)
    broker = Broker(broker_config(host, port, database_url, service_password))
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await broker.start()
    try:
        await stop.wait()
    finally:
        await broker.shutdown()


def broker_config(host: str, port: int, database_url: str, service_password: str) -> dict[str, object]:
    """Return amqtt's configuration with our two plugins."""
    return {
        "listeners": {"default": {"type": "tcp", "bind": f"{host}:{port}", "max_connections": 2000}},
        "plugins": {
            "luchtbrug.broker.plugins.StationLogin": {
                "database_url": database_url,
                "service_password": service_password,
            },
            "luchtbrug.broker.plugins.StationTopics": {"database_url": database_url},
        },
    }
