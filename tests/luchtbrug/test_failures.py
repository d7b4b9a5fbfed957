"""Expected errors become sentences, unexpected ones stay what they are."""

import errno

import psycopg
import pytest

from luchtbrug.commands.failures import explained
from storage.errors import DatabaseAwayError, TurnTakenError


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/data/x"), "disk is full"),
        (OSError(errno.EADDRINUSE, "Address already in use"), "LUCHTBRUG_API_PORT"),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "stations.csv"), "There is no stations.csv"),
        (PermissionError(errno.EACCES, "Permission denied", "out.csv"), "may not be read or written"),
        (IsADirectoryError(errno.EISDIR, "Is a directory", "data"), "data is a folder: name a file"),
        (FileExistsError(errno.EEXIST, "File exists", "papers"), "papers is there already"),
        (psycopg.errors.DiskFull("no space"), "database's disk is full"),
        (DatabaseAwayError("cannot reach it."), "luchtbrug doctor"),
        (TurnTakenError("another has the turn."), "stands by"),
    ],
)
def test_an_expected_error_says_what_to_do(error: Exception, said: str) -> None:
    """Each sentence names the thing and the way out."""
    assert said in (explained(error) or "")


def test_an_unexpected_error_is_not_dressed_up() -> None:
    """A mistake of ours keeps its traceback."""
    assert explained(ZeroDivisionError()) is None
