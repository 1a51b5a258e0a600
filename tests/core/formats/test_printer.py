"""Events in formats: what is written of missing values, widths, buffers, times, and what a terminal gets."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from hopscope.decode.payload import BufferForm
from hopscope.decode.render import render_line
from hopscope.demo import demo_path
from hopscope.fields import FIELDS, field_text
from hopscope.fields.column import Levels
from hopscope.fields.field import ArgumentForm
from hopscope.fields.values import answer_of, use_of
from hopscope.formats import DEFAULT, OutputStyle, Printer, TimeForm, compile_format
from hopscope.formats.printer import FIRST_CHUNK, LARGEST_CHUNK, chunks
from hopscope.store.build import open_store
from hopscope.store.store import Store
from recording import Recording, listed

HOSTILE = "a\x1b[2J\nb\u202e"


@pytest.fixture(scope="module")
def demo() -> Store:
    return open_store(demo_path())


def rows_of(store: Store) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.arange(len(store), dtype=np.int64)


def printed(store: Store, text: str, style: OutputStyle | None = None) -> list[str]:
    return list(Printer(store, compile_format(text), style).lines(rows_of(store)))


def recorded(payload: bytes = b"one\r\ntwo\n\x00\xff end", comm: str = "cat") -> Store:
    """Someone opens a file and reads it."""
    made = Recording(processes=[listed(100, comm)])
    made.call("open", 100, {"name": "/etc/hosts", "flags": 1}, fd=3, name="/etc/hosts", flags=1, mode=0)
    made.wait(1_500_000_000)
    made.call("read", 100, {"fd": 3, "size": 100}, res=len(payload), data=payload)
    return made.store()


def test_the_default_format_is_the_line_of_an_event(demo: Store) -> None:
    assert printed(demo, DEFAULT) == [render_line(demo, row) for row in range(len(demo))]


def test_every_field_is_printed_as_it_is_shown_elsewhere(demo: Store) -> None:
    """Columns and single look-ups agree. Not asked: what counts from the event before, ancestors,
    and what events about containers have in lines only.
    """
    names = [
        name
        for name, field in FIELDS.items()
        if field.form is not ArgumentForm.REQUIRED
        and not field.filter_only
        and not name.startswith("evt.deltatime")
        and name not in ("proc.name", "thread.tid")
        and not isinstance(answer_of(demo, use_of(name)), Levels)
    ]
    rows = rows_of(demo)[::61]
    for name in [*names, "evt.arg.fd", "evt.arg[1]", "proc.aname[1]", "evt.rawarg.res", "thread.cgroup.cpu"]:
        made = list(Printer(demo, compile_format(f"*%{name}")).lines(rows))
        assert made == [field_text(demo, row, _plain(name)) for row in rows.tolist()], name


def _plain(name: str) -> str:
    return {"evt.arg.fd": "evt.arg[fd]", "thread.cgroup.cpu": "thread.cgroup[cpu]"}.get(name, name)


def test_events_without_a_value_are_kept_or_left_out() -> None:
    store = recorded()

    assert printed(store, "*%evt.num %fd.name|%evt.buflen") == [
        "1 <NA>|<NA>", "2 /etc/hosts|<NA>", "3 /etc/hosts|<NA>", "4 /etc/hosts|15",
    ]  # fmt: skip
    assert printed(store, "%fd.name %evt.num") == ["/etc/hosts 2", "/etc/hosts 3", "/etc/hosts 4"]
    assert printed(store, "same") == ["same"] * 4


def test_widths_pad_and_cut_on_the_right() -> None:
    store = recorded()

    assert printed(store, "*%4evt.num|%6fd.name|%2fd.name|")[:2] == ["1   |<NA>  |<N|", "2   |/etc/h|/e|"]
    assert printed(store, "%0evt.num|")[0] == "1|"
    assert printed(store, "100 percent: %evt.num%evt.num")[2] == "100 percent: 33"


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        (BufferForm.CUT, "one..two... end"),
        (BufferForm.TEXT, "\none\ntwo\n end"),
        (BufferForm.HEX, "\n\t0x0000: 6f6e 650d 0a74 776f 0a00 ff20 656e 64\n"),
        (
            BufferForm.HEX_AND_TEXT,
            "\n\t0x0000: 6f6e 650d 0a74 776f 0a00 ff20 656e 64  one..two... end\n",
        ),
        (BufferForm.BASE64, "b25lDQp0d28KAP8gZW5k"),
    ],
)
def test_buffers_have_their_form_wherever_they_are_printed(form: BufferForm, shown: str) -> None:
    store = recorded()
    made = printed(store, "%evt.buffer|%evt.arg.data|%evt.args", OutputStyle(form))

    assert made == [f"{shown}|{shown}|res=15 data={shown} "]


def test_only_the_plain_form_cuts_buffers() -> None:
    store = recorded(b"x" * 200)

    assert printed(store, "%evt.buffer") == ["x" * 77 + "..."]
    assert printed(store, "%evt.buffer", OutputStyle(BufferForm.WHOLE)) == ["x" * 200]


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        (TimeForm.RELATIVE, ["0.000000000", "0.000001000", "1.500002000", "1.500003000"]),
        (TimeForm.LATENCY, ["0.000000000", "0.000001000", "0.000000000", "0.000001000"]),
        (TimeForm.DELTA, ["0.000000000", "0.000001000", "1.500001000", "0.000001000"]),
    ],
)
def test_output_times(form: TimeForm, shown: list[str]) -> None:
    store = recorded()
    steps = np.diff(store.time)
    assert steps.tolist() == [1000, 1_500_001_000, 1000]

    assert printed(store, "%evt.outputtime", OutputStyle(times=form)) == shown


def test_absolute_times_are_seconds_and_nanoseconds_as_the_reference_writes_them() -> None:
    store = recorded()
    first = int(store.time[0])

    made = printed(store, "%evt.outputtime", OutputStyle(times=TimeForm.ABSOLUTE))[0]
    assert made == f"{first // 1_000_000_000}.{first % 1_000_000_000}"


def test_times_between_events_count_those_that_are_not_printed_too() -> None:
    store = recorded()

    assert printed(store, "%evt.num %evt.deltatime %evt.buflen") == ["4 1000 15"]
    rows = np.array([0, 3], np.int64)
    made = Printer(store, compile_format("%evt.deltatime %evt.deltatime.s %evt.deltatime.ns"))
    assert list(made.lines(rows)) == ["0 0 000000000", "1500003000 1 500003000"]


def test_time_that_runs_backwards_is_negative() -> None:
    made = Recording()
    made.event("read", ">", 100, fd=3, size=1)
    made.wait(-1_000_006_000)
    made.event("read", ">", 200, fd=3, size=1)
    store = made.store()
    parts = "%evt.deltatime %evt.deltatime.s %evt.deltatime.ns %evt.outputtime"

    assert (
        printed(store, parts, OutputStyle(times=TimeForm.DELTA))[1] == "-1000005000 -1 -00005000 -1.000005000"
    )


def test_a_terminal_gets_no_line_end_or_sequence_from_the_capture() -> None:
    store = recorded(HOSTILE.encode(), HOSTILE[:15])
    text = "%proc.name|%evt.args|%evt.rawarg.data\n%evt.num"

    for form in BufferForm:
        (line,) = printed(store, text, OutputStyle(form, safe=True))
        assert "\x1b" not in line
        assert "\u202e" not in line
        own = 1 + sum(one.count("\n") for one in printed(store, "%evt.buffer", OutputStyle(form)))
        assert line.count("\n") == own
    assert "a\\x1b[2J\\nb" in line
    assert "\x1b[2J\nb" in printed(store, text)[0]


def test_objects_hold_numbers_as_numbers_and_texts_as_text() -> None:
    store = recorded()
    made = Printer(
        store, compile_format("*%20evt.num %fd.name %evt.is_io %evt.buffer %evt.time %fd.dev %evt.num")
    )
    objects = list(made.objects(rows_of(store)))

    assert objects[3] == {
        "evt.buffer": "one..two... end",
        "evt.is_io": True,
        "evt.num": 4,
        "evt.time": int(store.time[3]),
        "fd.dev": objects[3]["fd.dev"],  # type: ignore[index]
        "fd.name": "/etc/hosts",
    }
    assert isinstance(objects[3]["fd.dev"], str)
    assert objects[0]["fd.name"] is None  # type: ignore[index]
    assert list(objects[0]) == sorted(objects[0])  # type: ignore[arg-type]
    assert len(list(Printer(store, compile_format("%fd.name")).objects(rows_of(store)))) == 3
    assert list(Printer(store, compile_format("x")).objects(rows_of(store))) == [None] * 4


def test_first_lines_are_there_before_the_rest_is_made(demo: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def counted(rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> object:
        for chunk in chunks(rows):
            asked.append(len(chunk))
            yield chunk

    monkeypatch.setattr("hopscope.formats.printer.chunks", counted)
    lines = Printer(demo, compile_format(DEFAULT)).lines(rows_of(demo))

    assert len(list(islice(lines, 10))) == 10
    assert asked == [FIRST_CHUNK]


def test_chunks_grow_and_hold_every_row_once() -> None:
    rows = np.arange(100_000, dtype=np.int64)
    parts = list(chunks(rows))

    assert np.array_equal(np.concatenate(parts), rows)
    assert [len(part) for part in parts[:5]] == [256, 1024, 4096, LARGEST_CHUNK, LARGEST_CHUNK]
    assert list(chunks(rows[:0])) == []
