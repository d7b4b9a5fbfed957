"""$filter and $orderby as a tree, by recursive descent: or, and, not, comparison, sum, product, operand."""

from collections.abc import Callable
from typing import Literal as OneOf

from api.sta.constants import literal
from api.sta.errors import SyntaxOfQueryError
from api.sta.tokens import Token, tokens
from storage.sensorthings.tree import Arithmetic, Call, Comparison, Expression, Logic, Not, Order, Path

DEPTH_MAX = 24
"""Parentheses, calls and `not` inside of one another."""

NODES_MAX = 2_000
_PATH_MAX = 8
_COMPARISONS = frozenset({"eq", "ne", "gt", "ge", "lt", "le"})
_SUMS = frozenset({"add", "sub"})
_PRODUCTS = frozenset({"mul", "div", "mod"})


def parse_filter(text: str) -> Expression:
    """Read a condition. SyntaxOfQueryError says what is wrong and where."""
    parser = _Parser(text)
    found = parser.condition()
    parser.need_end()
    return found


def parse_orderby(text: str) -> tuple[Order, ...]:
    """Read the keys of $orderby: expressions with `asc` or `desc`, in any case of letters."""
    parser = _Parser(text)
    keys = [parser.order()]
    while parser.take_mark(","):
        keys.append(parser.order())
    parser.need_end()
    return tuple(keys)


class _Parser:
    """Reads the words of one expression from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        if len(self._tokens) > NODES_MAX:
            raise SyntaxOfQueryError(f"an expression has at most {NODES_MAX} words, this one {len(self._tokens)}.")
        self._next = 0
        self._depth = 0

    def condition(self) -> Expression:
        """Read conditions joined by `or`."""
        return self._joined("or", lambda: self._joined("and", self._negation))

    def order(self) -> Order:
        """Read one key of $orderby."""
        key = self._sum()
        token = self._peek()
        direction = token.text.lower() if token else ""
        if direction in ("asc", "desc"):
            self._next += 1
        return Order(key, direction == "desc")

    def take_mark(self, mark: str) -> bool:
        """Go over a mark if it is there."""
        token = self._peek()
        if token is None or token.kind != "mark" or token.text != mark:
            return False
        self._next += 1
        return True

    def need_end(self) -> None:
        """Make sure that nothing is left."""
        token = self._peek()
        if token is not None:
            raise SyntaxOfQueryError(f"'{token.text[:40]}' at position {token.at + 1} is not expected there.")

    def _joined(self, word: OneOf["and", "or"], part: Callable[[], Expression]) -> Expression:
        parts = [part()]
        while self._take_word(frozenset({word})):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Logic(word, tuple(parts))

    def _negation(self) -> Expression:
        if not self._take_word(frozenset({"not"})):
            return self._comparison()
        self._deeper()
        found = Not(self._negation())
        self._depth -= 1
        return found

    def _comparison(self) -> Expression:
        left = self._sum()
        operator = self._take_word(_COMPARISONS)
        return Comparison(operator, left, self._sum()) if operator else left

    def _sum(self) -> Expression:
        left = self._product()
        while operator := self._take_word(_SUMS):
            left = self._chained(operator, left, self._product())
        return left

    def _product(self) -> Expression:
        left = self._operand()
        while operator := self._take_word(_PRODUCTS):
            left = self._chained(operator, left, self._operand())
        return left

    def _chained(self, operator: str, left: Expression, right: Expression) -> Expression:
        """Join two operands; a chain is as deep as it is long, so it counts as depth until the expression ends."""
        self._deeper()
        return Arithmetic(operator, left, right)

    def _operand(self) -> Expression:
        if self.take_mark("("):
            self._deeper()
            found = self.condition()
            self._close()
            return found
        token = self._peek()
        if token is None:
            raise SyntaxOfQueryError("something is missing at the end.")
        self._next += 1
        constant = literal(token)
        if constant is not None:
            return constant
        if token.kind != "name":
            raise SyntaxOfQueryError(f"'{token.text}' at position {token.at + 1} is not expected there.")
        return self._call(token) if self.take_mark("(") else self._path(token)

    def _call(self, name: Token) -> Expression:
        self._deeper()
        arguments: list[Expression] = []
        if not self.take_mark(")"):
            arguments.append(self.condition())
            while self.take_mark(","):
                arguments.append(self.condition())
            self._close()
        else:
            self._depth -= 1
        return Call(name.text, tuple(arguments))

    def _path(self, first: Token) -> Expression:
        names = [first.text]
        while self.take_mark("/"):
            token = self._peek()
            if token is None or token.kind != "name" or len(names) == _PATH_MAX:
                raise SyntaxOfQueryError(f"'{'/'.join(names)}/' goes on with nothing that is a name.")
            self._next += 1
            names.append(token.text)
        return Path(tuple(names))

    def _close(self) -> None:
        if not self.take_mark(")"):
            token = self._peek()
            raise SyntaxOfQueryError(f"')' is missing {f'before {token.text[:40]!r}' if token else 'at the end'}.")
        self._depth -= 1

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise SyntaxOfQueryError(f"more than {DEPTH_MAX} levels inside of one another.")

    def _take_word(self, words: frozenset[str]) -> str:
        token = self._peek()
        if token is None or token.kind != "name" or token.text not in words:
            return ""
        self._next += 1
        return token.text

    def _peek(self) -> Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None
