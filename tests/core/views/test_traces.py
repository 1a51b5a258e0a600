"""Spans of tracers as rows, one depth after the other."""

from __future__ import annotations

from hopscope.views import evaluate
from recording import Recording


def test_spans_lead_to_those_inside_of_them() -> None:
    recording = Recording()
    recording.call("open", 200, {"name": "/dev/null", "flags": 2}, fd=3, name="/dev/null", flags=2)
    for text in (
        ">:1:page::",
        ">:1:page.query::",
        "<:1:page.query::",
        ">:1:page.draw::",
        "<:1:page.draw::",
        "<:1:page::",
    ):
        recording.call("write", 200, {"fd": 3, "size": len(text)}, res=len(text), data=text.encode())
    store = recording.store()

    summary = evaluate(store, "traces_summary")
    assert [row["tag"] for row in summary.as_json()] == ["page"]
    below = summary.drill(0)
    assert {row["tag"] for row in evaluate(store, summary.definition.target, below).as_json()} == {
        "query", "draw",
    }  # fmt: skip

    listed = evaluate(store, "traces_list")
    whole = next(
        i for i in range(len(listed)) if listed.value(i, listed.column_index("duration")) is not None
    )
    inside = evaluate(store, listed.definition.target, listed.drill(whole)).as_json()
    assert {row["tag"] for row in inside} == {"query", "draw"}
    assert all(row["duration"] for row in inside)
