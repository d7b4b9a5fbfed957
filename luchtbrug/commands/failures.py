"""One table: expected error → the sentence that its user reads."""

import errno
from pathlib import Path

import psycopg

from ingest.errors import IngestError
from luchtbrug.areas.errors import AreaFileError
from luchtbrug.backup.errors import BackupError
from luchtbrug.broker.mosquitto import BrokerAwayError, BrokerRefusedError
from luchtbrug.campaigns.errors import CampaignError
from luchtbrug.database import EmbeddedDatabaseError
from luchtbrug.jobs.lake import LakeBusyError
from luchtbrug.jobs.recalculate import RangeError
from luchtbrug.jobs.replay_files import ReplayInputError
from luchtbrug.jobs.snapshot import NothingToFreezeError
from luchtbrug.owner.ownership import BrokerUnsetError
from luchtbrug.services import ServiceEndedError, ServiceSilentError
from luchtbrug.settings import SettingsError
from luchtbrug.staff.account_book import AccountNameError
from storage.errors import DatabaseAwayError, StorageError, TurnTakenError

_ADVICE: tuple[tuple[type[Exception], str], ...] = (
    (SettingsError, "Correct it in the environment or in .env; docs/settings.md lists all settings."),
    (TurnTakenError, "Started again it stands by; LUCHTBRUG_INGEST_WORKER gives it a number of its own."),
    (DatabaseAwayError, "LUCHTBRUG_DATABASE_URL says where it is; `luchtbrug doctor` looks."),
    (psycopg.errors.DiskFull, "The database's disk is full: make room; nothing that was acknowledged is lost."),
    (psycopg.OperationalError, "LUCHTBRUG_DATABASE_URL says where it is; `luchtbrug doctor` looks."),
    (BrokerAwayError, "Is it running, and is LUCHTBRUG_MQTT_ADMIN_URL right?"),
    (BrokerRefusedError, ""),
    (BrokerUnsetError, ""),
    (ReplayInputError, ""),
    (LakeBusyError, ""),
    (NothingToFreezeError, ""),
    (AreaFileError, ""),
    (AccountNameError, ""),
    (CampaignError, ""),
    (RangeError, "Write full hours in UTC, as --begin 2026-05-01T00 --end 2026-05-08T00."),
    (IngestError, ""),
    (StorageError, ""),
    (EmbeddedDatabaseError, ""),
    (BackupError, ""),
    (ServiceEndedError, ""),
    (ServiceSilentError, ""),
)


_OF_PLACES = {
    errno.ENOENT: "There is no {}.",
    errno.EACCES: "{} may not be read or written by this user.",
    errno.EISDIR: "{} is a folder: name a file.",
    errno.ENOTDIR: "{} is no folder, or lies below what is none.",
    errno.EEXIST: "{} is there already, and is no folder.",
    errno.EROFS: "{} is on a disk that cannot be written to.",
}


def explained(error: BaseException) -> str | None:
    """Return the sentence for an expected error, None for any other."""
    for kind, advice in _ADVICE:
        if isinstance(error, kind):
            return f"{error} {advice}".strip()
    if isinstance(error, OSError):
        return _of_system(error)
    return None


def _of_system(error: OSError) -> str | None:
    name = Path(str(error.filename)).name if error.filename else ""
    if error.errno == errno.ENOSPC:
        return "The disk is full: make room and start again; nothing that was acknowledged is lost."
    if error.errno == errno.EADDRINUSE:
        return f"The port is taken ({error.strerror}): choose another with LUCHTBRUG_API_PORT or LUCHTBRUG_MQTT_PORT."
    said = _OF_PLACES.get(error.errno or 0)
    return said.format(error.filename) if said and name else None
