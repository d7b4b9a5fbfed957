"""What can go wrong with a reference network, named by the fact; the message carries what was expected and found."""


class ReferenceNetworkError(Exception):
    """Base of all errors of this package."""


class ReferenceAwayError(ReferenceNetworkError):
    """The network does not answer, or answers that it cannot; the same question may succeed later."""


class RateLimitedError(ReferenceAwayError):
    """The network refuses more questions for now; `retry_after_s` [s] is its own word, None where it gave none."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ReferenceShapeError(ReferenceNetworkError):
    """The network answers in another shape than documented; asking again does not help, our code has to follow."""


class OffHourError(ReferenceShapeError):
    """A time is not on the hour of UTC, as hours are in India."""


class ReferenceMissingError(ReferenceNetworkError):
    """The network does not know the station or sensor that was asked for."""


class AccessRefusedError(ReferenceNetworkError):
    """The network refuses our key, or wants one."""


class UnitUnknownError(ReferenceShapeError):
    """A value came in a unit that cannot be turned into µg/m³ for its property."""
