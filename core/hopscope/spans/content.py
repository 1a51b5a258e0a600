"""What two requests have in common: words, each worth the more the fewer other requests have it."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from math import log

from hopscope.spans.spans import Spans
from hopscope.store.tables import NONE
from hopscope.trail.content import COMMON_WORDS
from hopscope.trail.index import TrailIndex

_WORD = re.compile(rb"[A-Za-z0-9_-]{2,}")

_PLAIN_HEADERS = re.compile(
    rb"(?im)^(?:content-length|date|server|user-agent|accept[a-z-]*|connection|content-type|host|keep-alive"
    rb"|last-modified|etag|cache-control|expires|via):[^\n]*\n?"
)
"""Lines of a head whose values many messages share, or none has for a reason that concerns others."""

_COMMON = frozenset(COMMON_WORDS) | frozenset(
    b"get post put delete head patch options select insert update from where and into values set order by "
    b"limit http ok not found the for in com www true false id key data name value".split()
)

LONGEST = 4096
MOST_NAMED = 3


class Words:
    """Words of requests and answers of one process, and how rare each is among its spans.

    Args:
        spans: of the capture.
        index: gives their bytes.
        own: the spans of the process.
    """

    def __init__(self, spans: Spans, index: TrailIndex) -> None:
        self.spans = spans
        self.index = index
        self.asked = lru_cache(maxsize=65536)(self._asked)
        self.told = lru_cache(maxsize=65536)(self._told)

    def _asked(self, span: int) -> frozenset[bytes]:
        """Words of what was asked; of its answer where nothing is recorded of the question but its name."""
        spans = self.spans
        transfer = int(spans.asked[span])
        payload = self.index.payload(transfer) if transfer != NONE else b""
        if not payload and spans.response[span] != NONE:
            payload = spans.messages.texts[int(spans.response[span])].subject.encode()
        elif transfer != NONE and spans.asked_last[span] != transfer:
            payload += self.index.payload(int(spans.asked_last[span]))
        return words_in(payload) | self._question(span)

    def _question(self, span: int) -> frozenset[bytes]:
        """What is asked for as one word, and the transaction's number as another."""
        messages, message = self.spans.messages, self.spans.message(span)
        if message == NONE or not messages.texts[message].subject:
            return frozenset()
        found = {messages.texts[message].subject.encode()}
        if messages.identifier[message] >= 0:
            found.add(b"transaction 0x%04x" % int(messages.identifier[message]))
        return frozenset(found)

    def _told(self, span: int) -> frozenset[bytes]:
        """Words of an answer that its question does not hold."""
        first, last = int(self.spans.answered[span]), int(self.spans.answered_last[span])
        if first == NONE:
            return frozenset()
        payload = self.index.payload(first)
        words = words_in(payload if last == first else payload + self.index.payload(last))
        return words - self.asked(span)


@lru_cache(maxsize=65536)
def words_in(payload: bytes) -> frozenset[bytes]:
    """The words of a message that can tell it from others, in lower case."""
    plain = _PLAIN_HEADERS.sub(b"", payload[:LONGEST]).lower()
    return frozenset(_WORD.findall(plain)) - _COMMON


def rarity(words: frozenset[bytes], seen: Counter[bytes], among: int) -> float:
    """How much it says that two have these words in common: each counts by how few have it.

    Args:
        words: in common.
        seen: for each word, how many have it.
        among: how many there are.
    """
    return sum(log((1 + among) / max(1, seen[word])) * min(1.0, len(word) / 4) for word in words)


def named(words: frozenset[bytes]) -> str:
    """The longest words, for a person."""
    chosen = sorted(words, key=lambda word: (-len(word), word))[:MOST_NAMED]
    listed = ", ".join(word.decode("ascii", "replace")[:40] for word in chosen)
    return f"{len(words)} {'word' if len(words) == 1 else 'words'} ({listed})"
