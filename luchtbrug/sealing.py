"""Encrypts owners' addresses before the database sees them: who has a backup or the database alone cannot read them."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from luchtbrug.register import kept_secret
from luchtbrug.settings import Settings, SettingsError

_MARK = "fernet:"
"""Before a sealed text; what has none is of an older release, and is sealed by the nightly job."""

_LEAST = 32
"""Characters of each key: what `python -c 'import secrets; print(secrets.token_urlsafe(32))'` gives has 43."""


class SealError(Exception):
    """An address was sealed with a key that is not among ours."""


class Seal:
    """Seals with the first key, opens with any of them."""

    def __init__(self, keys: list[str]) -> None:
        fernets = [Fernet(_derived(key)) for key in keys]
        self._first, self._all = fernets[0], MultiFernet(fernets)

    @classmethod
    def of(cls, settings: Settings) -> "Seal":
        """Take the keys of the settings, or one made once and kept in the data folder. Raises SettingsError."""
        if settings.contact_key is None:
            return cls([kept_secret(settings.data_dir / "contact_key")])
        keys = [key.strip() for key in settings.contact_key.get_secret_value().split(",") if key.strip()]
        if not keys or any(len(key) < _LEAST for key in keys):
            raise SettingsError(f"LUCHTBRUG_CONTACT_KEY: each key must have {_LEAST} characters or more")
        return cls(keys)

    def seal(self, text: str) -> str:
        """Encrypt a text (AES-128-CBC with HMAC-SHA-256, as Fernet specifies)."""
        return _MARK + self._all.encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """Decrypt what `seal` gave; a text of an older release comes back as it is. Raises SealError."""
        if not sealed.startswith(_MARK):
            return sealed
        try:
            return self._all.decrypt(sealed.removeprefix(_MARK)).decode()
        except InvalidToken as error:
            raise SealError(
                "an address cannot be read with LUCHTBRUG_CONTACT_KEY: put the old key behind it"
            ) from error

    def renewed(self, sealed: str) -> str:
        """Seal with the first key what was sealed with another, or not at all; else give it back. Raises SealError."""
        if sealed.startswith(_MARK) and self._is_of_first(sealed):
            return sealed
        return self.seal(self.unseal(sealed))

    def _is_of_first(self, sealed: str) -> bool:
        try:
            self._first.decrypt(sealed.removeprefix(_MARK))
        except InvalidToken:
            return False
        return True


def _derived(key: str) -> bytes:
    """Make the 32 bytes that Fernet wants of a random secret of any form."""
    return base64.urlsafe_b64encode(hashlib.sha256(b"luchtbrug contact " + key.encode()).digest())
