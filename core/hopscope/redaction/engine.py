"""Finds credentials by the rules of the table. Takes time in proportion to the text, whatever stands in it.

Every pattern begins at a mark that it cannot meet again before it has either matched or given up after a
bounded number of characters; what runs to the end of a value is possessive and cannot fail any more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from hopscope.redaction.rules import rules, words_of

MASK = "********"
"""What stands in the place of a credential. Its length says nothing about that of the credential."""

Span = tuple[int, int]
Finder = Callable[[str], Iterator[Span]]

# What an earlier pass has masked ends where it ended then, also where line ends have become dots.
_MASKED = r"\*{3,}+(?=\.\.|[\s\"'&;,<]|\Z)"

# A value of an assignment; at a separator it ends where the next assignment begins.
_NEXT = r"[ ]?[\w.%\[\]~-]{1,64}="
_VALUE = (
    r"(?:\\{0,8}\"(?P<double>(?:[^\"\\\r\n]|\\[^\r\n\"])*+)"
    r"|\\{0,8}'(?P<single>[^'\r\n]*+)"
    rf"|(?P<plain>{_MASKED}"
    rf"|(?:[^\s\"'<&;,.]|[&;,](?!{_NEXT})|\.(?![A-Z_][A-Z0-9_]{{1,64}}=))++))"
)

_QUOTED = (
    r"(?:(?P<escape>\\{1,8})[\"'](?P<inner>(?:(?!\\{1,8}[\"'])[^\n])*+)"
    r"|\"(?P<double>(?:[^\"\\\n]|\\[^\n])*+)|'(?P<single>(?:[^'\\\n]|\\[^\n])*+)"
    r"|(?P<number>[0-9][0-9.]{2,}+))"
)

_SCHEMES = "basic|bearer|token|apikey|api-key|negotiate|ntlm|aws|sharedkey|sharedkeylite|googlelogin|key"
_LINE = r"(?:(?!\\[rn])[^\r\n])++"


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A regular expression whose groups are credentials.

    Attributes:
        marks: lower-case texts; without any of them there is nothing to find.
        pattern: the expression.
    """

    marks: tuple[str, ...]
    pattern: re.Pattern[str]

    def spans(self, text: str) -> Iterator[Span]:
        for found in self.pattern.finditer(text):
            for group in self.pattern.groupindex:
                if group != "escape" and found.start(group) >= 0:
                    yield found.span(group)


@dataclass(frozen=True, slots=True)
class _Option:
    """Options of programs whose names do not tell that a credential follows.

    Attributes:
        marks: names of the programs.
        programs: where a program is called.
        options: each with the credential behind it, as far as the program's arguments go.
    """

    marks: tuple[str, ...]
    programs: re.Pattern[str]
    options: re.Pattern[str]

    def spans(self, text: str) -> Iterator[Span]:
        starts = [found.end() for found in self.programs.finditer(text)]
        for start, after in pairwise([*starts, len(text)]):
            stop = _end_of_line(text, start, after)
            for found in self.options.finditer(text, start, stop):
                yield found.span("secret")


def _end_of_line(text: str, start: int, stop: int) -> int:
    end = text.find("\n", start, stop)
    return stop if end < 0 else end


def redact(text: str) -> str:
    """The text with every credential replaced by :data:`MASK`."""
    spans = credentials(text)
    if not spans:
        return text
    parts: list[str] = []
    at = 0
    for start, stop in spans:
        parts += (text[at:start], MASK)
        at = stop
    return "".join((*parts, text[at:]))


def redact_bytes(data: bytes) -> bytes:
    """The bytes with an asterisk for each one of a credential."""
    spans = credentials(data.decode("latin-1"))
    if not spans:
        return data
    changed = bytearray(data)
    for start, stop in spans:
        changed[start:stop] = b"*" * (stop - start)
    return bytes(changed)


def credentials(text: str) -> list[Span]:
    """Where credentials stand in a text: ascending, apart from each other, none of them empty."""
    lower = text.lower()
    found = sorted(
        (start, stop)
        for finder in _finders()
        if any(mark in lower for mark in finder.marks)
        for start, stop in finder.spans(text)
        if stop > start
    )
    merged: list[Span] = []
    for start, stop in found:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged


def is_secret_name(name: str) -> bool:
    """True for names whose value is a credential: ``DB_PASSWORD``, ``--api-key``, ``Cookie``."""
    return _secret_name().search(name) is not None


@cache
def _secret_name() -> re.Pattern[str]:
    headers = "|".join(map(re.escape, _headers()))
    return re.compile(rf"(?:{_names()}|(?:^|[^\w-])(?:{headers}))[\]\"']{{0,2}}\Z", re.IGNORECASE)


def _headers() -> list[str]:
    return words_of("scheme") + words_of("cookies") + words_of("header")


@cache
def _names() -> str:
    return "|".join(sorted(words_of("name"), key=len, reverse=True))


def _stems(words: list[str]) -> tuple[str, ...]:
    """The longest piece of each word that is there in every spelling of it."""
    return tuple({max(re.split(r"\[_-\]\??", word), key=len) for word in words})


@cache
def _finders() -> tuple[_Pattern | _Option, ...]:
    found: list[_Pattern | _Option] = [*_of_names(), *_of_headers()]
    for rule in rules():
        if rule.shape == "option":
            programs, _, options = rule.words.partition(" | ")
            found.append(_option(programs.split(";" if ";" in programs else " "), options.split()))
        elif rule.shape == "token":
            marks, _, pattern = rule.words.partition(" | ")
            found.append(_Pattern(tuple(marks.split()), re.compile(pattern, re.ASCII)))
        elif rule.shape == "block":
            found += _blocks(rule.words)
    return tuple(found)


def _of_names() -> Iterator[_Pattern]:
    """``name=value``, ``name = value``, ``--name value``, ``"name": "value"``, ``name: value`` on a line."""
    names, headers = _names(), "|".join(map(re.escape, _headers()))
    stems = _stems(words_of("name"))
    quoted = rf"(?:{names}|(?<![\w-])(?:{headers}))"
    in_yaml = "|".join(word for word in words_of("name") if word not in ("passwd", "token"))
    gap = r"[ \t]{1,8}"
    for pattern in (
        rf"(?:{names})(?:[\"'\]]{{0,2}}|%5D|\[[\w-]{{0,32}}\])(?:{gap}(?:=>?|:=){gap}|=>?|:=){_VALUE}",
        rf"(?<![\w-])--?[\w-]{{0,64}}?(?:{names}){gap}(?!-){_VALUE}",
        rf"(?m)^[ \t]*+(?:- )?[\"']?[\w.-]{{0,64}}?(?:{in_yaml}|[_.-]token)[\"']?:{gap}"
        r"(?!(?:null|none|true|false|yes|no|~)[ \t]*+\r?$)"
        r"(?P<yaml>\"[^\"\r\n]*+\"|'[^'\r\n]*+'|[^\s\"']\S*+)[ \t]*+\r?$",
    ):
        yield _Pattern(stems, re.compile(pattern, re.IGNORECASE | re.ASCII))
    blank = r"[ \t\r\n]{0,64}"
    either = _stems([*words_of("name"), *_headers()])
    yield _Pattern(
        either,
        re.compile(rf"{quoted}\\{{0,8}}[\"']{blank}:{blank}{_QUOTED}", re.IGNORECASE | re.ASCII),
    )
    yield _Pattern(
        either,
        re.compile(
            rf"{quoted}\\{{0,8}}\"{blank},{blank}\\{{0,8}}\"value\\{{0,8}}\"{blank}:{blank}{_QUOTED}",
            re.IGNORECASE | re.ASCII,
        ),
    )


def _of_headers() -> Iterator[_Pattern]:
    for shape, value in (
        (
            "scheme",
            rf"(?:(?:{_SCHEMES})[ \t]{{1,8}}(?P<secret>{_MASKED}|[^\s\"',]++)|(?P<line>{_MASKED}|{_LINE}))",
        ),
        ("cookies", rf"(?P<secret>{_MASKED}|[^\s;\"]++(?:;[ \t]*+[^\s;\"]++)*+)"),
        ("header", rf"(?P<secret>{_MASKED}|[^\s\"',;]++)"),
    ):
        words = words_of(shape)
        names = "|".join(map(re.escape, words))
        pattern = rf"(?<![\w-])(?:{names})[ \t]{{0,8}}:[ \t]{{0,64}}{value}"
        yield _Pattern(tuple(words), re.compile(pattern, re.IGNORECASE | re.ASCII))


def _option(programs: list[str], options: list[str]) -> _Option:
    names = [name.strip() for name in programs]
    called = rf"(?<![\w-])(?:{'|'.join(map(re.escape, names))})(?=\s)"
    return _Option(tuple(names), re.compile(called), re.compile(option_pattern(options), re.ASCII))


def option_pattern(options: list[str]) -> str:
    """The regular expression of options with their credential in the group ``secret``.

    A character behind an option is the one after which the credential begins. What belongs to an
    option of one letter may stand at once behind it.
    """
    choices = []
    for option in options:
        name, separator = (option[:-1], option[-1]) if option[-1] in ":%" else (option, "")
        between = r"[ \t]{0,8}" if len(name) == 2 else r"(?:[ \t]{1,8}|=)"
        before = rf"[^\s{separator}]{{0,256}}{separator}" if separator else ""
        choices.append(rf"{re.escape(name)}{between}(?!-){before}")
    return rf"(?<!\S)(?:{'|'.join(choices)})(?P<secret>\S++)"


def _blocks(words: str) -> Iterator[_Pattern]:
    begin, end = (
        rf"-----{edge} (?:[A-Z0-9]{{1,16}} ){{0,3}}{words}(?: BLOCK)?-----" for edge in ("BEGIN", "END")
    )
    marks = (words.lower(),)
    # In one text: up to the end, or to the end of what was recorded.
    yield _Pattern(marks, re.compile(rf"{begin}(?P<secret>(?:[^-]|-(?!----END ))*+)"))
    yield _Pattern(marks, re.compile(rf"\A(?P<secret>[A-Za-z0-9+/=\s.\\]++){end}"))
