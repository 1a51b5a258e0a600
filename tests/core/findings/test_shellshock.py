"""Commands hidden behind functions in the environment of shells."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.findings.looking import found
from core.reports.made import START, begun, opened
from hopscope.decode.capture_writer import CaptureWriter
from hopscope.findings.rules.shellshock import smuggled


@pytest.mark.parametrize(
    ("value", "commands"),
    [
        ("() { :; }; /bin/id", "/bin/id"),
        ("() { :;}; echo vulnerable", "echo vulnerable"),
        ("(){ x;}; id", "id"),
        ("() { { a; }; }; id", "id"),
        ("() { (a)=>\\", "() { (a)=>\\"),
        ("() {  echo hello\n}", None),
        ("() { if true; then { :; }; fi; }", None),
        ("() { :; };", None),
        ("/usr/bin:/bin", None),
        ("x () { :; }; id", None),
    ],
)
def test_what_stands_behind_a_function(value: str, commands: str | None) -> None:
    assert smuggled(value) == commands


def runs(writer: CaptureWriter, comm: str, env: tuple[str, ...], at: int) -> None:
    writer.event("execve", ">", ts=START + at, tid=100, filename=f"/bin/{comm}")
    writer.event(
        "execve", "<", ts=START + at + 10, tid=100, res=0, exe=f"/bin/{comm}", args=(), tid_=100, pid=100,
        ptid=1, cwd="/", fdlimit=1024, comm=comm, env=env, cgroups=(),
    )  # fmt: skip


def test_only_shells_that_started_with_such_a_variable_are_found(tmp_path: Path) -> None:
    bad = ("PATH=/bin", "HTTP_USER_AGENT=() { :; }; /bin/cat /etc/passwd")

    def fill(writer: CaptureWriter) -> None:
        begun(writer)
        for at, (comm, env) in enumerate(
            (("bash", bad), ("sh", bad), ("perl", bad), ("bash", ("F=() {  echo a\n}",)), ("bash", ()))
        ):
            runs(writer, comm, env, at * 1000)

    store = opened(tmp_path, fill)
    (one,) = found(store, "shellshock")
    assert one.sentence == (
        "bash was started with commands behind a function in its variable HTTP_USER_AGENT: "
        "/bin/cat /etc/passwd, twice"
    )
    assert len(one.evidence) == 2
