"""What can go wrong with backups, named by the fact."""


class BackupError(Exception):
    """Base of these errors; the message says what to do."""


class ToolMissingError(BackupError):
    """There is no pg_dump or pg_restore that fits."""


class ToolFailedError(BackupError):
    """pg_dump or pg_restore ended with an error."""


class FolderTakenError(BackupError):
    """There is something already where the backup is to be written."""


class NotABackupError(BackupError):
    """The folder is not a backup of ours, or not whole."""


class DatabaseNotEmptyError(BackupError):
    """The database to restore into holds something already."""


class DatabaseInUseError(BackupError):
    """Services are connected to the database that is to be replaced."""


class RestoreDiffersError(BackupError):
    """What came back is not what was backed up."""
