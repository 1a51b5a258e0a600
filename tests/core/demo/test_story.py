"""The demo capture: always the same, and read by the reference without a word of complaint."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from hopscope.demo import demo_path
from hopscope.demo.story import capture, records

needs_sysdig = pytest.mark.skipif(shutil.which("sysdig") is None, reason="sysdig is not installed")


def sysdig(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sysdig", "-r", str(demo_path()), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"TZ": "UTC"},
    )


def test_the_shipped_file_is_what_the_script_makes() -> None:
    made = capture()

    assert made == capture()
    assert made == demo_path().read_bytes(), "run `make demo-capture`"


def test_it_has_a_few_thousand_events_in_order() -> None:
    told = records()
    times = [record.time for record in told]

    assert 3_000 <= len(told) <= 6_000
    assert times == sorted(times)


def test_every_call_returns_before_its_thread_makes_the_next() -> None:
    """No thread is in two calls at once, and an exit belongs to the enter before it."""
    inside: dict[int, int] = {}
    for record in records():
        if record.code in (152, 186, 232, 234, 260, 272):
            continue
        if record.code % 2 == 0:
            assert record.tid not in inside, record
            inside[record.tid] = record.code
        elif record.code != 223:  # a child comes back from a call that it did not make
            assert inside.pop(record.tid) == record.code - 1, record
        else:
            inside.pop(record.tid, None)


@needs_sysdig
@pytest.mark.reference
def test_the_reference_reads_it_without_a_warning() -> None:
    done = sysdig()

    assert (done.returncode, done.stderr) == (0, "")
    first_printed = 1 + sum(record.code in (260, 272) for record in records())
    assert done.stdout.startswith(f"{first_printed} 10:00:00.000000000 ")


@needs_sysdig
@pytest.mark.reference
@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("evt.type=sendmmsg and evt.dir=<", 5),
        ("evt.buffer contains '404 Not Found' and evt.type=read and proc.name=dnsd", 6),
        ("evt.buffer contains '200 OK' and evt.type=read and proc.name=dnsd", 2),
        ("evt.type=close and evt.dir=> and fd.sip=198.51.100.53", 4),
        ("evt.type=accept and fd.name contains '10.244.0.17:38220->10.244.0.21:8080'", 1),
        ("k8s.svc.name=inventory and proc.name=httpd and evt.type=sendfile and evt.dir=<", 1),
        ("proc.aname=cron and evt.type=execve and evt.dir=<", 3),
        ("fd.type=unix and proc.name=syslogd and evt.dir=< and evt.type=recvfrom", 1),
    ],
)
def test_the_reference_finds_the_story_in_it(condition: str, expected: int) -> None:
    assert len(sysdig(condition).stdout.splitlines()) == expected
