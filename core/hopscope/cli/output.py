"""Standard output in large blocks, safe for terminals; standard error for what is not data."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator
from typing import IO

from hopscope.errors import HopscopeError
from hopscope.json_text import Masked, json_array, json_document, json_line
from hopscope.redaction import shown
from hopscope.text import escaped, visible

__all__ = ["Masked", "Output", "OutputError", "complain", "json_array", "json_document", "json_line"]

BLOCK = 1 << 16
"""Characters gathered before they are written."""


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

    def lines(self, lines: Iterable[str], made_safe: bool = False, unbuffered: bool = False) -> None:
        """Print lines that end nowhere in a line break yet, many at a time.

        What looks like a credential is masked where that is wanted.

        Args:
            lines: what to print.
            made_safe: True where their maker has taken care of what a terminal would act on, because a
                line may hold line ends on purpose.
            unbuffered: hand on each line at once.
        """
        escaping = self.is_terminal and not made_safe
        waiting: list[str] = []
        size, most = 0, 0 if unbuffered else BLOCK
        for line in lines:
            known = line if isinstance(line, Masked) else shown(line)
            waiting.append(escaped(known) if escaping else known)
            size += len(line)
            if size >= most:
                self._write("\n".join(waiting) + "\n")
                waiting, size = [], 0
                if unbuffered:
                    self.flush()
        if waiting:
            self._write("\n".join(waiting) + "\n")

    def text(self, text: str) -> None:
        """Print text as it is, line by line, each made safe where that is needed."""
        known = text if isinstance(text, Masked) else shown(text)
        self.lines(map(Masked, known.removesuffix("\n").split("\n")))

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
