"""What can go wrong, as one small tree.

HopscopeError          one clear sentence for a person; commands print it and end with status 2
├── CaptureError       the file is no capture, or nothing of it can be read
├── WrittenError       what a person wrote does not parse; knows the column
│   ├── FilterError    a filter
│   └── FormatError    an output format
└── UsageError         a command or an action was asked for something that does not exist
"""

from __future__ import annotations


class HopscopeError(Exception):
    """A fault that a person can act on. Its text is one sentence without a traceback."""


class CaptureError(HopscopeError):
    """The input is not a capture, or not a byte of it is usable."""


class UsageError(HopscopeError):
    """A name, number or option that does not exist here."""


class WrittenError(HopscopeError):
    """A filter or a format that cannot be understood.

    Attributes:
        position: 0-based offset into the text at which the mistake was seen.
        text: the whole of it.
        hint: what might have been meant, or an empty string.
    """

    def __init__(self, message: str, text: str = "", position: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.text = text
        self.position = position
        self.hint = hint

    def pointer(self) -> str:
        """The text with a caret under the mistake, then the message, on three lines."""
        said = f"{self}; {self.hint}" if self.hint else str(self)
        return f"{self.text}\n{' ' * self.position}^\n{said}"


class FilterError(WrittenError):
    """A filter that cannot be understood."""


class FormatError(WrittenError):
    """An output format that cannot be understood."""
