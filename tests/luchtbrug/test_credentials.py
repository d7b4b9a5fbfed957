"""Passwords and tokens."""

from luchtbrug.credentials import new_credentials, password_fits


def test_a_password_fits_its_own_hash_only() -> None:
    """The hash accepts the password that it was made from, and a damaged hash accepts none."""
    one, two = new_credentials(), new_credentials()
    assert password_fits(one.password, one.password_hash)
    assert not password_fits(two.password, one.password_hash)
    assert not password_fits(one.password, "not a hash")
    assert one.password not in one.password_hash
    assert one.token not in one.token_hash
