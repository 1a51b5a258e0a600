"""Requests and the responses to them, within one channel."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from hopscope.conversation.reading import Read
from hopscope.conversation.streams import Indexes
from hopscope.protocols.message import REQUEST, RESPONSE

MOST_WAITING = 4096
MOST_ALIKE = 64
"""Requests with one number, for one question, that wait at the same time."""

Partner = Callable[[Read], Hashable]
"""Who is at the other end of a datagram; None where it is not known, or always the same."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A message, its number among all, and who is at the other end."""

    number: int
    read: Read
    partner: Hashable = None


@dataclass(slots=True)
class Pairing:
    """Finds pairs among the messages of one channel, given in the order in which they were understood.

    A response with a transaction number belongs to the first request with that number, question and
    partner that has none yet; a request that was repeated meanwhile shares it unless another one comes.
    Without numbers responses come in the order of the requests; where some were lost on the way, requests
    after which bytes came back count as answered.

    Args:
        moved: the transfers of a direction that moved bytes, ascending.
        partner: of a datagram.

    Attributes:
        response: number of a request to that of its response.
        request: number of a response to that of its request.
        repeats: number of a request to that of the same one before it, which was waiting still.
    """

    moved: Callable[[int], Indexes]
    partner: Partner
    response: dict[int, int] = field(default_factory=dict)
    request: dict[int, int] = field(default_factory=dict)
    repeats: dict[int, int] = field(default_factory=dict)
    _in_order: deque[Placed] = field(default_factory=lambda: deque(maxlen=MOST_WAITING))
    _by_number: dict[Hashable, deque[Placed]] = field(default_factory=dict)
    _latest: int = -1

    def add(self, number: int, read: Read) -> None:
        """The next message and its number among all."""
        message = read.found.message
        numbered = message.identifier is not None
        one = Placed(number, read, self.partner(read) if numbered else None)
        if message.kind == REQUEST and numbered:
            self._ask(one)
        elif message.kind == REQUEST:
            self._in_order.append(one)
        elif message.kind == RESPONSE:
            asked = self._numbered(one) if numbered else self._next(one)
            if asked is not None:
                self.response[asked.number] = number
                self.request[number] = asked.number

    def _waiting(self, one: Placed) -> deque[Placed]:
        message = one.read.found.message
        key = (message.protocol, message.identifier, message.question)
        return self._by_number.setdefault(key, deque(maxlen=MOST_ALIKE))

    def _ask(self, one: Placed) -> None:
        waiting = self._waiting(one)
        before = [other for other in waiting if _alike(one, other) and _side(one) == _side(other)]
        if before:
            self.repeats[one.number] = before[-1].number
        waiting.append(one)

    def _numbered(self, one: Placed) -> Placed | None:
        waiting = self._waiting(one)
        fitting = [other for other in waiting if _alike(one, other) and _side(one) != _side(other)]
        if not fitting:
            return None
        waiting.remove(fitting[0])
        for repeated in fitting[1:]:
            self.response.setdefault(repeated.number, one.number)
        return fitting[0]

    def _next(self, one: Placed) -> Placed | None:
        side = _side(one)
        while one.read.found.resumed and len(self._in_order) > 1:
            asked, after = self._in_order[0], self._in_order[1]
            if not self._answered(side, max(asked.read.seen, self._latest), after.read.seen):
                break
            self._in_order.popleft()
        self._latest = one.read.seen
        if not self._in_order:
            return None
        asked = self._in_order[0]
        if _side(asked) == side or asked.read.decoder is not one.read.decoder:
            return None
        return self._in_order.popleft()

    def _answered(self, side: int, since: int, until: int) -> bool:
        """Whether bytes moved in a direction between two transfers."""
        moved = self.moved(side)
        place = int(moved.searchsorted(since, side="right"))
        return place < len(moved) and int(moved[place]) < until


def _side(one: Placed) -> int:
    return one.read.found.side


def _alike(one: Placed, other: Placed) -> bool:
    """Whether two messages can have the same partner."""
    return one.partner is None or other.partner is None or one.partner == other.partner
