"""Whole events as text."""

from __future__ import annotations

import gc
import weakref
from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from hopscope.decode.event_table import EVENTS
from hopscope.decode.render import decoded_args, event_name, line_fields, render_info, render_line

from .one_event import OneEvent, one_event


def test_a_line_of_the_default_format() -> None:
    store = one_event("openat", "<", fd=3, dirfd=-100, name="/etc/hosts", flags=4097, mode=0)
    assert render_line(store, 0, UTC) == (
        "7 15:06:40.123456789 2 cat (100) < openat fd=3(<f>/etc/psswd) dirfd=-100(AT_FDCWD)"
        " name=/etc/hosts flags=4097(O_RDONLY|O_CLOEXEC) mode=0 "
    )


def test_the_fields_of_a_line_by_name() -> None:
    store = one_event("close", "<", res=-9)
    assert line_fields(store, 0, UTC) == {
        "evt.num": 7,
        "evt.outputtime": "15:06:40.123456789",
        "evt.cpu": 2,
        "proc.name": "cat",
        "thread.tid": 100,
        "evt.dir": "<",
        "evt.type": "close",
        "evt.info": "res=-9(EBADF) ",
    }


def test_only_stored_parameters_are_printed() -> None:
    assert render_info(OneEvent(7, [bytes(8)]), 0) == "res=0 "
    assert render_info(OneEvent(7, []), 0) == ""


def test_events_of_a_new_capture_show_the_parameters_that_new_releases_append() -> None:
    store = one_event("close", "<", release=2, res=0, fd=4)
    assert render_info(store, 0) == "res=0 fd=4(<4t>1.2.3.4:5->6.7.8.9:80) "


def test_generic_events_are_called_by_their_system_call_and_keep_their_arguments_to_themselves() -> None:
    store = one_event("syscall", ">", ID=102, nativeID=39)
    assert event_name(store, 0) == "sched_rr_get_interval"
    assert render_info(store, 0) == ""
    assert render_line(store, 0, UTC).endswith(f"> {event_name(store, 0)} ")
    assert [str(one) for one in decoded_args(store, 0)][1] == "nativeID=39"
    assert event_name(one_event("syscall", ">", ID=0), 0) == "<unknown>"
    assert event_name(one_event("syscall", ">", ID=60000), 0) == "<unknown>"


def test_arguments_one_by_one() -> None:
    first, second = decoded_args(one_event("read", ">", fd=4, size=1024), 0)
    assert (first.name, first.type, first.text, first.value) == ("fd", "FD", "4", 4)
    assert first.resolved == "<4t>1.2.3.4:5->6.7.8.9:80"
    assert str(first) == "fd=4(<4t>1.2.3.4:5->6.7.8.9:80)"
    assert (str(second), second.resolved, second.value) == ("size=1024", "", 1024)


def test_an_event_of_no_thread() -> None:
    store = OneEvent(4, [(4).to_bytes(8, "little")], known=False)
    assert render_line(store, 0, UTC) == "7 15:06:40.123456789 2 <NA> (100) > close fd=4 "


def test_metadata_of_a_container_names_it() -> None:
    text = b'{"container":{"id":"0123456789ab","name":"web"}}\n\0'
    store = OneEvent(272, [text], known=False)
    assert " container:0123456789ab (-1) > container json=" in render_line(store, 0, UTC)
    broken = OneEvent(272, [b"{"], known=False)
    assert " container: (-1) > container " in render_line(broken, 0, UTC)


@given(st.integers(0, len(EVENTS) - 1), st.lists(st.binary(max_size=30), max_size=35), st.booleans())
def test_nothing_in_a_capture_raises(code: int, raws: list[bytes], known: bool) -> None:
    store = OneEvent(code, raws, known=known)
    render_line(store, 0)
    assert len(decoded_args(store, 0)) <= len(raws)


def test_a_store_is_not_kept_alive_by_having_been_rendered() -> None:
    store = one_event("close", ">", fd=4)
    render_line(store, 0)
    gone = weakref.ref(store)
    del store
    gc.collect()
    assert gone() is None
