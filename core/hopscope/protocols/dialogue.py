"""Both directions of one connection while a decoder reads them, and the messages found in them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from hopscope.protocols.message import Message

MOST_WAITING = 4096
"""Requests that are remembered until they are answered."""

OPEN = -1
"""``stop`` of a message whose end was not seen."""


@dataclass(slots=True)
class Found:
    """A message and where it lies.

    Attributes:
        side: direction of its bytes, as the caller numbers the two.
        start, stop: offsets of its first byte and behind its last one in that direction, ``stop``
            :data:`OPEN` until its end is seen.
        message: what it says.
        cut: True where bytes are missing that would tell more of it than its content.
        resumed: True for the first one after a stretch of its direction that could not be read.
    """

    side: int
    start: int
    message: Message
    stop: int = OPEN
    cut: bool = False
    resumed: bool = False


@dataclass(slots=True)
class Dialogue:
    """What the decoder's two generators share.

    Attributes:
        client: the side that asks, None as long as nobody knows.
        found: messages in the order in which their first bytes were understood.
        asked: what a decoder needs to remember of requests until they are answered, oldest first.
        facts: anything else that one side must know of the other, by a name of the decoder's choice.
        left: True from when another protocol follows in this connection; a decoder then returns
            before it reads on.
    """

    client: int | None = None
    found: list[Found] = field(default_factory=list)
    asked: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_WAITING))
    facts: dict[str, int] = field(default_factory=dict)
    left: bool = False

    def begin(self, side: int, start: int, message: Message, *, cut: bool = False) -> Found:
        """A message that begins there; its ``stop`` is set when its end is seen."""
        one = Found(side, start, message, cut=cut)
        self.found.append(one)
        return one

    def add(self, side: int, start: int, stop: int, message: Message, *, cut: bool = False) -> Found:
        """A message that lies there as a whole."""
        one = Found(side, start, message, stop, cut)
        self.found.append(one)
        return one

    def asks(self, side: int, default: bool = True) -> bool:
        """Whether a side is the one that asks; ``default`` as long as nobody knows."""
        return default if self.client is None else side == self.client
