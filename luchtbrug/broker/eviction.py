"""An amqtt plugin that throws a station out when its password is withdrawn, as Mosquitto does by itself."""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Any

import psycopg
from amqtt.broker import BrokerContext
from amqtt.plugins.base import BasePlugin

CHANNEL = "credential_withdrawn"
"""What the database notifies on, with the station's id (storage/migrations/0009_owners.sql)."""

_RETRY_S = 1.0


class StationEviction(BasePlugin[BrokerContext]):  # type: ignore[misc]  # amqtt ships no types
    """Listens to the database for as long as the broker runs."""

    @dataclass
    class Config:
        """Where the station table is."""

        database_url: str = ""

    def __init__(self, context: BrokerContext) -> None:
        super().__init__(context)
        self._task: asyncio.Task[None] | None = None

    async def on_broker_post_start(self) -> None:
        """Begin to listen."""
        self._task = asyncio.create_task(self._listen())

    async def close(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _listen(self) -> None:
        while True:
            try:
                await self._evict_withdrawn()
            except psycopg.OperationalError as error:
                # who is connected stays so until the database is back; nobody new gets in meanwhile
                self.context.logger.warning("withdrawn passwords are not heard of (%s)", type(error).__name__)
                await asyncio.sleep(_RETRY_S)

    async def _evict_withdrawn(self) -> None:
        async with await psycopg.AsyncConnection.connect(self.config.database_url, autocommit=True) as conn:
            await conn.execute(f"LISTEN {CHANNEL}")
            async for notice in conn.notifies():
                for session in [each for each in self.context.sessions if each.username == notice.payload]:
                    await self._evict(session)

    async def _evict(self, session: Any) -> None:
        """Close a session's connection, and forget what it subscribed to."""
        broker = self.context._broker_instance  # amqtt offers plugins no other way to end a session
        await broker._cleanup_session(session.client_id)
