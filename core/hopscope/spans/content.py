"""What two requests have in common: words, each worth the more the fewer other requests have it."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property, lru_cache
from math import log

from hopscope.conversation.streams import Indexes
from hopscope.redaction import is_redacting, shown_bytes
from hopscope.spans.spans import RECEIVED, Spans
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
"""Bytes of a message whose words count."""

MOST_SAMPLED = 500
USUAL_SHARE, USUAL_TOLD_SHARE = 0.2, 0.1
LEAST_USUAL = 3
USUAL_COUNTS = 0.4
"""Words of this share of so many requests or answers, and of at least three, are usual; they count less."""


class Words:
    """Words of requests and answers of one process, and how rare each is among its spans.

    Args:
        spans: of the capture.
        index: gives their bytes.
        own: the spans of the process.
    """

    def __init__(self, spans: Spans, index: TrailIndex, own: Indexes) -> None:
        self.spans = spans
        self.index = index
        self._own = own
        self.asked = lru_cache(maxsize=65536)(self._asked)
        self.told = lru_cache(maxsize=65536)(self._told)

    def forget(self) -> None:
        """Give back what was worked out."""
        self.asked.cache_clear()
        self.told.cache_clear()
        words_in.cache_clear()

    @cached_property
    def usual(self) -> frozenset[bytes]:
        """Words of many requests that the process received."""
        received = self._own[self.spans.kind[self._own] == RECEIVED]
        return _usual([self.asked(span) for span in _sample(received)], USUAL_SHARE)

    @cached_property
    def usual_told(self) -> frozenset[bytes]:
        """Words of many answers that the process got or gave."""
        return _usual([self.told(span) for span in _sample(self._own)], USUAL_TOLD_SHARE)

    def named(self, shared: frozenset[bytes], *spans: int) -> frozenset[bytes]:
        """Those of the words in common that may be shown; one alone does not tell that it is a credential."""
        if not is_redacting():
            return shared
        for span in spans:
            for transfer in (int(self.spans.asked[span]), int(self.spans.answered[span])):
                if transfer != NONE:
                    payload = self.index.payload(transfer)
                    shared -= words_in(payload) - words_in(shown_bytes(payload))
        return shared

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


@lru_cache(maxsize=4096)
def words_in(payload: bytes) -> frozenset[bytes]:
    """The words of a message that can tell it from others, in lower case."""
    plain = _PLAIN_HEADERS.sub(b"", payload[:LONGEST]).lower()
    return frozenset(_WORD.findall(plain)) - _COMMON


def rarity(words: frozenset[bytes], seen: Counter[bytes], among: int, usual: frozenset[bytes]) -> float:
    """How much it says that two have these words in common: each counts by how few have it.

    Args:
        words: in common.
        seen: for each word, how many have it.
        among: how many there are.
        usual: words that many others have at other times, which count less.
    """
    return sum(
        log((1 + among) / max(1, seen[word]))
        * min(1.0, len(word) / 4)
        * (USUAL_COUNTS if word in usual else 1.0)
        for word in words
    )


def _sample(spans: Indexes) -> list[int]:
    """Some of the spans, evenly spread."""
    step = max(1, len(spans) // MOST_SAMPLED)
    found: list[int] = spans[::step].tolist()
    return found


def _usual(texts: list[frozenset[bytes]], share: float) -> frozenset[bytes]:
    """The words that at least this share of the texts has."""
    counts = Counter(word for words in texts for word in words)
    least = max(LEAST_USUAL, share * len(texts))
    return frozenset(word for word, count in counts.items() if count >= least)
