"""What can go wrong in a request, named by the fact; `api.problems` says which status each one is."""


class ApiError(Exception):
    """Base of all errors of this package; the message is shown to the caller."""


class NotFoundError(ApiError):
    """What the path names does not exist."""

    def __init__(self, kind: str, identifier: object, where: str) -> None:
        super().__init__(f"There is no {kind} '{identifier}'. {where} lists what there is.")


class NotAcceptableError(ApiError):
    """None of the media types or formats that the caller accepts is offered here."""


class BusyError(ApiError):
    """As much is being done already as this machine allows at once."""


class StoreAwayError(ApiError):
    """The store of the published files cannot be reached."""


class TookTooLongError(ApiError):
    """The database ended a question of the public that ran for longer than it may."""


class KeyNeededError(ApiError):
    """Something that needs a key with a scope was asked without one."""

    def __init__(self, scope: str, what: str) -> None:
        super().__init__(
            f"{what} needs a key with the scope '{scope}', as X-API-Key or Authorization: Bearer. Ask who runs this."
        )


class BadParameterError(ApiError):
    """Parameters that are well formed each, and impossible together or in content."""

    def __init__(self, parameter: str, detail: str) -> None:
        super().__init__(detail)
        self.parameter = parameter
