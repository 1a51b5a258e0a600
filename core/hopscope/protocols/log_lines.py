"""Lines of a log as messages: what the decoders of log formats share."""

from __future__ import annotations

from collections.abc import Callable

from hopscope.protocols.dialogue import Dialogue
from hopscope.protocols.message import Message
from hopscope.protocols.reader import GapError, Reader, Wait

LONGEST_LINE = 1 << 16


def read_lines(
    stream: Reader, side: int, dialogue: Dialogue, decode: Callable[[bytes], Message | None]
) -> Wait:
    """Each line that the decoder knows is a message; other lines are passed over.

    A datagram, or the end of a stream, ends a line too.
    """
    while (yield from stream.more()):
        start = stream.position
        cut = False
        try:
            line = yield from stream.until(b"\n", most=LONGEST_LINE)
        except GapError as end:
            line, cut = end.known, stream.gapped or len(end.known) >= LONGEST_LINE
            yield from stream.skip(len(line))
        message = decode(line)
        if message is not None:
            dialogue.add(side, start, stream.position, message, cut=cut)
        if cut:
            raise GapError(line)
