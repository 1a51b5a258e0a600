"""The manual page: that it is complete, and that troff takes it as it is meant."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from hopscope.cli import COMMANDS, OPEN
from hopscope.cli.manual import Entry, manual_page

PAGE = Path(__file__).resolve().parents[3] / "docs" / "hopscope.1"
MACROS = {"TH", "SH", "SS", "TP", "PP", "B", "br", "nh", "ad"}
ESCAPES = {
    r"\e": "\\", r"\-": "-", r"\(aq": "'", r"\(ga": "`", r"\(ha": "^", r"\(ti": "~", r"\(dq": '"', r"\&": "",
    r"\fB": "", r"\fR": "",
}  # fmt: skip
_ESCAPE = re.compile(r"\\(?:\(..|f.|.)")


def plain(line: str) -> str:
    """A line as a person sees it; an escape that is none fails."""
    return _ESCAPE.sub(lambda match: ESCAPES[match[0]], line)


def lines() -> list[str]:
    return PAGE.read_text(encoding="utf-8").splitlines()[1:]


def test_every_line_is_text_or_a_macro_of_the_manual() -> None:
    for line in lines():
        macro = re.match(r"\.(\S+)", line)
        assert macro is None or macro[1] in MACROS, line
        assert line
        assert not line.startswith("'")
        plain(line)


def test_the_sections_come_in_the_usual_order() -> None:
    sections = [line.removeprefix(".SH ") for line in lines() if line.startswith(".SH ")]

    assert sections == [
        "NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "KEYS", "ENVIRONMENT", "FILES", "EXIT STATUS",
        "SEE ALSO",
    ]  # fmt: skip
    assert lines()[lines().index(".SH NAME") + 1].startswith("hopscope \\- ")


@pytest.mark.parametrize("command", [OPEN, *COMMANDS.values()], ids=lambda one: one.name or "screen")
def test_every_command_has_a_section_with_all_that_it_takes(command: object) -> None:
    from hopscope.cli import Command

    assert isinstance(command, Command)
    whole = [plain(line) for line in lines()]
    begin = whole.index(f".SS {command.synopsis}")
    ends = [i for i, line in enumerate(whole) if i > begin and line.startswith((".SS", ".SH"))]
    tags = [line.removeprefix(".B ") for line in whole[begin : ends[0]] if line.startswith(".B ")]

    assert f".B {command.synopsis}" in whole
    for argument in command.arguments:
        for flag in argument.flags if argument.is_option else ():
            assert any(flag in re.split(r", | ", tag) for tag in tags), flag
    assert {example.line for example in command.examples} <= set(tags)


def test_what_would_be_a_request_or_an_escape_is_text() -> None:
    page = manual_page([("Odd", [Entry(".so /etc/passwd", "'quoted' \\n and `.\\fB`")])])

    assert ".B \\&.so /etc/passwd" in page
    assert "\\(aqquoted\\(aq \\en and \\fB\\&.\\efB\\fR" in page


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_groff_has_nothing_to_say_against_it() -> None:
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-Kutf8", "-ww", str(PAGE)], capture_output=True, check=True, timeout=60
    )

    assert done.stderr == b""
    assert b"hopscope" in done.stdout
