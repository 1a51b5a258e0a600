"""What two messages have in common: bytes, transaction numbers, names however they are written, addresses."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from math import sqrt

from hopscope.conversation.addresses import shown
from hopscope.protocols import Message
from hopscope.protocols.message import RESPONSE
from hopscope.redaction import shown_bytes

SHORTEST_SAME = 4
SHORTEST_PART = 16
LEAST_SHARE = 0.5
OTHER_NAME = 0.4
"""Two queries for different names count by this part of what their labels have in common."""

SCATTERED = 0.6
"""Labels that are spread over a text count by this part of labels that stand together."""

MOST_WORDS_NAMED = 3
ENOUGH_WORDS = 4

_WORD = re.compile(rb"[A-Za-z0-9_][A-Za-z0-9_.:@-]{2,}[A-Za-z0-9_]")
_SHORT_NUMBER = re.compile(rb"\d{1,4}|\d\d:\d\d:\d\d")
"""Years, ports and times of day are the same by chance."""

_LABEL = re.compile(r"[a-z0-9_-]+")

TEXT = "text"
"""What a message is called that no decoder knows."""

_LABELS_OF = {"dns": "DNS labels", "http": "path parts"}
_PLACES = {"dns": "name", "http": "path"}

COMMON_WORDS = frozenset(
    b"accept accept-encoding accept-language accept-ranges application application/json bytes cache-control "
    b"charset close connection content-length content-type cookie date encoding etag expires false gzip "
    b"host html http http/1.0 http/1.1 json keep-alive language last-modified null text "
    b"transfer-encoding true user-agent utf-8 vary".split()
)
"""Words that many messages of one protocol contain."""


@dataclass(frozen=True, slots=True)
class Common:
    """One thing that two messages have in common.

    Attributes:
        weight: name of the reason in the table of weights.
        words: for a person.
        strength: how far it holds, 0 to 1.
    """

    weight: str
    words: str
    strength: float = 1.0


def in_common(earlier: bytes, later: bytes, first: Message | None, second: Message | None) -> list[Common]:
    """What links a message to a later one of the same process.

    Args:
        earlier, later: recorded bytes, possibly cut.
        first, second: what decoders say about them.
    """
    if not earlier or not later:
        return []
    found = [*_messages(first, second)] if first is not None and second is not None else []
    if not found:
        found = _labels(earlier, later, first, second)
    same = _same_bytes(earlier, later)
    if same is not None:
        found.append(same)
    elif not found:
        words = _words(earlier, later)
        if words is not None:
            found.append(words)
    return found


def address_answered(first: Message | None, packed: bytes) -> Common | None:
    """That the first message gave the address which is then used."""
    if first is None or not packed or packed not in first.addresses:
        return None
    host = shown((packed, 0)).rpartition(":")[0]
    names = f" for {first.names[0]}" if first.names else ""
    return Common("address answered", f"the answer gave the address {host}{names}")


def _same_bytes(earlier: bytes, later: bytes) -> Common | None:
    both = min(len(earlier), len(later))
    if both >= SHORTEST_SAME and earlier == later:
        return Common("same bytes", f"the same {both} bytes")
    if both >= SHORTEST_PART and (earlier in later or later in earlier):
        return Common("same bytes", f"the {both} bytes of one are part of the other", 0.9)
    return None


def _messages(first: Message, second: Message) -> list[Common]:
    """Two decoded messages: transaction, question, names."""
    found: list[Common] = []
    same_question = bool(first.question) and first.question == second.question
    if first.protocol == second.protocol and first.identifier is not None:
        same_id = first.identifier == second.identifier
        if same_id and first.kind != second.kind:
            what = "answers" if second.kind == RESPONSE else "belongs to"
            found.append(Common("transaction id", f"{what} the query with id 0x{first.identifier:04x}"))
        if same_question:
            found.append(Common("same question", f"the same question: {first.question}"))
            return found
    share = _label_share(first, second.labels, _PLACES.get(second.protocol, TEXT)) or _label_share(
        second, first.labels, _PLACES.get(first.protocol, TEXT)
    )
    if share is not None:
        other_name = first.protocol == second.protocol == "dns" and first.labels != second.labels
        found.append(replace(share, strength=share.strength * OTHER_NAME) if other_name else share)
    elif not first.failed:
        found.extend(_hosts(first, second))
    return found


def _hosts(first: Message, second: Message) -> list[Common]:
    """A host that both name, in full or, where a search list completed it, by its first labels."""
    for name in first.names:
        for other in second.names:
            if name == other:
                return [Common("host name", f"both name the host {name}")]
            if name.startswith(other + ".") or other.startswith(name + "."):
                short, full = sorted((name, other), key=len)
                return [Common("host name", f"{short} is short for {full}", 0.7)]
    return []


def _labels(earlier: bytes, later: bytes, first: Message | None, second: Message | None) -> list[Common]:
    """A name of one message among the words of the other, which no decoder knows."""
    for message, text in ((first, later), (second, earlier)):
        if message is None:
            continue
        plain = _plain(text)
        for name in () if message.failed else message.names:
            if len(name) >= SHORTEST_SAME and "." in name and name in plain:
                return [Common("host name", f"the name {name} is in its text")]
        share = _label_share(message, _labels_in(text), TEXT)
        if share is not None:
            return [share]
    return []


def _label_share(message: Message, others: tuple[str, ...], place: str) -> Common | None:
    """How many labels of a message's name are among the others, in whatever order.

    A name that is only a part of what the others repeat of its labels counts less, so that a short
    name does not match every longer one.
    """
    labels = message.labels
    if len(labels) < 2 or not others:
        return None
    wanted, there = _counted(labels), _counted(others)
    shared = wanted & there
    common = sum(shared.values())
    share = _letters(shared) / _letters(wanted)
    if share < LEAST_SHARE or common < 2:
        return None
    several = len(set(labels)) > 1
    backward = several and _contains(others, labels[::-1])
    words = f"{common} of {len(labels)} {_LABELS_OF.get(message.protocol, 'parts')} in the {place}"
    words += " in reverse order" if backward else ""
    repeated = sum(count for label, count in there.items() if label in wanted)
    strength = share * share * sqrt(common / repeated)
    if place != TEXT:
        return Common("labels", words, strength)
    together = backward or _contains(others, labels)
    return Common("labels in text", words, strength if together else strength * SCATTERED)


def _letters(labels: Counter[str]) -> int:
    """Longer labels are rarer, so they count by their length."""
    return sum(len(label) * count for label, count in labels.items()) or 1


@lru_cache(maxsize=4096)
def _plain(text: bytes) -> str:
    return text.decode("latin-1").lower()


@lru_cache(maxsize=4096)
def _labels_in(text: bytes) -> tuple[str, ...]:
    """What in a text can be a label of a name, in order."""
    return tuple(_LABEL.findall(_plain(text)))


@lru_cache(maxsize=8192)
def _counted(labels: tuple[str, ...]) -> Counter[str]:
    return Counter(labels)


@lru_cache(maxsize=4096)
def _rare_words(text: bytes) -> frozenset[bytes]:
    words = {word.lower() for word in _WORD.findall(text) if not _SHORT_NUMBER.fullmatch(word)}
    return frozenset(words) - COMMON_WORDS


def _contains(whole: tuple[str, ...], part: tuple[str, ...]) -> bool:
    size = len(part)
    return any(whole[i : i + size] == part for i in range(len(whole) - size + 1))


def _words(earlier: bytes, later: bytes) -> Common | None:
    """Rare words of two texts."""
    one, two = _rare_words(earlier), _rare_words(later)
    shared = one & two
    if not shared:
        return None
    share = len(shared) / min(len(one), len(two))
    # A word alone does not tell any more that it is a credential, so it is looked for where it stands.
    open_ones = shared & _rare_words(shown_bytes(earlier)) & _rare_words(shown_bytes(later))
    longest = sorted(open_ones, key=lambda word: (-len(word), word))[:MOST_WORDS_NAMED]
    named = ", ".join(word.decode("ascii")[:40] for word in longest)
    words = f"{len(shared)} {'word' if len(shared) == 1 else 'words'} in common"
    strength = sqrt(share) * min(1.0, len(shared) / ENOUGH_WORDS)
    return Common("words", f"{words} ({named})" if named else words, strength)
