"""The entities of SensorThings 1.1 over our tables, as data: properties, keys, navigations, and a relation in SQL."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto

from storage.sensorthings.errors import UnknownNameError

EMPTY_FROM = 1 << 32
"""Ids of Datastreams without a series begin here (sql/sta_datastream.sql)."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOURS_MAX = 1 << 21  # the year 2209; more would not fit into an id


class Kind(Enum):
    """What a property or an expression is."""

    NUMBER = auto()
    TEXT = auto()
    BOOLEAN = auto()
    TIME = auto()
    DATE = auto()
    PERIOD = auto()  # two columns: <column>_begin and <column>_end
    POINT = auto()  # two columns: longitude and latitude
    AREA = auto()  # only a constant
    JSON = auto()  # given out, not asked for
    OBJECT = auto()  # made of `keys`


@dataclass(frozen=True, slots=True)
class Property:
    """A property of an entity, or a key of an object. `single` marks 4-byte floats: constants are rounded like them."""

    name: str
    kind: Kind = Kind.TEXT
    column: str = ""
    keys: tuple["Property", ...] = ()
    single: bool = False


@dataclass(frozen=True, slots=True)
class Navigation:
    """A way to other entities: those whose columns equal ours."""

    name: str
    target: str
    many: bool
    columns: tuple[tuple[str, str], ...]  # (ours, theirs)


@dataclass(frozen=True, slots=True)
class Entity:
    """A kind of entity; `key` splits an id into the columns that an index knows."""

    name: str
    plural: str
    relation: str
    properties: tuple[Property, ...]
    navigations: tuple[Navigation, ...]
    order: tuple[tuple[str, bool], ...] = (("id", False),)  # (column, descending)
    key: Callable[[int], Mapping[str, object]] = lambda number: {"id": number}

    def property(self, name: str) -> Property | None:
        """Find a property without regard to case, as GOST does; `id` and `@iot.id` are the id."""
        if name.lower() in ("id", "@iot.id"):
            return ID
        return next((own for own in self.properties if own.name.lower() == name.lower()), None)

    def navigation(self, name: str) -> Navigation | None:
        """Find a navigation without regard to case."""
        return next((own for own in self.navigations if own.name.lower() == name.lower()), None)

    def need_navigation(self, name: str) -> Navigation:
        """Find a navigation; UnknownNameError names those that there are."""
        found = self.navigation(name)
        if found is None:
            names = ", ".join(own.name for own in self.navigations)
            raise UnknownNameError(f"{self.name} leads to {names}, not to '{name[:60]}'.")
        return found


ID = Property("@iot.id", Kind.NUMBER, "id")


def _datastream_key(number: int) -> Mapping[str, object]:
    if number < EMPTY_FROM:
        return {"series_key": number // 2, "kal": number % 2}
    return {"series_key": None, "station_key": (number - EMPTY_FROM) // 8, "id": number}


def _observation_key(number: int) -> Mapping[str, object]:
    hours, datastream = divmod(number, EMPTY_FROM)
    begin = _EPOCH + timedelta(hours=min(hours, _HOURS_MAX))
    return {"series_key": datastream // 2, "kal": datastream % 2, "begin": begin, "id": number}


_CODES = tuple(
    Property(f"{quantity}{place}code", column=f"{quantity}{place}code")
    for quantity in ("pm10", "pm25", "no2", "nh3")
    for place in ("close", "regio", "stad")
)
_NAME = Property("name", column="name")
_DESCRIPTION = Property("description", column="description")
_ENCODING = Property("encodingType", column="encoding_type")

THING = Entity(
    "Thing",
    "Things",
    "sta_thing",
    (
        _NAME,
        Property("description", column="name"),  # as in Samen Meten; the owner's own words are properties/title
        Property(
            "properties",
            Kind.OBJECT,
            keys=(
                Property("stationId", column="station_id"),
                Property("title", column="title"),
                Property("municipality", column="municipality"),
                Property("codegemeente", column="codegemeente"),
                Property("project", column="project"),
                Property("owner", column="project"),  # Samen Meten names the project here too; persons are not told
                Property("knmicode", column="knmicode"),
                *_CODES,
                Property("simulated", Kind.BOOLEAN, "simulated"),
                Property("removedAt", column="removed_at"),
            ),
        ),
    ),
    (
        Navigation("Locations", "Location", True, (("id", "id"),)),
        Navigation("HistoricalLocations", "HistoricalLocation", True, (("id", "id"),)),
        Navigation("Datastreams", "Datastream", True, (("id", "station_key"),)),
    ),
)
LOCATION = Entity(
    "Location",
    "Locations",
    "sta_place",
    (_NAME, _DESCRIPTION, _ENCODING, Property("location", Kind.POINT)),
    (
        Navigation("Things", "Thing", True, (("id", "id"),)),
        Navigation("HistoricalLocations", "HistoricalLocation", True, (("id", "id"),)),
    ),
)
HISTORICAL_LOCATION = Entity(
    "HistoricalLocation",
    "HistoricalLocations",
    "sta_place",
    (Property("time", Kind.TIME, "time"),),
    (
        Navigation("Thing", "Thing", False, (("id", "id"),)),
        Navigation("Locations", "Location", True, (("id", "id"),)),
    ),
)
DATASTREAM = Entity(
    "Datastream",
    "Datastreams",
    "sta_datastream",
    (
        _NAME,
        _DESCRIPTION,
        Property("observationType", column="observation_type"),
        Property(
            "unitOfMeasurement",
            Kind.OBJECT,
            keys=(
                Property("name", column="unit_name"),
                Property("symbol", column="unit_symbol"),
                Property("definition", column="unit_definition"),
            ),
        ),
        Property("observedArea", Kind.POINT),
        Property("phenomenonTime", Kind.PERIOD, "time"),
        Property(
            "properties",
            Kind.OBJECT,
            keys=(
                Property("stationId", column="station_id"),
                Property("sensorName", column="sensor_name"),
                Property("sensorModel", column="sensor_model"),
                Property("observedProperty", column="observed_property"),
                Property("calibrated", Kind.BOOLEAN, "calibrated"),
            ),
        ),
    ),
    (
        Navigation("Thing", "Thing", False, (("station_key", "id"),)),
        Navigation("Sensor", "Sensor", False, (("sensor_key", "id"),)),
        Navigation("ObservedProperty", "ObservedProperty", False, (("property_id", "id"),)),
        Navigation("Observations", "Observation", True, (("series_key", "series_key"), ("kal", "kal"))),
        Navigation("License", "License", False, (("one", "id"),)),
        Navigation("Party", "Party", False, (("one", "id"),)),
    ),
    key=_datastream_key,
)
SENSOR = Entity(
    "Sensor",
    "Sensors",
    "sta_sensor",
    (_NAME, _DESCRIPTION, _ENCODING, Property("metadata", column="metadata")),
    (Navigation("Datastreams", "Datastream", True, (("id", "sensor_key"),)),),
)
OBSERVED_PROPERTY = Entity(
    "ObservedProperty",
    "ObservedProperties",
    "sta_observed_property",
    (_NAME, _DESCRIPTION, Property("definition", column="definition")),
    (Navigation("Datastreams", "Datastream", True, (("id", "property_id"),)),),
)
OBSERVATION = Entity(
    "Observation",
    "Observations",
    "sta_observation",
    (
        Property("phenomenonTime", Kind.TIME, "begin"),
        Property("result", Kind.NUMBER, "result", single=True),
        Property("resultTime", Kind.TIME, "computed_at"),
        Property(
            "resultQuality",
            Kind.OBJECT,
            keys=(
                Property("quality", Kind.NUMBER, "quality"),
                Property("flags", Kind.JSON, "flags"),
                Property("flagMask", Kind.NUMBER, "mask"),
                Property("lower", Kind.NUMBER, "lower", single=True),
                Property("upper", Kind.NUMBER, "upper", single=True),
                Property("dataCapture", Kind.NUMBER, "data_capture", single=True),
            ),
        ),
        Property(
            "parameters",
            Kind.OBJECT,
            keys=(
                Property("begin", Kind.TIME, "begin"),
                Property("end", Kind.TIME, "end"),
                Property("calibrationId", column="calibration_id"),
            ),
        ),
    ),
    (
        Navigation("Datastream", "Datastream", False, (("series_key", "series_key"), ("kal", "kal"))),
        Navigation("FeatureOfInterest", "FeatureOfInterest", False, (("station_key", "id"),)),
    ),
    order=(("begin", True), ("series_key", False), ("kal", False)),
    key=_observation_key,
)
FEATURE_OF_INTEREST = Entity(
    "FeatureOfInterest",
    "FeaturesOfInterest",
    "sta_place",
    (_NAME, _DESCRIPTION, _ENCODING, Property("feature", Kind.POINT)),
    (Navigation("Observations", "Observation", True, (("id", "station_key"),)),),
)
LICENSE = Entity(
    "License",
    "Licenses",
    "sta_license",
    (_NAME, _DESCRIPTION, Property("definition", column="definition")),
    (Navigation("Datastreams", "Datastream", True, (("id", "one"),)),),
)
PARTY = Entity(
    "Party",
    "Parties",
    "sta_party",
    (Property("role", column="role"), Property("displayName", column="display_name"), _NAME, _DESCRIPTION),
    (Navigation("Datastreams", "Datastream", True, (("id", "one"),)),),
)

ENTITIES: tuple[Entity, ...] = (
    THING, LOCATION, HISTORICAL_LOCATION, DATASTREAM, SENSOR, OBSERVED_PROPERTY, OBSERVATION, FEATURE_OF_INTEREST,
    LICENSE, PARTY,
)  # fmt: skip
BY_NAME: Mapping[str, Entity] = {entity.name: entity for entity in ENTITIES}


def entity_set(name: str) -> Entity | None:
    """Find an entity by the name of its set, without regard to case."""
    return next((entity for entity in ENTITIES if entity.plural.lower() == name.lower()), None)
