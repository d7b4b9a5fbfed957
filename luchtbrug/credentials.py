"""Passwords and tokens of stations: made here, shown once, kept only as hashes."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# The passwords are ours: 160 random bits. Guessing is hopeless whatever one guess costs, so the cost is chosen for a
# broker that greets hundreds of stations after a restart (RFC 9106 wants more memory for passwords people make up).
_HASHER = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1)

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Characters of ids and codes that people type: none looks like another."""

CODE_LENGTH, SHORT_CODE_LENGTH = 16, 8
"""Of a code that gives a station away (79 bits), and of one that confirms an address (40 bits, ten attempts, a day)."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an owner gets to see once, and what we keep of it."""

    password: str
    token: str
    password_hash: str
    token_hash: str


def new_credentials() -> Credentials:
    """Make a new MQTT password and HTTP token of 160 random bits each."""
    password, token = new_token(), new_token()
    return Credentials(password, token, hash_password(password), hash_token(token))


def new_token() -> str:
    """Make a secret of 160 random bits that fits in a path and a header."""
    return secrets.token_urlsafe(20)


def hash_password(password: str) -> str:
    """Hash with argon2id."""
    return _HASHER.hash(password)


@cache
def _of_nobody() -> str:
    return _HASHER.hash(secrets.token_urlsafe(20))


def password_fits(password: str, password_hash: str | None) -> bool:
    """Tell whether the password is the one that was hashed; a damaged hash fits nothing.

    Without a hash, as of a station that is not there, nothing fits and it takes as long: the time tells no name.
    """
    try:
        return _HASHER.verify(password_hash or _of_nobody(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def hash_token(token: str) -> str:
    """Hash an HTTP token; looked up by this hash, so without a salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_code(length: int = CODE_LENGTH) -> str:
    """Make a one-time code that people can type: groups of four."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(length))
    return "-".join(code[begin : begin + 4] for begin in range(0, length, 4))


def hash_code(code: str) -> str:
    """Hash a code however it was typed: in capitals, without its hyphens, with blanks."""
    return hash_token(re.sub(r"[\s-]", "", code).lower())
