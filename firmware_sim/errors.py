"""What can go wrong in the simulator, named by the fact."""


class SimulatorError(Exception):
    """Base of all errors of this package."""


class OptionError(SimulatorError, ValueError):
    """A number of stations, an interval or a share of faults is out of its bounds."""


class MqttUrlError(SimulatorError):
    """The broker's URL cannot be used."""


class HttpUrlError(SimulatorError):
    """The URL that devices push to cannot be used."""


class CredentialsError(SimulatorError):
    """The file of passwords cannot be read, or lacks a station."""


class BrokerAwayError(SimulatorError):
    """No station ever reached the broker."""


class DoorAwayError(SimulatorError):
    """No push ever reached the server."""


class LoginRefusedError(SimulatorError):
    """The broker refused the login of every station."""
