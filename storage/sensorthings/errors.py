"""What can be wrong with a SensorThings question, named by the fact; the messages are for who asked."""

from storage.errors import StorageError


class SensorThingsError(StorageError):
    """Base of the errors of this package."""


class UnknownNameError(SensorThingsError):
    """An entity has no such property or navigation."""


class WrongTypeError(SensorThingsError):
    """A function or an operator was given what it cannot take."""


class TooExpensiveError(SensorThingsError):
    """The answer would take longer, or hold more, than one question may."""
