"""amqtt plugins on our own station table: who may log in, and where a login may publish and subscribe."""

import asyncio
import hmac
from dataclasses import dataclass

import psycopg
from amqtt.contexts import Action, BaseContext
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.session import Session

import storage.claims
import storage.stations
from ingest.fixed_topics import Device, device_of
from luchtbrug.broker.rules import SERVICE_USER, may_publish, may_subscribe
from luchtbrug.credentials import password_fits
from storage.connection import open_pool
from storage.errors import DatabaseAwayError


class StationLogin(BaseAuthPlugin):  # type: ignore[misc]  # amqtt ships no types
    """Let a station in with its own password, and the platform with its own."""

    @dataclass
    class Config:
        """Where the station table is, and the platform's own password."""

        database_url: str = ""
        service_password: str = ""

    def __init__(self, context: BaseContext) -> None:
        super().__init__(context)
        self._pool = open_pool(self.config.database_url, size=2)

    async def authenticate(self, *, session: Session) -> bool:
        """Check user name, password and last will; a database that is away lets nobody in (stations try again)."""
        user, password = session.username, session.password
        if not user or not password or not _may_leave(user, session):
            return False
        if user == SERVICE_USER:
            return hmac.compare_digest(password.encode(), self.config.service_password.encode())
        return await asyncio.to_thread(self._station_fits, user, password)

    def _station_fits(self, user: str, password: str) -> bool:
        try:
            with self._pool.connection(timeout=5) as conn:
                password_hash = storage.stations.password_hash(conn, user)
        except (psycopg.Error, DatabaseAwayError) as error:
            self.context.logger.warning("login of %s refused: the database is away (%s)", user, type(error).__name__)
            return False
        return password_fits(password, password_hash)

    async def close(self) -> None:
        """Give the connections back."""
        await asyncio.to_thread(self._pool.close)


class StationTopics(BaseTopicPlugin):  # type: ignore[misc]  # amqtt ships no types
    """Keep each login below its own topics, and those of the devices that it has claimed."""

    @dataclass
    class Config:
        """Where the claims are."""

        database_url: str = ""

    def __init__(self, context: BaseContext) -> None:
        super().__init__(context)
        self._pool = open_pool(self.config.database_url, size=1)

    async def topic_filtering(
        self, *, session: Session | None = None, topic: str | None = None, action: Action | None = None
    ) -> bool:
        """Apply the rules of `luchtbrug.broker.rules`; without a login nothing is allowed."""
        user = session.username if session else None
        if not user or not topic:
            return False
        if action == Action.PUBLISH:
            device = device_of(topic)
            claimed_by = None if device is None else await asyncio.to_thread(self._claimant, device)
            return may_publish(user, topic, claimant=claimed_by)
        # RECEIVE is asked for each message handed on, also out of a session that somebody else has subscribed with
        return may_subscribe(user, topic)

    def _claimant(self, device: Device) -> str | None:
        try:
            with self._pool.connection(timeout=5) as conn:
                return storage.claims.claimant(conn, format_name=device.format_name, serial=device.serial)
        except (psycopg.Error, DatabaseAwayError) as error:
            self.context.logger.warning(
                "a %s is refused: the database is away (%s)", device.format_name, type(error).__name__
            )
            return None

    async def close(self) -> None:
        """Give the connections back."""
        await asyncio.to_thread(self._pool.close)


def _may_leave(user: str, session: Session) -> bool:
    """Say whether a login may have its last will published: amqtt asks nobody when it does so."""
    return not session.will_flag or may_publish(user, session.will_topic or "")
