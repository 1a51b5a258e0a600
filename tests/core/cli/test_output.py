"""What reaches a terminal, a pipe, a JSON reader."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from hopscope.cli.output import BLOCK, Output, json_array, json_document, json_line
from hopscope.cli.table import Heading, print_table

HOSTILE = "a\x1b[31mred\x07\x9b2J\r\nend\u202egnp\u2066x"


class CountingBytes(io.BytesIO):
    """Counts how often something is written."""

    writes = 0

    def write(self, data: Any) -> int:
        self.writes += 1
        return super().write(data)


class Stream(io.TextIOWrapper):
    """Standard output that may claim to be a terminal."""

    def __init__(self, terminal: bool) -> None:
        self.bytes = CountingBytes()
        self.terminal = terminal
        super().__init__(self.bytes, encoding="utf-8")

    def isatty(self) -> bool:
        return self.terminal

    def text(self) -> str:
        self.flush()
        return self.bytes.getvalue().decode("utf-8", "surrogateescape")


def test_a_terminal_gets_nothing_that_could_steer_it() -> None:
    stream = Stream(terminal=True)
    Output(stream).lines([HOSTILE])

    assert stream.text() == "a\\x1b[31mred\\x07\\x9b2J\\r\\nend\\u202egnp\\u2066x\n"


def test_a_pipe_gets_the_exact_bytes() -> None:
    line = b"odd \xff\xfe \x1b[m".decode("utf-8", "surrogateescape")
    stream = Stream(terminal=False)
    Output(stream).lines([line])

    assert stream.bytes.getvalue() == b"odd \xff\xfe \x1b[m\n"


def test_odd_bytes_are_spelt_out_on_a_terminal() -> None:
    stream = Stream(terminal=True)
    Output(stream).lines([b"caf\xc3\xa9 \xff".decode("utf-8", "surrogateescape")])

    assert stream.text() == "café \\xff\n"


def test_many_lines_are_few_writes() -> None:
    stream = Stream(terminal=False)
    output = Output(stream)
    output.lines("x" * 99 for _ in range(5000))

    assert stream.text().count("\n") == 5000
    assert stream.bytes.writes <= 5000 * 100 // BLOCK + 2


def test_unbuffered_lines_are_handed_on_one_by_one() -> None:
    stream = Stream(terminal=False)
    Output(stream).lines(["one", "two\nlines", "three"], unbuffered=True)

    assert stream.bytes.getvalue() == b"one\ntwo\nlines\nthree\n"
    assert stream.bytes.writes == 3


def test_lines_that_were_made_safe_keep_their_line_ends() -> None:
    stream = Stream(terminal=True)
    Output(stream).lines(["data=\none"], made_safe=True)

    assert stream.text() == "data=\none\n"


def test_json_takes_arrays_and_odd_bytes() -> None:
    odd = b"\xff".decode("utf-8", "surrogateescape")

    assert json.loads(json_line({"n": np.int64(3), "list": np.arange(2)})) == {"n": 3, "list": [0, 1]}
    assert json.loads(json_document([{odd: [odd]}])) == [{"�": ["�"]}]


def test_json_rounds_integers_that_no_reader_takes() -> None:
    """Times that damage has put apart differ by more than 64 bits hold."""
    assert json.loads(json_line([(1 << 64) - 1, -(1 << 63)])) == [(1 << 64) - 1, -(1 << 63)]
    assert json.loads(json_line({"span": 1 << 64})) == {"span": float(1 << 64)}
    assert json.loads(json_document([-(1 << 63) - 1])) == [-float(1 << 63)]


@pytest.mark.parametrize("terminal", [False, True])
def test_a_table_shows_text_and_obeys_none_of_it(terminal: bool) -> None:
    stream = Stream(terminal)
    headings = (Heading("NAME"), Heading("COUNT", right=True))
    print_table(Output(stream), headings, [("[bold]x[/bold]", "7"), ("漢字\x1b[2J", "1234")])

    shown = stream.text()
    assert "[bold]x[/bold]" in shown
    assert ("\x1b[2J" in shown) is not terminal


def test_columns_line_up_also_with_wide_characters() -> None:
    stream = Stream(terminal=False)
    print_table(Output(stream), (Heading("A"), Heading("N", right=True)), [("漢字", "1"), ("abcd", "22")])

    assert stream.text() == "A     N\n漢字  1\nabcd 22\n"


def test_a_table_fits_the_window_and_loses_the_ends_of_the_widest_cells(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Stream(terminal=True)
    headings = (Heading("N", right=True), Heading("SHORT"), Heading("LONG"))
    print_table(Output(stream), headings, [("7", "stays", "x" * 50), ("8", "stays", "漢字" * 9)])

    assert stream.text().splitlines() == [
        "N SHORT LONG",
        "7 stays xxxxxxxxxxxxxxxxxxxxx…",
        "8 stays 漢字漢字漢字漢字漢字…",
    ]


def test_rows_are_printed_as_they_come() -> None:
    """A table of a long list needs no memory for all of it."""
    stream = Stream(terminal=False)
    asked: list[int] = []

    def rows() -> Iterator[tuple[str]]:
        for number in range(20_000):
            asked.append(number)
            if number == 19_999:
                assert len(stream.text()) > 50_000
            yield (str(number),)

    print_table(Output(stream), (Heading("NUMBER", right=True),), rows())
    assert len(asked) == 20_000


@pytest.mark.parametrize("values", [[], [1], [{"a": 1}, {"a": [2]}]])
def test_a_json_array_of_any_length(values: list[object]) -> None:
    assert json.loads("\n".join(json_array(iter(values)))) == values
