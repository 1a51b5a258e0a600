"""Standard output in large blocks, safe for terminals; standard error for what is not data."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator
from typing import IO, Any

import orjson

from hopscope.errors import HopscopeError
from hopscope.text import visible

BLOCK = 1 << 16
"""Characters gathered before they are written."""


def json_line(value: Any) -> str:
    """JSON on one line, keys in the order given. Bytes that are no UTF-8 become U+FFFD."""
    return _dumps(value, 0)


def json_array(values: Iterable[Any]) -> Iterator[str]:
    """The lines of a JSON array of any length, one element a line, as the elements come."""
    yield "["
    held = None
    for value in values:
        if held is not None:
            yield f"  {held},"
        held = json_line(value)
    if held is not None:
        yield f"  {held}"
    yield "]"


def json_document(value: Any) -> str:
    """JSON for people and programs, indented, ending in a line break."""
    return _dumps(value, orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _dumps(value: Any, option: int) -> str:
    option |= orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
    try:
        return orjson.dumps(value, option=option).decode()
    except orjson.JSONEncodeError:
        return orjson.dumps(_writable(value), option=option).decode()


_INTEGERS = range(-(1 << 63), 1 << 64)
"""What a number may be that is written exactly."""


def _writable(value: Any) -> Any:
    """The value with odd bytes replaced, and integers of more than 64 bits, which damage makes, rounded."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if isinstance(value, dict):
        return {_writable(key): _writable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_writable(one) for one in value]
    return float(value) if isinstance(value, int) and value not in _INTEGERS else value


class OutputError(HopscopeError):
    """What a command prints cannot be written, for instance because the disk is full."""


class Output:
    """Where a command prints.

    A closed pipe raises BrokenPipeError; whatever else keeps output from being written, OutputError.

    Attributes:
        is_terminal: True where a person looks at it directly; text is then made safe for terminals.
    """

    def __init__(self, stream: IO[str] | None = None) -> None:
        self._stream: IO[str] | None = sys.stdout if stream is None else stream
        self.is_terminal = self._stream is not None and self._stream.isatty()

    def lines(self, lines: Iterable[str]) -> None:
        """Print lines that end nowhere in a line break yet, many at a time."""
        waiting: list[str] = []
        size = 0
        for line in lines:
            waiting.append(visible(line) if self.is_terminal else line)
            size += len(line)
            if size >= BLOCK:
                self._write("\n".join(waiting) + "\n")
                waiting, size = [], 0
        if waiting:
            self._write("\n".join(waiting) + "\n")

    def text(self, text: str) -> None:
        """Print text as it is, line by line, each made safe where that is needed."""
        self.lines(text.removesuffix("\n").split("\n"))

    def styled(self, text: str) -> None:
        """Print text that may steer the terminal, because its maker has taken care of what it shows."""
        self._write(text)

    def flush(self) -> None:
        """Hand everything on; raises BrokenPipeError where nobody reads any more."""
        if self._stream is not None:
            with _telling():
                self._stream.flush()

    def _write(self, text: str) -> None:
        if self._stream is None:
            raise OutputError("standard output is closed")
        data = text.encode("utf-8", "surrogateescape")
        buffer = getattr(self._stream, "buffer", None)
        with _telling():
            if buffer is None:
                self._stream.write(data.decode("utf-8", "replace"))
                return
            self._stream.flush()
            buffer.write(data)


@contextlib.contextmanager
def _telling() -> Iterator[None]:
    """Turn what the system says about writing into one sentence."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"cannot write the output: {error.strerror or error}") from error


def complain(message: str) -> None:
    """One sentence on standard error, if there is one."""
    if sys.stderr is not None:
        print(f"hopscope: {visible(message)}", file=sys.stderr)
