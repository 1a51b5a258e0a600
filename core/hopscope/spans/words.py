"""Rows of a trail in words."""

from __future__ import annotations

from hopscope.conversation.exchange import Owner, owner_at
from hopscope.conversation.transfers import UDP
from hopscope.spans.spans import SENT, Spans
from hopscope.spans.tree import Trail
from hopscope.store.tables import NONE
from hopscope.trail.candidate import duration
from hopscope.views.names import command_line, container_label


def title(trail: Trail, place: int) -> str:
    """What was asked and what came of it, or the command line of a process's run."""
    node = trail.nodes[place]
    if node.span == NONE:
        rows = trail.store.rows_of_process(node.process)
        thread = int(trail.store.thread[rows[-1]])
        return command_line(trail.store, thread) if thread != NONE else ""
    return span_title(trail, node.span)


def span_title(trail: Trail, span: int) -> str:
    """``DNS A web.example -> NXDOMAIN``, ``48 bytes -> 69 bytes``."""
    spans = trail.spans
    message = spans.message(span)
    if message != NONE and spans.protocol(span) != "tls":
        return _sentence(spans, span, message)
    if message != NONE:
        return f"{spans.messages.texts[message].summary} -> {_answer(spans, span)}"
    asked = _question(trail, span)
    return asked if spans.one_way[span] else f"{asked} -> {_answer(spans, span)}"


def _sentence(spans: Spans, span: int, message: int) -> str:
    """What a message asks and what came of it; as far as this end saw that."""
    told = spans.messages.texts[message]
    if spans.request[span] == NONE:
        return spans.messages.sentence(message)
    response = int(spans.response[span])
    outcome = spans.messages.texts[response].outcome if response != NONE else _answer(spans, span)
    return f"{told.subject or told.summary} -> {outcome}"


def _question(trail: Trail, span: int) -> str:
    spans = trail.spans
    if spans.size[span] >= 0:
        return _bytes(int(spans.size[span]))
    unseen = [one for one in trail.links.effects(span) if spans.message(one) != NONE]
    if unseen:
        named = "; ".join(spans.messages.texts[spans.message(one)].subject for one in unseen[:4])
        return named if len(unseen) <= 4 else f"{named} and {len(unseen) - 4} more"
    transfer = int(spans.asked[span])
    datagrams = transfer != NONE and spans.streams.transfers.family[transfer] == UDP
    return "datagrams that were not recorded" if datagrams else "bytes that were not recorded"


def _answer(spans: Spans, span: int) -> str:
    if not spans.is_answered(span):
        return "no answer"
    return _bytes(int(spans.answer_size[span]))


def _bytes(size: int) -> str:
    return f"{size:,} byte{'' if size == 1 else 's'}"


def owner(trail: Trail, place: int) -> Owner:
    """Whose row it is."""
    node = trail.nodes[place]
    return owner_at(trail.store, trail.first(place) if node.span != NONE else trail.last(place))


def process_words(trail: Trail, place: int) -> str:
    """``skydns 4617``: the process of a row."""
    one = owner(trail, place)
    return f"{one.process} {one.pid}" if one.process else f"thread {one.tid}"


def where_words(trail: Trail, place: int) -> str:
    """Machine, pod or container of a row, as far as there are any."""
    one = owner(trail, place)
    label = container_label(one.container) if one.container is not None else ""
    return f"{one.machine} {one.pod or label}".strip()


def marks(trail: Trail, place: int) -> list[str]:
    """What is remarkable about a row: no answer, a failure, a repetition, a doubtful link."""
    node = trail.nodes[place]
    if node.span == NONE:
        return []
    spans, found = trail.spans, []
    if node.again != NONE:
        found.append(f"asks again what event {trail.store.number[spans.first[node.again]]} asked")
    if spans.one_way[node.span]:
        pass
    elif not spans.is_answered(node.span):
        waited = duration(int(spans.stop[node.span] - spans.start[node.span]))
        found.append(f"no answer within {waited}" if spans.kind[node.span] == SENT else "not answered")
    elif spans.failed(node.span):
        found.append("failed")
    if trail.links.doubtful(node.span):
        found.append("doubtful")
    return found
