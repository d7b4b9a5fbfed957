"""Resource paths, as `Things(1)/Datastreams(2)/name/$value`: steps between entities, and what is asked of the last."""

import re
from dataclasses import dataclass

from api.sta.errors import NothingThereError
from storage.sensorthings.errors import UnknownNameError
from storage.sensorthings.fetch import walk
from storage.sensorthings.model import BY_NAME, Entity, Property, entity_set
from storage.sensorthings.tree import Step

STEPS_MAX = 8
_SEGMENT = re.compile(r"(?P<name>[A-Za-z]+)(?:\((?P<quote>'?)(?P<id>\d{1,19})(?P=quote)\))?")


@dataclass(frozen=True, slots=True)
class Resource:
    """What a path asks for: an entity or many, a property of one, and `$ref`, `$value` or `$count` at its end."""

    steps: tuple[Step, ...]
    entity: Entity
    single: bool
    properties: tuple[Property, ...] = ()  # the property, then the keys into it
    suffix: str = ""


def parse_path(path: str) -> Resource:
    """Read a path below the service's root. NothingThereError where it leads nowhere."""
    segments = path.strip("/").split("/")
    suffix = segments.pop() if segments[-1] in ("$ref", "$value", "$count") else ""
    if not segments or len(segments) > STEPS_MAX:
        raise _nothing(path)
    entity = entity_set(segments[0].partition("(")[0])
    if entity is None:
        raise _nothing(path)
    found = Resource((_step(segments[0], path),), entity, single="(" in segments[0], suffix=suffix)
    for segment in segments[1:]:
        found = _further(found, segment, path)
    return _checked(found, path)


def _further(found: Resource, segment: str, path: str) -> Resource:
    """Go one segment on: to other entities, to a property, or into it."""
    if not found.single:
        raise _nothing(path)
    name = segment.partition("(")[0]
    navigation = None if found.properties else found.entity.navigation(name)
    if navigation is None:
        return _property(found, segment, path)
    step = _step(segment, path)
    if step.id is not None and not navigation.many:
        raise _nothing(path)
    target = BY_NAME[navigation.target]
    single = not navigation.many or step.id is not None
    return Resource((*found.steps, step), target, single, suffix=found.suffix)


def _property(found: Resource, segment: str, path: str) -> Resource:
    if found.properties:
        keys = found.properties[-1].keys
        own = next((key for key in keys if key.name.lower() == segment.lower()), None)
    else:
        own = found.entity.property(segment)
    if own is None:
        raise _nothing(path)
    return Resource(found.steps, found.entity, single=True, properties=(*found.properties, own), suffix=found.suffix)


def _checked(found: Resource, path: str) -> Resource:
    fits = {
        "": True,
        "$value": bool(found.properties),
        "$ref": not found.properties,
        "$count": not found.single,
    }
    if not fits[found.suffix]:
        raise _nothing(path)
    try:
        walk(found.steps)
    except UnknownNameError as error:
        raise _nothing(path) from error
    return found


def _step(segment: str, path: str) -> Step:
    matched = _SEGMENT.fullmatch(segment)
    if matched is None:
        raise _nothing(path)
    return Step(matched["name"], int(matched["id"]) if matched["id"] else None)


def _nothing(path: str) -> NothingThereError:
    return NothingThereError(f"There is nothing at '/{path.strip('/')[:80]}'. The root lists all entity sets.")
