"""``hopscope events``: its options, its mistakes, and the story as it was first told with sysdig."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from commands import Hopscope
from hopscope.demo import demo_path
from hopscope.formats import DEFAULT, PRESETS, Preset
from paths import SHARED, needs_shared
from raw_terminal import run_on_terminal
from recording import Recording, listed

DEMO = str(demo_path())
PROGRAM = (sys.executable, "-c", "import sys; from hopscope.cli import main; sys.exit(main())")

STORY = (
    10032, 10049, 10097, 10167, 10169, 10199, 10242, 10345, 10418, 10524, 10664, 10703, 58216, 58278,
    104209, 104221, 104278, 104290, 104406, 104457, 104495, 104505, 107992, 108005, 108006, 108015, 108024,
    108026, 108069,
)  # fmt: skip
"""Events of the story on sockets of the namespace or of its DNS server."""

ELSEWHERE = (10022, 10036, 10117, 10158, 104528, 107962)
"""Events of the story on a file, on no descriptor, or of the key-value store."""


@needs_shared
@pytest.mark.shared
def test_the_story_is_told_by_the_command_that_found_it(hopscope: Hopscope) -> None:
    condition = "fd.type in (ipv4, ipv6) and (k8s.ns.name=critical-app or proc.name=skydns)"
    done = hopscope("events", str(SHARED / "kubernetes-dns.scap"), "-pk", "-A", condition)
    lines = done.out.splitlines()
    numbers = {int(line.split()[0]) for line in lines if re.match(r"\d+ \d\d:\d\d:\d\d\.\d{9} ", line)}

    assert numbers >= {*STORY}
    assert not numbers & {*ELSEWHERE}
    request = next(place for place, line in enumerate(lines) if line.startswith("10097 "))
    assert lines[request].endswith(" <NA> (36ae6d09d26e) skydns (4639:8) < write res=221 data=")
    assert lines[request + 1].startswith(
        "GET /v2/keys/skydns/local/cluster/svc/critical-app/local/cluster/svc/"
    )
    answer = next(place for place, line in enumerate(lines) if line.startswith("108069 "))
    assert " client (b3a718d8b339) curl (22369:12) < recvfrom res=850 data=" in lines[answer]
    assert lines[answer + 1] == "HTTP/1.1 200 OK"


@pytest.mark.parametrize("preset", PRESETS, ids=lambda one: str(one.names[0]))
def test_presets_have_two_names_and_may_touch_their_option(hopscope: Hopscope, preset: Preset) -> None:
    short, long = preset.names
    first = hopscope("events", DEMO, f"-p{short}", "--limit", "40")

    assert first.out == hopscope("events", DEMO, "--limit", "40", "-p", long).out
    assert first.out != hopscope("events", DEMO, "--limit", "40").out
    assert first.status == 0


def test_the_default_format_can_be_asked_for(hopscope: Hopscope) -> None:
    assert hopscope("events", "nowhere.scap", "-pp").out == f"{DEFAULT}\n"
    assert hopscope("events", DEMO, "-p", DEFAULT).out == hopscope("events", DEMO).out


@pytest.mark.parametrize(
    ("words", "said", "caret"),
    [
        (("-p", "%evt.num %proc.nmae"), "there is no field proc.nmae; perhaps proc.name is meant", 11),
        (("-p", "%-10proc.name"), "a width has no sign", 2),
        (("-p", "%fd.ip"), "fd.ip is for filters only", 2),
        (("-p", "%evt.arg.nosuch"), "no event has an argument 'nosuch'", 9),
        (("-p", "%evt.num %"), "the format ends in a percent sign", 10),
        (("-p", ""), "the format is empty", None),
        (("-A", "-x"), "in one form only", None),
        (("-n", "0"), "'0' is no number of events to stop after", None),
        (("-n", "some"), "'some' is no number of events to stop after", None),
        (("-t", "q"), "invalid choice: 'q'", None),
        (("-p",), "expected one argument", None),
    ],
)
def test_a_mistake_is_one_sentence_before_anything_is_read(
    hopscope: Hopscope, words: tuple[str, ...], said: str, caret: int | None
) -> None:
    done = hopscope("events", "nowhere.scap", *words)
    sentence, *pointer = done.err.splitlines()

    assert (done.status, done.out) == (2, "")
    assert sentence.startswith("hopscope: ")
    assert said in sentence
    if caret is None:
        assert pointer == []
    else:
        assert pointer == [f"  {words[1]}", f"{' ' * (caret + 1)}^"]


def test_limits_count_events_that_pass_or_lines(hopscope: Hopscope) -> None:
    def numbers(*words: str) -> list[int]:
        return [int(line.split()[0]) for line in hopscope("events", DEMO, *words).out.splitlines()]

    everything = numbers("-p", "%evt.num")
    with_name = numbers("-p", "%evt.num %fd.name")
    never_shown = everything[0] - 1

    assert numbers("-p", "%evt.num %fd.name", "--limit", "5") == with_name[:5]
    passing = numbers("-p", "%evt.num", "-n", "60")
    assert passing == everything[: len(passing)]
    assert 60 - never_shown <= len(passing) <= 60
    assert numbers("-n", "60", "-p", "%evt.num %fd.name") == [one for one in with_name if one <= passing[-1]]
    assert numbers("-n", "3", "evt.type=openat") == numbers("evt.type=openat")[:3]
    assert numbers("-n", "99999999") == everything


def test_json_has_the_fields_of_the_format(hopscope: Hopscope) -> None:
    words = ("events", DEMO, "-j", "-p", "*%evt.num %10proc.name %fd.name", "--limit", "50")
    objects = [json.loads(line) for line in hopscope(*words).out.splitlines()]

    assert len(objects) == 50
    assert all(list(one) == ["evt.num", "fd.name", "proc.name"] for one in objects)
    assert any(one["fd.name"] is None for one in objects)
    only_full = [
        json.loads(line) for line in hopscope("events", DEMO, "-j", "-p", "%fd.name").out.splitlines()
    ]
    assert all(one["fd.name"] is not None for one in only_full)


def test_a_reader_that_stops_ends_it_quietly() -> None:
    for words in ((), ("--unbuffered",), ("-j",), ("-X", "-pk")):
        with subprocess.Popen(
            [*PROGRAM, "events", DEMO, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as running:
            assert running.stdout is not None
            assert running.stderr is not None
            assert running.stdout.readline()
            running.stdout.close()
            assert running.stderr.read() == b""
        assert running.returncode in (0, 141)


def test_ctrl_c_ends_it_quietly() -> None:
    with subprocess.Popen(
        [*PROGRAM, "events", DEMO], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.send_signal(signal.SIGINT)
        stopped = threading.Timer(20, running.kill)
        stopped.start()
        running.stdout.read()
        err = running.stderr.read()
        stopped.cancel()
    assert (running.returncode, err) == (130, b"")


@pytest.mark.skipif(sys.platform != "linux", reason="pseudo-terminals are read the Linux way")
def test_a_terminal_gets_the_lines_of_a_buffer_and_nothing_that_steers_it(tmp_path: Path) -> None:
    made = Recording(processes=[listed(100, "a\x1b[2J\nb")])
    made.call("read", 100, {"fd": 3, "size": 100}, res=9, data=b"one\x1b[m\ntwo")
    path = tmp_path / "made.scap"
    path.write_bytes(made.data())
    written = run_on_terminal([*PROGRAM, "events", str(path), "-A", "-p", "%proc.name|%evt.args\n--"])

    name = "a\\x1b[2J\\nb"
    assert written.raw.replace("\r", "") == (
        f"{name}|fd=3 size=100 \n--\n{name}|res=9 data=\none[m\ntwo \n--\n"
    )
