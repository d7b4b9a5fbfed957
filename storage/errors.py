"""What can go wrong in storage, named by the fact."""


class StorageError(Exception):
    """Base of all errors of this package."""


class DatabaseAwayError(StorageError):
    """The server cannot be reached or went away; what was not committed is to be tried again."""


class TurnTakenError(DatabaseAwayError):
    """Another process has the turn; what was not committed is to be tried again when it is ours."""


class SchemaTooNewError(StorageError):
    """The database was migrated by a newer release than this code."""


class SchemaMissingError(StorageError):
    """The database has no schema of ours yet: run `luchtbrug migrate`."""


class StationExistsError(StorageError):
    """A station with this id is registered already."""


class StationUnknownError(StorageError):
    """No station with this id is registered."""


class ApiKeyUnknownError(StorageError):
    """No key has this name."""


class DeviceClaimedError(StorageError):
    """The device is another station's."""


class AutocommitError(StorageError):
    """Columns were to be stored on a connection in autocommit mode, where staged rows do not live long enough."""


class AccountExistsError(StorageError):
    """A staff account with this name is there already."""


class AccountUnknownError(StorageError):
    """No staff account has this name."""


class CampaignExistsError(StorageError):
    """A campaign with this code is there already."""


class CampaignUnknownError(StorageError):
    """No campaign has this code."""


class KitBusyError(StorageError):
    """A kit's number is taken, or somebody has the kit."""


class KitUnknownError(StorageError):
    """Nobody has such a kit."""


class BatchUnknownError(StorageError):
    """A campaign has no batch of this label."""
