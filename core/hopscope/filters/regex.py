"""Regular expressions that take time in proportion to the text, whatever the pattern.

Patterns are read by Python's parser and run as an automaton whose states are worked out when they are
first met, as the RE2 of the reference does. So a pattern such as ``(a+)+b`` costs no more than another.
What no automaton can decide is refused: references to groups, looking ahead or behind, conditions,
possessive and atomic parts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

MOST_STATES = 2000
"""Places of an automaton; a pattern that needs more is refused."""

_KEPT_STEPS = 50_000
"""Steps that are remembered before they are forgotten again, all at once."""

Accepts = Callable[[str], bool]


class RegexError(ValueError):
    """A text that is no regular expression, or one that no automaton can decide."""


class _Step(NamedTuple):
    """Where a place leads: over a character that is accepted, or without one.

    Attributes:
        accepts: decides the character; None for a step without one.
        at: assertion that must hold here, by the name of the parser; None for none.
        to: places behind the step.
    """

    accepts: Accepts | None
    at: str | None
    to: tuple[int, ...]


class Automaton:
    """A pattern that is ready to match whole texts. ``.`` is any character, also a line feed.

    Raises:
        RegexError: it cannot be made; says why.
    """

    def __init__(self, pattern: str) -> None:
        try:
            tree = _parser.parse(pattern, re.DOTALL)
        except (re.error, OverflowError, RecursionError) as wrong:
            raise RegexError(f"{pattern!r} is no regular expression: {wrong}") from None
        self._steps: list[_Step] = []
        self._end = self._place(None, None, ())
        try:
            self._start = self._sequence(tree, tree.state.flags, self._end)
        except RecursionError:
            raise RegexError("the regular expression is nested too deep") from None
        self._known: dict[tuple[frozenset[int], str], int] = {}
        self._states: list[tuple[frozenset[int], str]] = []
        self._moves: dict[tuple[int, str], int] = {}

    def matches(self, text: str) -> bool:
        """True where the whole text matches."""
        moves = self._moves
        state = self._number(frozenset((self._start,)), "")
        for char in text:
            following = moves.get((state, char))
            if following is None:
                if len(moves) >= _KEPT_STEPS:
                    state = self._forget(state)
                following = moves[state, char] = self._move(state, char)
            if following == 0:
                return False
            state = following
        places, before = self._states[state]
        return self._end in self._reached(places, before, "")

    def _forget(self, state: int) -> int:
        here = self._states[state]
        self._moves.clear()
        self._known.clear()
        self._states.clear()
        return self._number(*here)

    def _number(self, places: frozenset[int], before: str) -> int:
        """The number of a set of places behind a character; 0 is the empty set."""
        if not self._states:
            self._states.append((frozenset(), ""))
        if not places:
            return 0
        key = (places, before)
        if key not in self._known:
            self._known[key] = len(self._states)
            self._states.append(key)
        return self._known[key]

    def _move(self, state: int, char: str) -> int:
        places, before = self._states[state]
        over: set[int] = set()
        for place in self._reached(places, before, char):
            step = self._steps[place]
            if step.accepts is not None and step.accepts(char):
                over.update(step.to)
        return self._number(frozenset(over), _kind(char))

    def _reached(self, places: Iterable[int], before: str, char: str) -> set[int]:
        """All places that are reached without a character, between two characters of these kinds."""
        reached = set(places)
        waiting = list(reached)
        after = _kind(char) if char else ""
        while waiting:
            step = self._steps[waiting.pop()]
            if step.accepts is None and (step.at is None or _holds(step.at, before, after)):
                new = [place for place in step.to if place not in reached]
                reached.update(new)
                waiting.extend(new)
        return reached

    # --- from the parser's tree to places --------------------------------------------------------

    def _place(self, accepts: Accepts | None, at: str | None, to: tuple[int, ...]) -> int:
        if len(self._steps) >= MOST_STATES:
            raise RegexError("the regular expression is too large")
        self._steps.append(_Step(accepts, at, to))
        return len(self._steps) - 1

    def _sequence(self, items: Any, flags: int, then: int) -> int:
        for operation, argument in reversed(list(items)):
            then = self._one(operation, argument, flags, then)
        return then

    def _one(self, operation: Any, argument: Any, flags: int, then: int) -> int:
        """The place where a part of the pattern begins that goes on at ``then``."""
        name = str(operation)
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            least, most, body = argument
            return self._repeat(least, most, body, flags, then)
        if name == "BRANCH":
            return self._place(None, None, tuple(self._sequence(one, flags, then) for one in argument[1]))
        if name == "SUBPATTERN":
            _, added, removed, body = argument
            return self._sequence(body, (flags | added) & ~removed, then)
        if name == "AT":
            return self._place(None, _assertion(str(argument), flags), (then,))
        accepts = _character(operation, argument, flags)
        if accepts is None:
            raise RegexError(
                f"{_REFUSED.get(name, name.lower())} cannot be asked for in a regular expression"
            )
        return self._place(accepts, None, (then,))

    def _repeat(self, least: int, most: int, body: Any, flags: int, then: int) -> int:
        if most is _constants.MAXREPEAT:
            loop = self._place(None, None, ())
            again = self._sequence(body, flags, loop)
            self._steps[loop] = _Step(None, None, (again, then))
            then = loop
        else:
            for _ in range(int(most) - least):
                then = self._place(None, None, (self._sequence(body, flags, then), then))
        for _ in range(least):
            begin = self._sequence(body, flags, then)
            if begin == then:
                break
            then = begin
        return then


_REFUSED = {
    "GROUPREF": "a reference to a group", "GROUPREF_EXISTS": "a condition",
    "ASSERT": "looking ahead or behind", "ASSERT_NOT": "looking ahead or behind",
    "ATOMIC_GROUP": "an atomic group", "POSSESSIVE_REPEAT": "a possessive repetition",
}  # fmt: skip


def _kind(char: str) -> str:
    """What assertions ask of a character: a line feed, part of a word, or neither."""
    return "\n" if char == "\n" else "w" if char.isalnum() or char == "_" else "."


def _assertion(name: str, flags: int) -> str:
    if flags & re.MULTILINE:
        return {"AT_BEGINNING": "line begins", "AT_END": "line ends"}.get(name, name)
    return name


def _holds(at: str, before: str, after: str) -> bool:
    """True where an assertion holds between two kinds of characters, empty at the ends of the text."""
    if at in ("AT_BEGINNING", "AT_BEGINNING_STRING"):
        return not before
    if at in ("AT_END", "AT_END_STRING"):
        return not after
    if at == "line begins":
        return before in ("", "\n")
    if at == "line ends":
        return after in ("", "\n")
    return ((before == "w") != (after == "w")) == (at == "AT_BOUNDARY")


def _character(operation: Any, argument: Any, flags: int) -> Accepts | None:
    """Decides one character for a part of the pattern that takes exactly one; None for other parts."""
    name = str(operation)
    if name == "ANY":
        return lambda char: True
    if name == "NOT_LITERAL":
        return _negated(_literal(argument, flags))
    if name == "LITERAL":
        return _literal(argument, flags)
    if name != "IN":
        return None
    negate = bool(argument) and str(argument[0][0]) == "NEGATE"
    members = [_member(str(kind), value, flags) for kind, value in argument[negate:]]
    inside: Accepts = lambda char: any(member(char) for member in members)  # noqa: E731
    return _negated(inside) if negate else inside


def _negated(accepts: Accepts) -> Accepts:
    return lambda char: not accepts(char)


def _forms(char: str, flags: int) -> tuple[str, ...]:
    """A character in the cases in which it counts."""
    if not flags & re.IGNORECASE:
        return (char,)
    return tuple(one for one in {char, char.lower(), char.upper()} if len(one) == 1)


def _literal(code: int, flags: int) -> Accepts:
    accepted = _forms(chr(code), flags)
    return lambda char: char in accepted


def _member(kind: str, value: Any, flags: int) -> Accepts:
    if kind == "LITERAL":
        return _literal(value, flags)
    if kind == "RANGE":
        low, high = value
        return lambda char: any(low <= ord(one) <= high for one in _forms(char, flags))
    category = _CATEGORIES[str(value).removeprefix("CATEGORY_").removeprefix("NOT_")]
    return _negated(category) if "_NOT_" in str(value) else category


_CATEGORIES: dict[str, Accepts] = {
    "DIGIT": str.isdecimal,
    "SPACE": str.isspace,
    "WORD": lambda char: char.isalnum() or char == "_",
}
