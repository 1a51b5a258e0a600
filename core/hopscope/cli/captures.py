"""Which words of a command line are captures and which are a filter."""

from __future__ import annotations

import os
import stat
import zlib
from argparse import ArgumentTypeError, Namespace
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from hopscope.capture.blocks import BlockType
from hopscope.errors import UsageError
from hopscope.text import visible

if TYPE_CHECKING:
    from hopscope.timeline import Clocks

STANDARD_INPUT = "-"
FORCED = "--"
"""Behind this word everything is a filter."""

_SECTION = int(BlockType.SECTION).to_bytes(4, "little")
_GZIP = b"\x1f\x8b"
_HEAD = 512
_OPEN = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)


def begins_like_capture(path: str) -> bool:
    """Whether there is a file of this name that begins like a capture, plain or gzip."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # a pipe that is opened and closed again loses its writer
            return False
        handle = os.open(path, _OPEN)
    except (OSError, ValueError):
        return False
    try:
        head = os.read(handle, _HEAD)
    except OSError:
        return False
    finally:
        os.close(handle)
    if head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(31).decompress(head, len(_SECTION))
        except zlib.error:
            return False
    return head.startswith(_SECTION)


def captures_in(folder: str) -> list[str]:
    """The captures that lie in a folder, by name; hidden ones do not count."""
    try:
        names = sorted(name for name in os.listdir(folder) if not name.startswith("."))
    except OSError as error:
        raise UsageError(f"cannot look into {visible(folder)}: {error.strerror}") from error
    return [path for path in (os.path.join(folder, name) for name in names) if begins_like_capture(path)]


def names_captures(word: str) -> bool:
    """Whether a word names a capture or a folder that holds some."""
    if os.path.isdir(word):
        try:
            return bool(captures_in(word))
        except UsageError:
            return False
    return begins_like_capture(word)


def sort_words(arguments: Namespace, forced: Sequence[str] = ()) -> None:
    """Tell captures from the filter, and put both where commands look for them.

    The first word is a capture. So are those that follow it without a gap and name files that begin like
    one, or folders of such; everything from the first other word on is the filter.

    Sets ``captures``, all paths, ``capture``, the first of them, and ``filter``, a list of at most one text.

    Raises:
        UsageError: a folder holds no capture, or no chain has the name.
        KeptError: the saved chains cannot be read.
    """
    if not hasattr(arguments, "capture"):
        return
    given = arguments.capture
    words = [given] if isinstance(given, str) else list(given)
    rest = list(getattr(arguments, "filter", ()))
    while rest and names_captures(rest[0]):
        words.append(rest.pop(0))
    arguments.captures = [path for word in words for path in _expanded(word)]
    arguments.capture = arguments.captures[0]
    if hasattr(arguments, "filter"):
        texts = [" ".join([*rest, *forced]).strip(), getattr(arguments, "filter_text", "").strip()]
        if getattr(arguments, "chain", None) is not None:
            from hopscope.kept.chains import SavedChains  # noqa: PLC0415  few command lines name one

            texts[:0] = SavedChains.load().named(arguments.chain).filters
        texts = [text for text in texts if text]
        arguments.filter = texts if len(texts) < 2 else [" and ".join(f"({text})" for text in texts)]


def _expanded(word: str) -> list[str]:
    if not os.path.isdir(word):
        return [word]
    found = captures_in(word)
    if not found:
        raise UsageError(f"there is no capture in the directory {visible(word)}")
    return found


def clock_offset(text: str) -> tuple[str, int]:
    """A host and the ns to be added to its times, from ``HOST=SECONDS``. Raises ArgumentTypeError."""
    host, equals, seconds = text.rpartition("=")
    try:
        offset = round(float(seconds) * 1e9)
    except (ValueError, OverflowError):
        offset = 1 << 63
    if not equals or not host or abs(offset) >= 1 << 62:
        raise ArgumentTypeError(f"{text!r} is no HOST=SECONDS, for instance web-1=+0.123")
    return host, offset


def clocks_of(arguments: Namespace) -> Clocks:
    """What the options say about clocks."""
    from hopscope.timeline import Clocks  # noqa: PLC0415  a single capture needs none of it

    offsets: Mapping[str, int] = dict(getattr(arguments, "clock_offset", ()) or ())
    return Clocks(getattr(arguments, "clock_correction", True), offsets)


def is_timeline(arguments: Namespace) -> bool:
    """Whether several captures are to be opened together, or one whose clock is to be set."""
    return len(arguments.captures) > 1 or bool(getattr(arguments, "clock_offset", ()))


def only_capture(arguments: Namespace, what: str) -> str:
    """The one capture that is named. Raises UsageError where there are several."""
    if len(arguments.captures) > 1:
        raise UsageError(f"{what} one capture at a time; {len(arguments.captures)} are named")
    path: str = arguments.capture
    return path
