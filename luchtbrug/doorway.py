"""The HTTP door in the house of the API: one address for owners, two rooms that know nothing of each other."""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import FastAPI

from api.surface import HEADERS
from ingest.door import BURST, INTERVAL_S, Door
from ingest.keys import Hashing, Keys
from ingest.mailbox import Mailbox
from ingest.pipeline import Pipeline
from luchtbrug.credentials import hash_token, password_fits
from luchtbrug.onboarding import Onboarding
from luchtbrug.staff.room import Staff
from storage.connection import connect, open_pool


@contextmanager
def open_door(database_url: str, *, interval_s: float = INTERVAL_S, burst: int = BURST) -> Iterator[Door]:
    """Open the door with a pipeline of its own; what waits in it at the end of the block is still stored."""
    mailbox = Mailbox(Pipeline(lambda: connect(database_url)))
    with open_pool(database_url, size=4) as pool:
        mailbox.open()
        try:
            yield Door(Keys(pool, Hashing(hash_token, password_fits)), mailbox, interval_s=interval_s, burst=burst,
                       headers=HEADERS)  # fmt: skip
        finally:
            mailbox.close()


def hang(app: FastAPI, *rooms: Door | Onboarding | Staff) -> None:
    """Put the paths that write before those of the application, whose mount at /v1 would take them all.

    With the staff room there, every other can ask who is signed in (`luchtbrug.staff.sessions.signed_in`).
    """
    app.state.sessions = next((room.sessions for room in rooms if isinstance(room, Staff)), None)
    app.router.routes[:0] = [route for room in rooms for route in room.routes()]
