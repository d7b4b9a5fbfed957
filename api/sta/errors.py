"""What can be wrong with a SensorThings address, named by the fact."""

from api.errors import ApiError


class SyntaxOfQueryError(ApiError):
    """A query option, or an expression in it, cannot be read."""


class NothingThereError(ApiError):
    """The path leads to no entity or property."""
