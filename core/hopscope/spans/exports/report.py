"""A trail as Markdown, ready for a report; text that came from the capture cannot form markup."""

from __future__ import annotations

from collections.abc import Iterator

from hopscope.spans.tree import Trail
from hopscope.spans.words import marks, process_words, title, where_words
from hopscope.store.tables import NONE
from hopscope.text import markdown, visible
from hopscope.views.text import format_duration

INDENT = "&emsp;"
MOST_OTHERS = 3


def trail_markdown(trail: Trail, heading: str) -> str:
    """A heading, a table of the rows, and the evidence for doubtful links."""
    return "\n".join([f"# {_plain(heading)}", "", *_table(trail), *_doubts(trail)]) + "\n"


def _table(trail: Trail) -> Iterator[str]:
    begin, number = trail.begin, trail.store.number
    yield "| since | duration | events | process | pod or container | request | |"
    yield "|---:|---:|---|---|---|---|---|"
    for place, node in enumerate(trail.nodes):
        events = dict.fromkeys((int(number[trail.first(place)]), int(number[trail.last(place)])))
        cells = [
            format_duration(trail.start(place) - begin),
            format_duration(trail.stop(place) - trail.start(place)),
            " ".join(map(str, events)),
            _plain(process_words(trail, place)),
            _plain(where_words(trail, place)),
            INDENT * node.depth + _plain(title(trail, place)),
            _plain(", ".join(marks(trail, place))),
        ]
        yield f"| {' | '.join(cells)} |"
    if trail.cut:
        yield ""
        yield "There is more than is shown."


def _doubts(trail: Trail) -> Iterator[str]:
    """Why doubtful links were drawn, and what else was considered."""
    doubtful = [node.span for node in trail.nodes if node.span != NONE and trail.links.doubtful(node.span)]
    if not doubtful:
        return
    number, spans = trail.store.number, trail.spans
    yield ""
    yield "## Doubtful links"
    yield ""
    for span in doubtful:
        first, *others = trail.links.candidates(span)
        cause = number[spans.first[first.cause]]
        why = "; ".join(map(_plain, first.evidence))
        yield f"- {number[spans.first[span]]} because of {cause} ({first.score:.0%}): {why}"
        for one in others[:MOST_OTHERS]:
            why = "; ".join(map(_plain, one.evidence))
            yield f"  - or {number[spans.first[one.cause]]} ({one.score:.0%}): {why}"


def _plain(text: str) -> str:
    """The text on one line with Markdown's own characters escaped."""
    return markdown(visible(" ".join(text.split())))
