"""Cuts a filter into words. What a word is depends on what may stand there, so the parser asks."""

from __future__ import annotations

import re
from typing import NamedTuple

from hopscope.errors import FilterError
from hopscope.filters.operators import OPERATORS, SYNONYMS
from hopscope.filters.quoting import EscapeError, unescape

_BLANK = re.compile(r"[ \t\n\r\b]*")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_][A-Za-z0-9_/-]*)+")
_BARE_ARGUMENT = re.compile(r"[^\s\b\[\]\"']+")
_BARE_VALUE = re.compile(r"[^\s\b()\"']+")
_BARE_ELEMENT = re.compile(r"[^\s\b()\"',]+")
_QUOTED = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'", re.DOTALL)

_NAMES = sorted([*OPERATORS, *SYNONYMS], key=len, reverse=True)
_SIGNS = [name for name in _NAMES if not name.isalpha()]
_WORD = re.compile(r"[A-Za-z]+")
_CALLED = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?=\()")
_CONNECTIVES = frozenset({"and", "or", "not"})


class Token(NamedTuple):
    """A word of a filter.

    Attributes:
        text: what it says, without quotes and escapes.
        start: where it begins in the filter.
        stop: behind its last character.
    """

    text: str
    start: int
    stop: int


class Lexer:
    """Reads the words of one filter from left to right.

    Attributes:
        text: the whole filter.
        place: offset of the next character that was not read.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0

    def skip_blanks(self) -> bool:
        """Skips blanks; True when there were any."""
        start = self.place
        match = _BLANK.match(self.text, start)
        self.place = match.end() if match else start
        return self.place > start

    @property
    def at_end(self) -> bool:
        """True when nothing is left."""
        return self.place >= len(self.text)

    def sign(self, char: str) -> bool:
        """Reads one character if it is this one."""
        found = self.text.startswith(char, self.place)
        self.place += len(char) if found else 0
        return found

    def keyword(self, word: str) -> Token | None:
        """Reads ``and``, ``or`` or ``not`` where it stands alone; blanks, brackets or quotes may follow."""
        match = _IDENTIFIER.match(self.text, self.place)
        if match is None or match[0] != word or self.text.startswith(".", match.end()):
            return None
        return self._take(match.end(), word)

    def field(self) -> Token | None:
        """Reads a dotted name."""
        return self._match(_FIELD)

    def identifier(self) -> Token | None:
        """Reads a name without dots."""
        return self._match(_IDENTIFIER)

    def function(self) -> Token | None:
        """Reads a word and the bracket right behind it, as of ``tolower(``; the token is the word."""
        match = _CALLED.match(self.text, self.place)
        if match is None or match[0] in _CONNECTIVES:
            return None
        token = self._take(match.end(), match[0])
        self.place += 1
        return token

    def argument(self) -> Token | None:
        """Reads what may stand between the brackets of a field."""
        return self._quoted() or self._match(_BARE_ARGUMENT)

    def operator(self) -> Token | None:
        """Reads an operator. One of letters must end at a blank, a bracket, a quote or the end."""
        for name in _SIGNS:
            if self.text.startswith(name, self.place):
                return self._take(self.place + len(name), name)
        match = _WORD.match(self.text, self.place)
        if match is None or match[0] not in OPERATORS:
            return None
        after = self.text[match.end() : match.end() + 1]
        return self._take(match.end(), match[0]) if not after or after in " \t\n\r\b()\"'" else None

    def value(self, in_list: bool) -> Token | None:
        """Reads a value: a word up to a blank or bracket, in lists also up to a comma, or in quotes."""
        return self._quoted() or self._match(_BARE_ELEMENT if in_list else _BARE_VALUE)

    def word_here(self) -> str:
        """The next word, for messages; the next character where there is none."""
        match = re.compile(r"[^\s()]{1,24}").match(self.text, self.place)
        return match[0] if match else self.text[self.place : self.place + 1]

    def fail(self, message: str, position: int | None = None, hint: str = "") -> FilterError:
        """The error to raise, with its place."""
        where = self.place if position is None else position
        return FilterError(message, self.text, min(where, len(self.text)), hint)

    def _quoted(self) -> Token | None:
        quote = self.text[self.place : self.place + 1]
        if quote not in ('"', "'"):
            return None
        match = _QUOTED.match(self.text, self.place)
        if match is None:
            raise self.fail(f"the quote {quote} is never closed")
        try:
            value = unescape(match[0][1:-1])
        except EscapeError as wrong:
            raise self.fail(str(wrong), self.place + 1 + wrong.offset) from None
        return self._take(match.end(), value)

    def _match(self, pattern: re.Pattern[str]) -> Token | None:
        match = pattern.match(self.text, self.place)
        return self._take(match.end(), match[0]) if match else None

    def _take(self, stop: int, text: str) -> Token:
        token = Token(text, self.place, stop)
        self.place = stop
        return token
