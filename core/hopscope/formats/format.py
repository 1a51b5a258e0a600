"""The language of output formats: text, and fields with a percent sign before them.

``%20proc.name`` pads a value with blanks on its right, or cuts it, to 20 characters. ``\\n`` and ``\\t``
stand for a line end and a tabulator. A format that begins with ``*`` prints ``<NA>`` for a missing value;
any other prints nothing of an event that lacks one of the fields. All of this is as sysdig 0.29.3 has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hopscope.errors import FormatError
from hopscope.fields import FIELDS, UnknownFieldError, resolve
from hopscope.fields.evt_args import param_names
from hopscope.fields.field import ArgumentForm, Field, FieldUse
from hopscope.fields.registry import nearest

LONGEST = 1 << 16
"""Characters of a format. Every one of them is printed for every event."""

WIDEST = 1 << 16
"""Most characters to which a value can be padded."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """Where the value of a field stands.

    Attributes:
        use: the field with its argument.
        name: the field as it was written, which is the key of its value in JSON.
        width: characters to which the value is padded or cut, 0 to leave it.
    """

    use: FieldUse
    name: str
    width: int = 0


@dataclass(frozen=True, slots=True)
class Format:
    """A format that was understood.

    Attributes:
        text: as it was written.
        literals: the text before each placeholder, and behind the last one; one more than these.
        placeholders: the fields, in their order.
        keeps_all: True where missing values are printed as such instead of leaving out the event.
    """

    text: str
    literals: tuple[str, ...]
    placeholders: tuple[Placeholder, ...]
    keeps_all: bool


def compile_format(text: str) -> Format:
    """Understand a format.

    Raises:
        FormatError: it cannot be understood; with the place, and what may be meant.
    """
    if not text:
        raise FormatError("the format is empty", text, 0, "for instance: %evt.num %proc.name")
    if len(text) > LONGEST:
        raise FormatError(f"the format is longer than {LONGEST} characters")
    keeps_all = text.startswith("*")
    place = 1 if keeps_all else 0
    literals: list[str] = []
    placeholders: list[Placeholder] = []
    while (found := text.find("%", place)) >= 0:
        literals.append(_literal(text[place:found]))
        one, place = _placeholder(text, found + 1)
        placeholders.append(one)
    literals.append(_literal(text[place:]))
    return Format(text, tuple(literals), tuple(placeholders), keeps_all)


_ESCAPE = re.compile(r"\\[nt\\]")
_ESCAPED = {"\\n": "\n", "\\t": "\t", "\\\\": "\\"}


def _literal(text: str) -> str:
    return _ESCAPE.sub(lambda match: _ESCAPED[match[0]], text)


_WIDTH = re.compile(r"[0-9]*")
_SIGNED_WIDTH = re.compile(r"[-+ ]+[0-9]*(?=[A-Za-z])")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*")


def _placeholder(text: str, place: int) -> tuple[Placeholder, int]:
    """The placeholder behind a percent sign, and the place behind it."""
    if place >= len(text):
        raise FormatError("the format ends in a percent sign", text, place - 1, "behind it stands a field")
    digits = _WIDTH.match(text, place)
    assert digits is not None
    start = digits.end()
    width = int(digits[0][:8] or 0)
    if len(digits[0]) > 8 or width > WIDEST:
        raise FormatError(f"a value can be {WIDEST} characters wide at most", text, place)
    field = _longest_field(text, start)
    if field is None:
        raise _unknown(text, place, start)
    name_end = start + len(field.name)
    argument, stop = _argument(field, text, name_end)
    if field.filter_only:
        raise FormatError(
            f"{field.name} is for filters only: it has no single value to print", text, start, _instead(field)
        )
    try:
        use = resolve(field.name, argument)
    except UnknownFieldError as wrong:
        raise FormatError(str(wrong), text, start if argument is None else name_end, wrong.hint) from None
    return Placeholder(use, text[start:stop], width), stop


def _longest_field(text: str, start: int) -> Field | None:
    """The longest name of a field that stands here; what follows it is text again."""
    match = _NAME.match(text, start)
    if match is None:
        return None
    for stop in range(match.end(), start, -1):
        field = FIELDS.get(text[start:stop])
        if field is not None:
            return field
    return None


_KEY = re.compile(r"[A-Za-z0-9/_.-]+")
_SUBSYSTEM = re.compile(r"[A-Za-z_]+")
_WORD = re.compile(r"[A-Za-z0-9_]+")
_END_NAME = re.compile(r"(?:src|dst)")
_DOTTED: dict[str, re.Pattern[str]] = {
    "thread.cgroup": _SUBSYSTEM,
    "evt.type.is": _WORD,
    "evt.abspath": _END_NAME,
    "proc.env": _WORD,
}
"""What an argument behind a dot may consist of, where it is no key of a label."""


def _argument(field: Field, text: str, place: int) -> tuple[str | None, int]:
    """The argument of a field and the place behind it; None where there is none."""
    if field.form is ArgumentForm.NONE:
        return None, place
    if text.startswith("[", place):
        stop = text.find("]", place)
        if stop < 0:
            raise FormatError("the bracket is never closed", text, place)
        inside = text[place + 1 : stop]
        quoted = len(inside) > 1 and inside[0] == inside[-1] and inside[0] in "\"'"
        return (inside[1:-1] if quoted else inside), stop + 1
    if not text.startswith(".", place):
        return None, place
    if field.name in ("evt.arg", "evt.rawarg"):
        return _event_argument(text, place + 1)
    if field.form is ArgumentForm.REQUIRED or field.name in _DOTTED:
        match = _DOTTED.get(field.name, _KEY).match(text, place + 1)
        if match is not None:
            return match[0], match.end()
    return None, place


def _event_argument(text: str, place: int) -> tuple[str, int]:
    """The longest name of an event's argument that stands here."""
    known = param_names()
    match = _WORD.match(text, place)
    word = match[0] if match else ""
    for stop in range(len(word), 0, -1):
        if word[:stop] in known:
            return word[:stop], place + stop
    return word, place + len(word)


def _unknown(text: str, place: int, start: int) -> FormatError:
    """What to say where no field stands behind a percent sign."""
    if _SIGNED_WIDTH.match(text, place):
        return FormatError(
            "a width has no sign: values are always padded on the right", text, place, "as in %20proc.name"
        )
    match = _NAME.match(text, start)
    if match is None:
        return FormatError("behind the percent sign stands no field", text, start, "as in %proc.name")
    guess = nearest(match[0])
    return FormatError(
        f"there is no field {match[0]}", text, start, f"perhaps {guess} is meant" if guess else ""
    )


def _instead(field: Field) -> str:
    """Which fields print what a field of both ends asks for."""
    group, _, rest = field.name.partition(".")
    ends = [f"{group}.{end}{rest}" for end in "cs" if f"{group}.{end}{rest}" in FIELDS]
    printable = [name for name in ends if not FIELDS[name].filter_only]
    return f"print {' and '.join(printable)} instead" if printable else ""
