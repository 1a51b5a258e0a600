"""What is read of the text of a tracer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopscope.decode.tracer import Scope, Tracer, Unread, read_tracer


@pytest.mark.parametrize(
    ("text", "tracer"),
    [
        (b">:5:a.b:x=1,y=two:", Tracer(True, 5, ("a", "b"), (("x", "1"), ("y", "two")))),
        (b"<:5:a.b::", Tracer(False, 5, ("a", "b"))),
        (b"<:-5:a::\n", Tracer(False, -5, ("a",))),
        (b">::a::", Tracer(True, 0, ("a",))),
        (b">:g:a::", Tracer(True, 0, ("a",))),
        (b">:t:a::", Tracer(True, Scope.THREAD, ("a",))),
        (b">:p:a::", Tracer(True, Scope.PROCESS, ("a",))),
        (b">:pp:a::", Tracer(True, Scope.PARENT, ("a",))),
        (b">:5:::", Tracer(True, 5)),
        (b">:5:a:x=:", Tracer(True, 5, ("a",), (("x", ""),))),
        (b'[">", 5, ["a", "b"], [{"x":"1"}]]', Tracer(True, 5, ("a", "b"), (("x", "1"),))),
        (b'["<", 5, ["a"], []]', Tracer(False, 5, ("a",))),
    ],
)
def test_a_whole_tracer(text: bytes, tracer: Tracer) -> None:
    assert read_tracer(text) == tracer


@pytest.mark.parametrize("end", range(1, 18))
def test_the_beginning_of_one_is_cut(end: int) -> None:
    assert read_tracer(b">:5:a.b:x=1,y=two:"[:end]) is Unread.CUT


@pytest.mark.parametrize("text", [b"", b"hello", b">a", b">:x:a::", b">:5:a\n::", b">:5:a:x:", b"[1]]"])
def test_other_text_is_none(text: bytes) -> None:
    assert read_tracer(text) is Unread.NOT_ONE


@given(st.binary(max_size=60) | st.from_regex(rb"[<>\[]:?[tp0-9-]*[:.a,=\"\[\]{}\n]*", fullmatch=True))
def test_any_bytes_are_read(data: bytes) -> None:
    assert isinstance(read_tracer(data), Tracer | Unread)
