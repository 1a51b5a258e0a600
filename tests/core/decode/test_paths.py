"""Paths as the reference resolves them. Examples tried on sysdig 0.29.3."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopscope.decode.paths import TOO_LONG, dots_for_bytes, dotted, join_path, stripped


@pytest.mark.parametrize(
    ("base", "path", "whole"),
    [
        ("/home/bob/", "rel", "/home/bob/rel"),
        ("/home/bob/", "./x", "/home/bob/x"),
        ("/home/bob/", "a/../b", "/home/bob/b"),
        ("/home/bob/", ".", "/home/bob"),
        ("/home/bob/", "..", "/home"),
        ("/home/bob/", "../..", "/"),
        ("/home/bob/", "../../../..", "/"),
        ("/home/bob/", "", "/home/bob"),
        ("/home/bob/", "/etc//passwd", "/etc/passwd"),
        ("/home/bob/", "/a//b/", "/a/b"),
        ("/home/bob/", "/", "/"),
        ("/home/bob/", "..x/.y", "/home/bob/..x/.y"),
        ("/home//bob/", "x", "/home//bob/x"),  # the base is taken as it is
        ("", "./x", "x"),
        ("", "..", ""),
        ("/", "(NULL)", "/(NULL)"),
    ],
)
def test_paths_are_resolved_textually(base: str, path: str, whole: str) -> None:
    assert join_path(base, path) == whole


def test_a_path_that_is_too_long_is_a_constant() -> None:
    assert join_path("/", "x" * 1021) == "/" + "x" * 1021
    assert join_path("/", "x" * 1022) == TOO_LONG
    assert join_path("/", "ü" * 511) == TOO_LONG  # bytes count, not letters


@given(st.text("/.ab", max_size=30))
def test_what_is_resolved_has_nothing_left_to_resolve(path: str) -> None:
    whole = join_path("/srv/", path)
    assert whole.startswith("/")
    assert whole == "/" or not whole.endswith("/")
    assert not {"", ".", ".."} & set(whole.strip("/").split("/")) or whole == "/"


def test_bytes_that_are_not_printable_ascii() -> None:
    odd = b"a\xff\xc3\xbc\x07b".decode("utf-8", "surrogateescape")
    assert dotted(odd) == "a....b"
    assert stripped(odd) == "ab"
    assert dotted("plain ~") == stripped("plain ~") == "plain ~"
    assert dots_for_bytes(b"\x1f \x7e\x7f\x80") == ". ~.."
