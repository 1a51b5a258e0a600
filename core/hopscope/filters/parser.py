"""Turns the text of a filter into a tree.

Grammar (EBNF). It is the newest one of the Falco libraries (2026), in which what sysdig 0.29.3
reads means the same::

    filter    = disjunction ;
    disjunction = conjunction, { "or", conjunction } ;
    conjunction = negation, { "and", negation } ;
    negation  = { "not" }, ( "(", disjunction, ")" | check ) ;
    check     = operand, "exists"
              | operand, operator, ( value | right )
              | operand, list operator, list ;
    operand   = field | transformed ;
    right     = "val(", operand, ")" | transformed ;
    transformed = transformer, "(", operand, ")" ;
    transformer = "tolower" | "toupper" | "b64" | "basename" | "len" ;
    field     = dotted name, [ "[", argument, "]" ] ;
    argument  = quoted | 1 or more of any but blanks, brackets [ ] and quotes ;
    operator  = "=" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "contains" | "icontains" | "bcontains"
              | "startswith" | "bstartswith" | "endswith" | "glob" | "iglob" | "regex" ;
    list operator = "in" | "intersects" | "pmatch" ;
    list      = "(", [ element, { ",", element } ], ")" ;
    value     = quoted | 1 or more of any but blanks, brackets ( ) and quotes ;
    element   = quoted | 1 or more of any but blanks, brackets ( ), quotes and commas ;
    quoted    = '"', { character | escape }, '"' | "'", { character | escape }, "'" ;
    escape    = "\\\\", ( "b" | "f" | "n" | "r" | "t" | "\\\\" | "/" | '"' | "'" | "x", hex, hex ) ;

``not`` binds closer than ``and``, ``and`` closer than ``or``. Two ``not`` in a row cancel each other.
Keywords are lower case. Blanks may stand between any two words and are needed only where two words
would run together, but none between a transformer or ``val`` and its bracket. Brackets may be nested up
to :data:`DEEPEST` times. Names without a dot are macros and lists in rule files; there are none here.
"""

from __future__ import annotations

import difflib
from enum import Enum, auto
from typing import NamedTuple

from hopscope.errors import FilterError
from hopscope.filters.lexer import Lexer, Token
from hopscope.filters.operators import OPERATORS, SYNONYMS, Operand
from hopscope.filters.transformers import TRANSFORMERS, VALUE_OF
from hopscope.filters.tree import And, Check, FieldName, Node, Not, Or, Value

DEEPEST = 100
"""Brackets that may be open at once."""


class Expected(Enum):
    """What may stand at a place in a filter."""

    TERM = auto()
    FIELD = auto()
    OPERATOR = auto()
    VALUE = auto()
    LIST = auto()
    ELEMENT = auto()
    CONNECTIVE = auto()


class Expectation(NamedTuple):
    """What the parser looked for at a place; completion reads these.

    Attributes:
        kind: what may stand there.
        place: offset in the text.
        field: the field of the check, where it is known.
        operator: the operator of the check, where it is known.
        depth: brackets that are open.
    """

    kind: Expected
    place: int
    field: FieldName | None = None
    operator: str = ""
    depth: int = 0


class Parser:
    """Recursive descent over one text.

    Attributes:
        expectations: what was looked for and where, in the order of looking.
    """

    def __init__(self, text: str) -> None:
        self._lexer = Lexer(text)
        self._depth = 0
        self.expectations: list[Expectation] = []

    def parse(self) -> Node:
        """The tree of the whole text.

        Raises:
            FilterError: the text is no filter; with the place and what may be meant.
        """
        self._lexer.skip_blanks()
        if self._lexer.at_end:
            self._expect(Expected.TERM)
            raise self._lexer.fail(
                "the filter is empty", hint="a field may stand here, such as proc.name=cat"
            )
        node = self._disjunction()
        if not self._lexer.at_end:
            raise self._stray()
        return node

    def _expect(self, kind: Expected, field: FieldName | None = None, operator: str = "") -> None:
        self.expectations.append(Expectation(kind, self._lexer.place, field, operator, self._depth))

    def _disjunction(self) -> Node:
        children = [self._conjunction()]
        while self._connective("or"):
            children.append(self._conjunction())
        return children[0] if len(children) == 1 else Or(tuple(children))

    def _conjunction(self) -> Node:
        children = [self._negation()]
        while self._connective("and"):
            children.append(self._negation())
        return children[0] if len(children) == 1 else And(tuple(children))

    def _connective(self, word: str) -> bool:
        self._lexer.skip_blanks()
        self._expect(Expected.CONNECTIVE)
        return self._lexer.keyword(word) is not None

    def _negation(self) -> Node:
        negated = False
        while True:
            self._lexer.skip_blanks()
            self._expect(Expected.TERM)
            if not self._lexer.keyword("not"):
                break
            negated = not negated
        node = self._brackets() if self._lexer.sign("(") else self._check()
        return Not(node) if negated else node

    def _brackets(self) -> Node:
        opened = self._lexer.place - 1
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._lexer.fail(f"brackets are nested more than {DEEPEST} times", opened)
        node = self._disjunction()
        self._lexer.skip_blanks()
        if not self._lexer.sign(")"):
            if self._lexer.at_end:
                raise self._lexer.fail(
                    "a ) is missing at the end", hint=f"the ( at column {opened + 1} is open"
                )
            raise self._stray()
        self._depth -= 1
        return node

    def _check(self) -> Check:
        field = self._operand()
        self._lexer.skip_blanks()
        self._expect(Expected.OPERATOR, field)
        token = self._lexer.operator()
        if token is None:
            raise self._no_operator(field)
        operator = SYNONYMS.get(token.text, token.text)
        operand = OPERATORS[operator].operand
        if operand is Operand.NOTHING:
            return Check(field, operator, (), token.start)
        self._lexer.skip_blanks()
        if operand is Operand.LIST:
            return Check(field, operator, self._list(field, operator), token.start)
        return Check(field, operator, (self._value(field, operator),), token.start)

    def _operand(self) -> FieldName:
        """A field, or one with functions around it."""
        transformers: list[str] = []
        while (function := self._lexer.function()) is not None:
            transformers.append(self._transformer(function))
            if self._depth + len(transformers) > DEEPEST:
                raise self._lexer.fail(f"brackets are nested more than {DEEPEST} times", function.start)
            self._lexer.skip_blanks()
            self._expect(Expected.FIELD)
        return self._field_within(tuple(transformers))

    def _transformer(self, function: Token) -> str:
        if function.text in TRANSFORMERS:
            return function.text
        if function.text == VALUE_OF:
            raise self._lexer.fail(
                "val() stands on the right side only", function.start, "such as proc.name=val(proc.pname)"
            )
        near = difflib.get_close_matches(function.text, TRANSFORMERS, 1, 0.6)
        hint = f"perhaps {near[0]}() is meant" if near else f"there are {', '.join(TRANSFORMERS)}"
        raise self._lexer.fail(f"there is no transformer {function.text}()", function.start, hint)

    def _field_within(self, transformers: tuple[str, ...]) -> FieldName:
        name = self._lexer.field()
        if name is None:
            raise self._no_field()
        field = FieldName(name.text, self._argument(), name.start, transformers)
        for transformer in transformers[::-1]:
            self._close(transformer)
        return field

    def _close(self, function: str) -> None:
        self._lexer.skip_blanks()
        if not self._lexer.sign(")"):
            raise self._lexer.fail(f"the ) of {function}() is missing")

    def _argument(self) -> str | None:
        opened = self._lexer.place
        if not self._lexer.sign("["):
            return None
        token = self._lexer.argument()
        if token is None:
            raise self._lexer.fail("an argument is missing between the brackets [ ]")
        if not self._lexer.sign("]"):
            raise self._lexer.fail("a ] is missing", hint=f"the [ at column {opened + 1} is open")
        return token.text

    def _value(self, field: FieldName, operator: str) -> Value | FieldName:
        self._expect(Expected.VALUE, field, operator)
        start = self._lexer.place
        function = self._lexer.function()
        if function is not None and function.text == VALUE_OF:
            self._lexer.skip_blanks()
            self._expect(Expected.FIELD)
            inner = self._operand()
            self._close(VALUE_OF)
            return inner
        self._lexer.place = start
        if function is not None:
            return self._operand()
        token = self._lexer.value(in_list=False)
        if token is None:
            hint = f"a list needs the operator in: {field} in (…)" if self._lexer.word_here() == "(" else ""
            raise self._lexer.fail(f"a value is missing behind {operator}", hint=hint)
        return Value(token.text, token.start)

    def _list(self, field: FieldName, operator: str) -> tuple[Value, ...]:
        self._expect(Expected.LIST, field, operator)
        if not self._lexer.sign("("):
            raise self._lexer.fail(
                f"a list in brackets is missing behind {operator}",
                hint=f"lists have no names here; write {operator} (a, b)",
            )
        values: list[Value] = []
        while True:
            self._lexer.skip_blanks()
            self._expect(Expected.ELEMENT, field, operator)
            token = self._lexer.value(in_list=True)
            if token is None:
                break
            values.append(Value(token.text, token.start))
            self._lexer.skip_blanks()
            if not self._lexer.sign(","):
                return self._closed(values)
        if values:
            raise self._lexer.fail("a value is missing behind the comma")
        return self._closed(values)

    def _closed(self, values: list[Value]) -> tuple[Value, ...]:
        if not self._lexer.sign(")"):
            raise self._lexer.fail("a comma or ) is missing in the list")
        return tuple(values)

    def _no_field(self) -> FilterError:
        if self._lexer.at_end:
            return self._lexer.fail("a condition is missing at the end")
        place = self._lexer.place
        word = self._lexer.identifier()
        if word is None:
            return self._lexer.fail(f"a field was expected and not {self._lexer.word_here()!r}", place)
        hint = "macros have no meaning here; fields have a dot in their name, such as proc.name"
        if word.text.lower() in ("and", "or", "not"):
            hint = "and, or and not are written in lower case" if word.text != word.text.lower() else ""
        return self._lexer.fail(f"a field was expected and not {word.text!r}", place, hint)

    def _no_operator(self, field: FieldName) -> FilterError:
        if self._lexer.at_end:
            return self._lexer.fail(f"an operator is missing behind {field}", hint=f"such as {field} exists")
        word = self._lexer.word_here()
        near = difflib.get_close_matches(word, OPERATORS, 1, 0.6)
        hint = f"perhaps {near[0]} is meant" if near else f"such as = or contains, or {field} exists"
        return self._lexer.fail(f"an operator was expected and not {word!r}", hint=hint)

    def _stray(self) -> FilterError:
        word = self._lexer.word_here()
        if word == ")":
            return self._lexer.fail("this ) closes nothing")
        hint = "and and or are written in lower case" if word.lower() in ("and", "or") else ""
        if not hint and word[:1] in "\"'":
            hint = "a value with blanks stands in quotes as a whole"
        return self._lexer.fail(f"and, or or the end was expected and not {word!r}", hint=hint)


def parse(text: str) -> Node:
    """The tree of a filter.

    Raises:
        FilterError: the text is no filter.
    """
    return Parser(text).parse()
