"""Stored parameters as Python values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopscope.decode.encode import encode_param
from hopscope.decode.event_table import EVENTS, FIXED_WIDTH, Param
from hopscope.decode.values import decode_fd_list, decode_param, decode_text_list
from strategies import POINTER_TYPES, param_values

PARAMS = {
    (param.type, param.table if param.type == "DYN" else "", param.name in {"args", "env", "cgroups"}): param
    for event in EVENTS
    for param in event.params
    if param.type not in POINTER_TYPES
}
"""One parameter of every type and encoding that occurs in the event table."""


def kind(name: str) -> Param:
    return Param("x", name, "DEC", "", -1)


@given(st.data(), st.sampled_from(list(PARAMS.values())))
def test_decoding_gives_back_what_was_encoded(data: st.DataObject, param: Param) -> None:
    value = data.draw(param_values(param))
    assert decode_param(param, encode_param(param, value)) == value


@given(st.sampled_from(list(PARAMS.values())), st.binary(max_size=50))
def test_no_bytes_raise(param: Param, raw: bytes) -> None:
    decode_param(param, raw)


@pytest.mark.parametrize("name", sorted(FIXED_WIDTH))
def test_a_wrong_width_gives_the_bytes_and_nothing_gives_none(name: str) -> None:
    assert decode_param(kind(name), b"") is None
    assert decode_param(kind(name), b"\1" * 9) == b"\1" * 9


def test_texts() -> None:
    assert decode_param(kind("CHARBUF"), b"abc\0rest") == "abc"
    assert decode_param(kind("FSPATH"), b"(NULL)\0") is None
    assert decode_param(kind("CHARBUF"), b"<NA>\0") == "<NA>"
    assert decode_param(kind("CHARBUF"), b"") == ""
    assert decode_param(kind("CHARBUF"), b"\xff\0") == "\udcff"


def test_lists_of_texts_may_be_cut() -> None:
    assert decode_text_list(b"") == ()
    assert decode_text_list(b"-c\0ls -l\0") == ("-c", "ls -l")
    assert decode_text_list(b"-c\0\0") == ("-c", "")
    assert decode_text_list(b"-c\0ls") == ("-c", "ls")


def test_a_list_of_descriptors_does_not_trust_its_count() -> None:
    entry = (3).to_bytes(8, "little") + b"\x41\0"
    assert decode_fd_list(b"\1\0" + entry) == [(3, 0x41)]
    assert decode_fd_list(b"\xff\xff" + entry + entry[:5]) == [(3, 0x41)]
    assert decode_fd_list(b"\0\0" + entry) == []
    assert decode_fd_list(b"\1") == []


def test_a_dynamic_parameter_says_which_type_it_has() -> None:
    param = Param("val", "DYN", "DEC", "sockopt_dynamic_param", -1)
    assert decode_param(param, b"\2\1\0\0\0") == (2, 1)
    assert decode_param(param, b"\x63\1") == b"\x63\1"
    assert decode_param(param, b"") is None
