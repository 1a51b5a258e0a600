"""The table of chisels, and what runs by their names."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from commands import Hopscope
from hopscope.cli import COMMANDS
from hopscope.cli.chisel import split_words
from hopscope.cli.chisel_table import chisel_named, chisels, command_lines
from hopscope.demo import demo_path

DEMO = str(demo_path())
needs_sysdig = pytest.mark.skipif(shutil.which("sysdig") is None, reason="sysdig is not installed")


@needs_sysdig
@pytest.mark.reference
def test_every_chisel_of_the_reference_is_in_the_table() -> None:
    listed = subprocess.run(["sysdig", "-cl"], capture_output=True, text=True, check=True).stdout
    names = {line.split()[0] for line in listed.splitlines() if line[:1].islower()}

    assert len(names) > 45
    assert names <= set(chisels())


@pytest.mark.parametrize("name", chisels())
def test_every_chisel_has_an_answer_that_is_a_command_or_a_reason(name: str) -> None:
    chisel = chisels()[name]
    assert bool(chisel.answer) != bool(chisel.reason)
    if chisel.answer is None:
        return
    for given in range(chisel.required, len(chisel.arguments) + 1):
        values = [next(iter(one.values), "5") for one in chisel.arguments[:given]]
        for command, *words in command_lines(chisel, DEMO, values, "evt.num>0"):
            parsed = COMMANDS[command].parser().parse_intermixed_args(words)
            assert DEMO in (parsed.capture, *getattr(parsed, "captures", ()))


@pytest.mark.parametrize(
    ("words", "given", "condition"),
    [
        (["53"], ["53"], ""),
        (["53", "proc.name=curl"], ["53"], "proc.name=curl"),
        (
            ["53", "disable_colors", "proc.name=curl", "or", "evt.num=1"],
            ["53", "disable_colors"],
            "proc.name=curl or evt.num=1",
        ),
        (["53 disable_colors", "proc.name=curl"], ["53", "disable_colors"], "proc.name=curl"),
    ],
)
def test_arguments_end_where_a_filter_begins(words: list[str], given: list[str], condition: str) -> None:
    assert split_words(chisel_named("spy_port"), words) == (given, condition)


def test_the_filter_of_a_state_is_the_first_argument_and_the_other_names_the_moment() -> None:
    chisel = chisel_named("lsof")
    given, condition = split_words(chisel, ["proc.name=curl", "evt.num>=100"])

    assert command_lines(chisel, "c.scap", given, condition) == [
        ["state", "lsof", "c.scap", "--threads", "--at", "evt.num>=100", "--filter=proc.name=curl"]
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("topprocs_nt", DEMO), "did you mean topprocs_net"),
        (("spy_port", DEMO), "spy_port host_port [disable_color]"),
        (("spy_port", DEMO, "1 disable_color 3"), "takes no more than this"),
        (("httptop", DEMO, "colour"), "can be ncalls, time, bytes"),
        (("tracers_2_statsd", DEMO), "nothing from a capture is sent anywhere"),
        (("spy_ip", DEMO, "'unclosed"), "is not closed"),
        (("scallslower", DEMO, "soon"), "no time in milliseconds"),
        (("fdbytes_by", DEMO, "no.field"), "there is no field no.field"),
    ],
)
def test_mistakes_are_one_sentence(hopscope: Hopscope, words: tuple[str, ...], said: str) -> None:
    done = hopscope("chisel", *words)

    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert said in done.err


def test_a_chisel_prints_what_its_answer_prints(hopscope: Hopscope) -> None:
    shown = hopscope("chisel", "spy_port", DEMO, "53", "proc.name=fetch", "--show").out
    assert shown == f"hopscope echo {DEMO} --only net '--filter=(fd.port=53) and (proc.name=fetch)'\n"
    by_hand = hopscope("echo", DEMO, "--only", "net", "fd.port=53", "and", "proc.name=fetch")
    assert hopscope("chisel", "spy_port", DEMO, "53", "proc.name=fetch").out == by_hand.out != ""
    assert hopscope("chisel", "topconns", DEMO, "--json").out.startswith("[\n")


def test_the_table_is_printed(hopscope: Hopscope) -> None:
    text = hopscope("chisels").out
    assert "hopscope echo CAPTURE --only net --filter 'fd.port=HOST_PORT'" in text
    rows = json.loads(hopscope("chisels", "--json").out)
    assert [one["chisel"] for one in rows] == list(chisels())


def test_values_are_taken_as_they_are() -> None:
    (line,) = command_lines(chisel_named("spy_file"), "c.scap", ["R", "a b) or evt.num>0"], "")
    assert line[-1] == '--filter=fd.name="a b) or evt.num>0"'


# --- around and udp --------------------------------------------------------------------------------


def test_events_around_others_are_printed_or_written(hopscope: Hopscope, tmp_path: Path) -> None:
    words = ("around", DEMO, "evt.failed=true and proc.name=httpd", "--ms", "5")
    printed = hopscope(*words, "-p", "%evt.num").out.split()
    one = f"({' or '.join(f'evt.around[{time}]=5 and thread.tid={tid}' for time, tid in _centres(hopscope))})"
    assert printed == hopscope("events", DEMO, "-p", "%evt.num", one).out.split() != []

    target = tmp_path / "near.scap"
    assert hopscope(*words, "-w", str(target)).out == ""
    assert len(hopscope("events", str(target)).out.splitlines()) == len(printed)
    again = hopscope(*words, "-w", str(target))
    assert (again.status, again.err.count("--force")) == (2, 1)
    assert len(hopscope(*words, "--every-thread", "-p", "%evt.num").out.split()) > len(printed)
    assert hopscope("around", DEMO).status == 2


def _centres(hopscope: Hopscope) -> list[list[str]]:
    text = "evt.failed=true and proc.name=httpd"
    return [
        line.split()
        for line in hopscope("events", DEMO, text, "-p", "%evt.rawtime %thread.tid").out.splitlines()
    ]


def test_datagrams_are_listed_and_taken_out(hopscope: Hopscope, tmp_path: Path) -> None:
    listed = json.loads(hopscope("udp", DEMO, "--json").out)
    folder = tmp_path / "out"
    done = hopscope("udp", DEMO, "--extract", str(folder))

    assert (done.status, done.out) == (0, "")
    files = sorted(folder.iterdir())
    assert len(files) == len(listed) > 5
    assert sum(file.stat().st_size for file in files) == sum(one["recorded"] for one in listed)
    if os.name == "posix":
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    question = next(file for file in files if file.name == "10.244.0.17_40112--10.96.0.10_53")
    assert b"inventory" in question.read_bytes()
    assert "10.244.0.17:40112->10.96.0.10:53" in hopscope("udp", DEMO).out


def test_nothing_is_overwritten_by_datagrams(hopscope: Hopscope, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    taken = folder / "10.244.0.17_40112--10.96.0.10_53"
    taken.symlink_to(tmp_path / "elsewhere")
    done = hopscope("udp", DEMO, "--extract", str(folder))

    assert (done.status, done.err.count("exists already; nothing was written")) == (2, 1)
    assert list(folder.iterdir()) == [taken]
    assert not (tmp_path / "elsewhere").exists()
    assert hopscope("udp", DEMO, "--extract", str(tmp_path / "no" / "folder")).status == 2
    assert hopscope("udp", DEMO, "--extract", str(folder), "--json").status == 2


def test_findings_of_one_rule(hopscope: Hopscope) -> None:
    found = json.loads(hopscope("findings", DEMO, "--rule", "search-list", "--json").out)
    assert {one["rule"] for one in found} == {"search-list"}
    assert hopscope("findings", DEMO, "--rule", "nonsense").status == 2
