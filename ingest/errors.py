"""Why a message cannot be used; the `reason` words are stored in quarantine and never renamed."""

from typing import ClassVar


class IngestError(Exception):
    """Base of all errors of this package: a message that cannot be used."""

    reason: ClassVar[str] = "unusable"


class TooLargeError(IngestError):
    """The message is longer than ingest reads."""

    reason = "too_large"


class NotUtf8Error(IngestError):
    """The text is not UTF-8."""

    reason = "not_utf8"


class NotJsonError(IngestError):
    """The body is not JSON."""

    reason = "not_json"


class TooDeepError(IngestError):
    """The JSON is nested deeper than any device nests it."""

    reason = "too_deep"


class WrongShapeError(IngestError):
    """The body is JSON, but not what its format prescribes."""

    reason = "wrong_shape"


class UnknownFormatError(IngestError):
    """No format recognises the topic or the body."""

    reason = "unknown_format"


class NoReadingsError(IngestError):
    """The message is well formed and holds no reading."""

    reason = "no_readings"


class ForeignTopicError(IngestError):
    """The topic is not one of the sender's own topics."""

    reason = "foreign_topic"


class UnknownStationError(IngestError):
    """No registered station has this id, or it was removed."""

    reason = "unknown_station"


class PoisonError(IngestError):
    """The message alone made its batch fail: the database or the code cannot take what it holds."""

    reason = "poison"


class ValuesRefusedError(IngestError):
    """Values of the message were refused one by one; what is left of it, if anything, was stored."""

    reason = "values_refused"


class UnitNotToldError(IngestError):
    """A value came without its unit, which the device tells in a message that never came or was not kept."""

    reason = "unit_not_told"


class NoPayloadFormatterError(IngestError):
    """A LoRaWAN uplink arrived undecoded: no payload formatter (codec) is set at the network server."""

    reason = "no_payload_formatter"


class NoSensorMapError(IngestError):
    """The message names its sensors by numbers whose meaning is kept elsewhere."""

    reason = "no_sensor_map"


class UnconfirmedFormatError(IngestError):
    """The body looks readable, but its owner has not confirmed how it is read."""

    reason = "unconfirmed_format"


class NotCborError(IngestError):
    """The body is not CBOR."""

    reason = "not_cbor"
