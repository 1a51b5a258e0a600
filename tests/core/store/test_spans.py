"""Spans, and the fields that are made of them, beside the reference."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from hopscope.capture.lists import DescriptorEntry
from hopscope.fields import field_text
from hopscope.filters import compile_filter
from hopscope.store.spans import MOST_OPEN
from hopscope.store.store import Store
from paths import needs_sysdig
from recording import Recording, listed

ONE, OTHER = 200, 300
FIELDS = (
    "span.id", "span.ntags", "span.nargs", "span.tags", "span.tag[0]", "span.tag[-1]", "span.args",
    "span.arg[0]", "span.arg[-2]", "span.enterargs", "span.enterarg[0]", "span.duration",
    "span.duration.human",
)  # fmt: skip


class Traced(Recording):
    """A capture of a program that writes tracers to descriptor 3."""

    def __init__(self) -> None:
        child = listed(OTHER, "child", ptid=ONE)
        thread = listed(201, "srv", pid=ONE, ptid=100)
        null = DescriptorEntry(3, 0, 1, name="/dev/null")
        super().__init__([listed(100, "sh"), listed(ONE, "srv", ptid=100), thread, child], [(OTHER, [null])])
        self.open(ONE, 3)

    def open(self, tid: int, fd: int) -> None:
        self.call("open", tid, {"name": "/dev/null", "flags": 2}, fd=fd, name="/dev/null", flags=2)

    def write(self, text: str, tid: int = ONE, fd: int = 3) -> int:
        size = len(text)
        return self.call("write", tid, {"fd": fd, "size": size}, res=size, data=text.encode())

    def work(self, *tids: int) -> list[int]:
        return [self.call("getuid", tid, {}, uid=0) for tid in tids]


def everything() -> Traced:
    """Each form of tracer, nested, cut, crossing, unended; events of four threads in between."""
    traced = Traced()
    traced.write(">:100:a.b:x=1,y=two:")
    traced.work(ONE, 201, OTHER, 100)
    for text in (">:100:a.b.c:z=3:", "<:100:a.b.c:out=9:"):
        traced.write(text)
        traced.work(ONE)
    traced.write(">:7:of-child::", OTHER)
    traced.work(OTHER, ONE)
    for text in (
        "<:100:a.b:ret=0:",
        ">:t:tid::",
        "<:t:tid::",
        ">:p:pid::",
        "<:p:pid::",
        ">:pp:up::",
        "<:pp:up::",
    ):
        traced.write(text)
    for text in (">:5:cut:a=", "1:", "<:5:cut::", "<:77:no-beginning:q=1:", ">:9:::", "<:9:::"):
        traced.write(text)
        traced.work(ONE)
    traced.write('[">", 12, ["sql", "query"], [{"a":"b"}, {"c":"d"}]]')
    traced.write("<:12:sql.query::", OTHER)
    for text in (">:8:twice:n=1:", ">:8:twice:n=2:", "<:8:twice::", "<:8:twice::"):
        traced.write(text)
    traced.work(ONE, OTHER)
    return traced


def accepted(store: Store, text: str) -> list[int]:
    return [int(number) for number in store.number[compile_filter(text).mask(store)]]


@pytest.fixture(params=[1, 3, 1 << 9])
def at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many writes are looked at together."""
    monkeypatch.setattr("hopscope.store.spans._AT_ONCE", request.param)


@pytest.mark.usefixtures("at_once")
def test_the_table_of_spans() -> None:
    store = everything().store()
    spans = store.spans

    first, nested, child = 0, 1, 2
    assert (spans.id[first], spans.tags[first]) == (100, ("a", "b"))
    assert spans.enter_args[first] == (("x", "1"), ("y", "two"))
    assert spans.exit_args[first] == (("ret", "0"),)
    assert spans.duration[first] == store.time[spans.exit[first]] - store.time[spans.enter[first]] > 0
    assert spans.parent.tolist()[:3] == [-1, first, -1]
    assert spans.tags[nested] == ("a", "b", "c")
    assert (spans.exit[child], spans.duration[child]) == (-1, -1)
    assert store.threads.comm[spans.thread[child]] == "child"
    assert [mark for mark in spans.marks.span.tolist() if mark < 0] == [-1]


@pytest.mark.usefixtures("at_once")
def test_descriptors_that_something_else_is_written_to_hold_no_tracers() -> None:
    traced = Traced()
    traced.write("hello")
    traced.write(">:1:a::")
    traced.call("dup", ONE, {"fd": 3}, res=4)
    traced.write(">:1:b::", fd=4)
    traced.open(ONE, 5)
    traced.write(">:1:c::", fd=5)
    traced.write("no tracer", fd=5)
    traced.write("<:1:c::", fd=5)
    store = traced.store()

    assert store.spans.tags == [("c",)]
    assert store.spans.exit[0] > 0


def test_too_many_open_spans_are_forgotten() -> None:
    traced = Traced()
    for number in range(MOST_OPEN + 1):
        traced.write(f">:{number}:a::")
    (row,) = traced.work(ONE)
    traced.write(">:999:b::")
    (inside,) = traced.work(ONE)
    store = traced.store()

    assert len(store.spans) == MOST_OPEN + 1
    assert field_text(store, row, "evtin.span.id") == "<NA>"
    assert field_text(store, inside, "evtin.span.id") == "999"


def test_events_in_spans_of_threads_processes_and_children() -> None:
    traced = Traced()
    traced.write(">:1:a:k=v:")
    own, thread, child, shell = traced.work(ONE, 201, OTHER, 100)
    traced.write("<:1:a::")
    store = traced.store()

    def of(text: str) -> set[int]:
        return {row for row in (own, thread, child, shell) if store.number[row] in accepted(store, text)}

    assert of("evtin.span.id=1") == {own}
    assert of("evtin.span.p.tags=a") == {own, thread}
    assert of("evtin.span.s.arg.k=v") == {child}
    assert of("evtin.span.m.args=k:v") == {own, thread, child, shell}
    assert of("evtin.span.m.id!=1") == set()


@needs_sysdig
@pytest.mark.reference
def test_tracers_and_their_fields_are_those_of_the_reference(tmp_path: Path) -> None:
    store = everything().store()
    lines = reference(
        store, tmp_path, "span.id exists", "*%evt.num|" + "|".join(f"%{name}" for name in FIELDS)
    )

    assert len(lines) == len(store.spans.marks.row) > 20
    for line in lines:
        number, *texts = line.split("|")
        row = store.row_of(int(number))
        assert [field_text(store, row, name) for name in FIELDS] == texts, line


@needs_sysdig
@pytest.mark.reference
@pytest.mark.parametrize(
    "text",
    [
        "evtin.span.id=100", "evtin.span.id!=100", "evtin.span.ntags=3", "evtin.span.tags=a.b",
        "evtin.span.tag[0]=a", "evtin.span.nargs>=1", "evtin.span.s.id=100", "evtin.span.m.id=100",
        "evtin.span.m.args contains x:1", "evtin.span.m.arg[0]=1", "evtin.span.m.id exists",
        "evtin.span.id=8", "not evtin.span.m.id exists",
    ],
)  # fmt: skip
def test_events_in_spans_are_those_of_the_reference(text: str, tmp_path: Path) -> None:
    """Where both show an event: the reference hides the beginnings of writes, and what begins nested."""
    store = everything().store()
    marks = {int(store.number[row]) for row in store.spans.marks.row}
    shown = {int(line) for line in reference(store, tmp_path, "evt.num>0", "%evt.num")} - marks
    theirs = {int(line) for line in reference(store, tmp_path, text, "%evt.num")}

    assert set(accepted(store, text)) & shown == theirs & shown
    assert theirs


def reference(store: Store, folder: Path, text: str, layout: str) -> list[str]:
    capture = folder / "traced.scap"
    capture.write_bytes(store.data.tobytes())
    command = ["sysdig", "-r", str(capture), "-d", "-p", layout, text]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()
