"""Shell patterns on whole texts, as ``fnmatch(3)`` matches them without flags: ``*`` crosses ``/``."""

from __future__ import annotations

import re
from collections.abc import Callable

_CLASSES = {
    "alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z", "space": r"\s",
    "blank": " \\t", "punct": r"!-/:-@\[-`{-~", "xdigit": "0-9a-fA-F", "print": " -~", "graph": "!-~",
    "cntrl": r"\x00-\x1f\x7f",
}  # fmt: skip
"""Named character classes inside brackets, as parts of a bracket of a regular expression."""

_CLASS = re.compile(r"\[:(\w+):\]")


def matcher(pattern: str, ignore_case: bool) -> Callable[[str], bool]:
    """A function that tells whether a text matches a shell pattern from end to end."""
    compiled = re.compile(_translate(pattern), re.DOTALL | (re.IGNORECASE if ignore_case else 0))
    return lambda text: compiled.fullmatch(text) is not None


def _translate(pattern: str) -> str:
    out: list[str] = []
    place = 0
    while place < len(pattern):
        char = pattern[place]
        place += 1
        if char == "*":
            # Several stars mean the same as one, and one is much cheaper to try.
            if out[-1:] != [".*"]:
                out.append(".*")
        elif char == "?":
            out.append(".")
        elif char == "[" and (end := _bracket_end(pattern, place)) > 0:
            out.append(_bracket(pattern[place:end]))
            place = end + 1
        elif char == "\\" and place < len(pattern):
            out.append(re.escape(pattern[place]))
            place += 1
        else:
            out.append(re.escape(char))
    return "".join(out)


def _bracket_end(pattern: str, start: int) -> int:
    """Place of the bracket that closes, -1 when there is none. A bracket right at the start is meant."""
    place = start + 1 if pattern[start : start + 1] in ("!", "^") else start
    place += pattern[place : place + 1] == "]"
    while place < len(pattern) and pattern[place] != "]":
        named = _CLASS.match(pattern, place)
        place = named.end() if named else place + 1
    return place if place < len(pattern) else -1


def _bracket(body: str) -> str:
    negated = body[:1] in ("!", "^")
    body = body[1:] if negated else body
    parts: list[str] = []
    place = 0
    while place < len(body):
        named = _CLASS.match(body, place)
        if named:
            parts.append(_CLASSES.get(named[1], ""))
            place = named.end()
            continue
        if body[place + 1 : place + 2] == "-" and place + 2 < len(body):
            low, high = body[place], body[place + 2]
            parts.append(f"{re.escape(low)}-{re.escape(high)}" if low <= high else "")
            place += 3
            continue
        parts.append(re.escape(body[place]))
        place += 1
    inside = "".join(parts)
    if not inside:
        return "." if negated else r"(?!)"
    return f"[{'^' if negated else ''}{inside}]"
