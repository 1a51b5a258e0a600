"""What can be chosen beside the format itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from hopscope.decode.payload import BufferForm


class TimeForm(Enum):
    """What ``%evt.outputtime`` prints; the values are those of the option ``-t``."""

    CLOCK = "h"
    ABSOLUTE = "a"
    RELATIVE = "r"
    LATENCY = "d"
    DELTA = "D"

    @property
    def help(self) -> str:
        """What it is, in a few words."""
        return _HELP[self]


_HELP = {
    TimeForm.CLOCK: "local time",
    TimeForm.ABSOLUTE: "seconds since 1970",
    TimeForm.RELATIVE: "seconds since the capture began",
    TimeForm.LATENCY: "seconds that the call took",
    TimeForm.DELTA: "seconds since the event before",
}


@dataclass(frozen=True, slots=True)
class OutputStyle:
    """How events are printed, whatever the format.

    Attributes:
        buffers: form of recorded bytes.
        times: what ``%evt.outputtime`` prints.
        safe: True where a terminal shows it; text of the capture is then written so that nothing in it
            steers the terminal. Text of the format itself stays as the person wrote it.
    """

    buffers: BufferForm = BufferForm.CUT
    times: TimeForm = TimeForm.CLOCK
    safe: bool = False
