"""Many events at once are rendered as each of them is alone."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from hopscope.decode.payload import BufferForm
from hopscope.decode.render import decoded_args, render_args, render_info
from hopscope.decode.render_columns import MOST_KEPT, Style, _Texts, many_events
from hopscope.demo import demo_path
from hopscope.fields import field_text
from hopscope.store.build import open_store
from hopscope.store.store import Store
from hopscope.text import visible
from paths import SHARED, needs_shared
from recording import Recording


def check(store: Store, form: BufferForm = BufferForm.CUT) -> None:
    rows = np.arange(len(store), dtype=np.int64)
    many = many_events(store, Style(form))
    for part in np.array_split(rows, 3):
        assert many.info(store, part) == [render_info(store, row, None, form) for row in part.tolist()]


@pytest.fixture(scope="module")
def demo() -> Store:
    return open_store(demo_path())


@pytest.mark.parametrize("form", BufferForm)
def test_the_demo(demo: Store, form: BufferForm) -> None:
    check(demo, form)


@needs_shared
@pytest.mark.shared
@pytest.mark.parametrize("name", ["lab-calls-2024", "lab-calls-2026", "run_as_user_0_container"])
def test_real_captures(name: str) -> None:
    check(open_store(SHARED / f"{name}.scap"))


def test_arguments_alone(demo: Store) -> None:
    rows = np.arange(0, len(demo), 7, dtype=np.int64)
    many = many_events(demo, Style())
    assert many.args(demo, rows) == [render_args(demo, row) for row in rows.tolist()]
    for name in ("fd", "res", "name", "data", "next", "flags", "ID"):
        alone = []
        for row in rows.tolist():
            found = [one for one in decoded_args(demo, row) if one.name == name]
            alone.append(found[0].resolved or found[0].text if found else None)
        assert many.argument(demo, rows, name) == alone
    seconds = [decoded_args(demo, row)[1:2] for row in rows.tolist()]
    assert many.argument(demo, rows, 1) == [
        one[0].resolved or one[0].text if one else None for one in seconds
    ]
    assert many.argument(demo, rows, 99) == [None] * len(rows)


@pytest.mark.parametrize("seed", range(6))
def test_damaged_captures(tmp_path: Path, seed: int) -> None:
    """Lengths and numbers that make no sense are told in the same way."""
    chance = random.Random(seed)
    content = bytearray(demo_path().read_bytes())
    for _ in range(400):
        content[chance.randrange(len(content) // 10, len(content))] = chance.choice((0, 1, 255))
    path = tmp_path / "damaged.scap"
    path.write_bytes(content)

    store = open_store(path)
    if (store.descriptors.fd >> 31).any():
        # Such numbers share their key with others: which one is found depends on what was asked before.
        many_events(store, Style()).info(store, np.arange(len(store), dtype=np.int64))
    else:
        check(store)


def test_a_list_that_is_polled_again_is_told_with_what_was_open_then() -> None:
    recording = Recording()
    rows = [_poll(recording)]
    recording.call("open", 100, fd=7, name="/etc/hosts", flags=1)
    rows += [_poll(recording), _poll(recording)]
    recording.call("close", 100, {"fd": 7}, res=0)
    rows.append(_poll(recording))
    recording.call("pipe", 100, res=0, fd1=7, fd2=8, ino=5)
    rows.append(_poll(recording))
    rows.append(_poll(recording, tid=200))
    store = recording.store()
    told = ["7:?1 8:?4", "7:f1 8:?4", "7:f1 8:?4", "7:?1 8:?4", "7:p1 8:p4", "7:?1 8:?4"]

    for order in (rows, rows[::-1]):
        assert [render_args(store, row).split("fds=")[1] for row in rows] == [
            f"{one} timeout=9 " for one in told
        ]
        assert [many_events(store, Style()).argument(store, np.array([row]), "fds") for row in order] == [
            [told[rows.index(row)]] for row in order
        ]
    assert [field_text(store, row, "fdlist.names") for row in rows[:2]] == ["<NA>,<NA>", "/etc/hosts,<NA>"]


def _poll(recording: Recording, tid: int = 100) -> int:
    return recording.call("poll", tid, {"fds": [(7, 1), (8, 4)], "timeout": 9}, res=0) - 1


def test_a_socket_that_hears_messages_is_polled_as_what_they_make_of_it() -> None:
    """A socket over IPv6 that is told of IPv4 is an IPv4 one in the reference."""
    recording = Recording()
    recording.call("socket", 100, {"domain": 10, "type": 2, "proto": 0}, fd=7)
    recording.call("bind", 100, {"fd": 7}, res=0, addr=("2001:db8::9", 53))
    before = _poll(recording)
    ends = ("::ffff:10.0.0.5", 4000), ("::ffff:10.0.0.9", 53)
    recording.call("recvfrom", 100, {"fd": 7, "size": 9}, res=1, data=b"x", tuple=ends)
    after = _poll(recording)
    store = recording.store()

    assert [render_args(store, row)[:9] for row in (before, after, before)] == [
        "fds=7:61 ",
        "fds=7:41 ",
        "fds=7:61 ",
    ]


def test_a_terminal_gets_visible_text_only(demo: Store) -> None:
    rows = np.arange(0, len(demo), 5, dtype=np.int64)
    safe, plain = many_events(demo, Style(safe=True)), many_events(demo, Style())

    assert safe.info(demo, rows) == [visible(text) for text in plain.info(demo, rows)]


def test_kept_texts_are_limited() -> None:
    texts = _Texts(str)
    for value in range(MOST_KEPT + 10):
        assert texts[value] == str(value)

    assert len(texts) == 10
