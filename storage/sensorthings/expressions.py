"""$filter and $orderby: from the tree to conditions in SQL.

A condition on many related entities asks whether there is such an entity; conditions joined by `and` that begin with
the same navigation ask for one entity that fulfils them all.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from psycopg.sql import SQL, Composable

from storage.sensorthings.errors import UnknownNameError, WrongTypeError
from storage.sensorthings.functions import FUNCTIONS
from storage.sensorthings.model import BY_NAME, ID, Entity, Kind, Navigation, Property
from storage.sensorthings.statement import Scope, Statement, joined, matches, relation
from storage.sensorthings.tree import (
    Arithmetic,
    Call,
    Comparison,
    Expression,
    Literal,
    Logic,
    Not,
    Path,
)
from storage.sensorthings.values import Value, alike, constant, of_kind

_OPERATORS = {"eq": SQL("="), "ne": SQL("<>"), "gt": SQL(">"), "ge": SQL(">="), "lt": SQL("<"), "le": SQL("<=")}
_ARITHMETIC = {"add": SQL("+"), "sub": SQL("-"), "mul": SQL("*"), "div": SQL("/"), "mod": SQL("%%")}
_SORTABLE = (Kind.NUMBER, Kind.TEXT, Kind.BOOLEAN, Kind.TIME, Kind.DATE, Kind.PERIOD)


def condition(statement: Statement, scope: Scope, expression: Expression) -> Composable:
    """Write a condition. Raises UnknownNameError and WrongTypeError."""
    navigation = _shared(scope.entity, expression)
    if navigation is not None:
        return _exists(statement, scope, navigation, _stripped(expression))
    if isinstance(expression, Logic):
        return _logic(statement, scope, expression)
    if isinstance(expression, Not):
        return SQL("({} IS NOT TRUE)").format(condition(statement, scope, expression.part))
    if isinstance(expression, Comparison):
        return _comparison(statement, scope, expression)
    found = value(statement, scope, expression)
    return of_kind(found, Kind.BOOLEAN).render(statement)


def sort_key(statement: Statement, scope: Scope, expression: Expression) -> Composable:
    """Write what is sorted by; of a period its begin."""
    found = value(statement, scope, expression)
    if found.kind not in _SORTABLE:
        raise WrongTypeError("$orderby needs a number, a text or a time.")
    return found.render(statement)


def value(statement: Statement, scope: Scope, expression: Expression) -> Value:
    """Write a value."""
    if isinstance(expression, Literal):
        return constant(expression.value)
    if isinstance(expression, Path):
        return _path(statement, scope, expression.names)
    if isinstance(expression, Call):
        return _call(statement, scope, expression)
    if isinstance(expression, Arithmetic):
        return _arithmetic(statement, scope, expression)
    return Value(Kind.BOOLEAN, condition(statement, scope, expression))


def _logic(statement: Statement, scope: Scope, expression: Logic) -> Composable:
    parts = expression.parts if expression.operator == "or" else _grouped(scope.entity, expression.parts)
    joint = SQL(" OR ") if expression.operator == "or" else SQL(" AND ")
    return SQL("({})").format(joint.join(condition(statement, scope, part) for part in parts))


def _grouped(entity: Entity, parts: tuple[Expression, ...]) -> list[Expression]:
    """Put those parts together that ask for the same related entity."""
    groups: dict[str, list[Expression]] = {}
    alone = []
    for part in parts:
        navigation = _shared(entity, part)
        if navigation is None:
            alone.append(part)
        else:
            groups.setdefault(navigation.name, []).append(part)
    return alone + [group[0] if len(group) == 1 else Logic("and", tuple(group)) for group in groups.values()]


def _shared(entity: Entity, expression: Expression) -> Navigation | None:
    """Name the navigation that every path begins with; None without one, or where a `not` has to come first."""
    if any(isinstance(node, Not) for node in _nodes(expression)):
        return None
    firsts = {
        entity.navigation(node.names[0]) if len(node.names) > 1 else None
        for node in _nodes(expression)
        if isinstance(node, Path)
    }
    return firsts.pop() if len(firsts) == 1 else None


def _nodes(expression: Expression) -> Iterator[Expression]:
    yield expression
    for child in _children(expression):
        yield from _nodes(child)


def _children(expression: Expression) -> tuple[Expression, ...]:
    match expression:
        case Logic(parts=parts):
            return parts
        case Call(arguments=arguments):
            return arguments
        case Not(part=part):
            return (part,)
        case Comparison(left=left, right=right) | Arithmetic(left=left, right=right):
            return left, right
        case _:
            return ()


def _stripped(expression: Expression) -> Expression:
    """Take the first name off every path."""
    match expression:
        case Path(names=names):
            return Path(names[1:])
        case Logic(parts=parts):
            return replace(expression, parts=tuple(map(_stripped, parts)))
        case Call(arguments=arguments):
            return replace(expression, arguments=tuple(map(_stripped, arguments)))
        case Comparison(left=left, right=right) | Arithmetic(left=left, right=right):
            return replace(expression, left=_stripped(left), right=_stripped(right))
        case _:
            return expression


def _exists(statement: Statement, scope: Scope, navigation: Navigation, inner: Expression) -> Composable:
    other = statement.scope(BY_NAME[navigation.target])
    return SQL("EXISTS (SELECT FROM {} WHERE {} AND {})").format(
        relation(other), joined(scope, other, navigation.columns), condition(statement, other, inner)
    )


def _comparison(statement: Statement, scope: Scope, node: Comparison) -> Composable:
    left, right = value(statement, scope, node.left), value(statement, scope, node.right)
    if left.is_null or right.is_null:
        return _null_comparison(statement, right if left.is_null else left, node.operator)
    left, right = alike(left, right)
    if Kind.PERIOD in (left.kind, right.kind):
        return _period_comparison(statement, left, right, node.operator)
    if left.kind not in _SORTABLE:
        raise WrongTypeError(f"a {left.kind.name.lower()} cannot be compared: use a function, or one of its parts.")
    if node.operator == "eq" and left.key and isinstance(right.constant, int):
        return matches(statement, scope, right.constant) if right.constant >= 0 else SQL("false")
    return SQL("({} {} {})").format(left.render(statement), _OPERATORS[node.operator], right.render(statement))


def _null_comparison(statement: Statement, other: Value, operator: str) -> Composable:
    if operator not in ("eq", "ne"):
        raise WrongTypeError("null can only be compared with eq and ne.")
    test = SQL("({} IS NULL)") if operator == "eq" else SQL("({} IS NOT NULL)")
    return test.format(other.render(statement))


def _period_comparison(statement: Statement, left: Value, right: Value, operator: str) -> Composable:
    """Compare a period with a moment: after it when its begin is, before it when its end is."""
    if left.kind is not Kind.PERIOD or right.kind is not Kind.TIME or left.end is None:
        raise WrongTypeError("write a period left of the operator and a time right of it.")
    moment, sign = right.render(statement), _OPERATORS[operator]
    begin, end = left.render(statement), left.end
    if operator in ("eq", "ne"):
        both = SQL("({} = {} AND {} = {})").format(begin, moment, end, moment)
        return both if operator == "eq" else SQL("(NOT {})").format(both)
    return SQL("({} {} {})").format(begin if operator in ("gt", "ge") else end, sign, moment)


def _path(statement: Statement, scope: Scope, names: tuple[str, ...]) -> Value:
    first, rest = names[0], names[1:]
    found = scope.entity.property(first)
    if found is not None:
        return of_property(scope, _key(found, rest, scope.entity))
    navigation = scope.entity.navigation(first)
    if navigation is None or not rest:
        raise UnknownNameError(f"a {scope.entity.name} has no property '{'/'.join(names)[:60]}'.")
    if navigation.many:
        raise WrongTypeError(f"{navigation.name} are many: compare their properties with a constant only.")
    other = statement.scope(BY_NAME[navigation.target])
    inner = _path(statement, other, rest)
    query = SQL("(SELECT {} FROM {} WHERE {})")
    parts = relation(other), joined(scope, other, navigation.columns)
    return replace(
        inner,
        sql=query.format(inner.render(statement), *parts),
        end=inner.end and query.format(inner.end, *parts),
        key=False,
    )


def _key(found: Property, rest: tuple[str, ...], entity: Entity) -> Property:
    """Go into an object by its keys."""
    for name in rest:
        own = next((key for key in found.keys if key.name.lower() == name.lower()), None)
        if own is None:
            names = ", ".join(key.name for key in found.keys) or "no parts"
            raise UnknownNameError(f"{found.name} of a {entity.name} has {names}, not '{name[:60]}'.")
        found = own
    return found


def of_property(scope: Scope, found: Property) -> Value:
    """Write a property as a value."""
    if found.kind is Kind.POINT:
        place = SQL("point({}, {})").format(scope.column("longitude"), scope.column("latitude"))
        return Value(Kind.POINT, place)
    if found.kind is Kind.PERIOD:
        begin, end = scope.column(f"{found.column}_begin"), scope.column(f"{found.column}_end")
        return Value(Kind.PERIOD, begin, end=end)
    if found.kind is Kind.OBJECT:
        raise WrongTypeError(f"{found.name} has parts: write {found.name}/{found.keys[0].name} or another of them.")
    return Value(found.kind, scope.column(found.column), single=found.single, key=found is ID)


def _call(statement: Statement, scope: Scope, node: Call) -> Value:
    function = FUNCTIONS.get(node.function.lower())
    if function is None:
        raise UnknownNameError(f"there is no function '{node.function[:60]}': {', '.join(FUNCTIONS)}.")
    if len(node.arguments) != len(function.takes):
        raise WrongTypeError(f"{node.function} takes {len(function.takes)} arguments, not {len(node.arguments)}.")
    arguments = [
        of_kind(value(statement, scope, argument), kind).render(statement)
        for argument, kind in zip(node.arguments, function.takes, strict=True)
    ]
    return Value(function.gives, function.sql.format(*arguments))


def _arithmetic(statement: Statement, scope: Scope, node: Arithmetic) -> Value:
    render: Callable[[Expression], Composable] = lambda side: of_kind(  # noqa: E731  # two sides, one way
        value(statement, scope, side), Kind.NUMBER
    ).render(statement)
    text = SQL("({}::numeric {} {}::numeric)")
    return Value(Kind.NUMBER, text.format(render(node.left), _ARITHMETIC[node.operator], render(node.right)))
