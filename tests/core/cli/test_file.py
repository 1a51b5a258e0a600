"""What ``hopscope file`` prints and writes."""

from __future__ import annotations

import json
from pathlib import Path

import golden
from commands import Hopscope
from hopscope.demo import demo_path
from paths import SHARED, needs_shared

DEMO = str(demo_path())
KUBERNETES = str(SHARED / "kubernetes-dns.scap")
RESOLV = (
    b"search critical-app.svc.cluster.local svc.cluster.local cluster.local localdomain\n"
    b"nameserver 10.0.2.15\noptions ndots:5\n"
)


def test_a_file_of_the_demo(hopscope: Hopscope) -> None:
    golden.check("demo-file.txt", hopscope("file", DEMO, "resolv.conf").out)


def test_json_tells_contents_and_uses(hopscope: Hopscope) -> None:
    one = json.loads(hopscope("file", DEMO, "/etc/resolv.conf", "--json").out)[0]

    assert one["path"] == "/etc/resolv.conf"
    assert one["contents"][0]["text"].startswith("search shop.svc")
    use = one["accesses"][0]
    assert (use["kind"], use["offset"]) == ("read", 0)
    assert use["bytes"] == one["size"]


def test_the_contents_are_written_into_a_new_file_only(hopscope: Hopscope, tmp_path: Path) -> None:
    target = tmp_path / "out"
    done = hopscope("file", DEMO, "/etc/resolv.conf", "--output", str(target))
    first = target.read_bytes()
    again = hopscope("file", DEMO, "/etc/resolv.conf", "-o", str(target))

    assert done.status == 0
    assert b"nameserver" in first
    assert (again.status, target.read_bytes()) == (2, first)
    assert again.err == f"hopscope: {target} exists already; nothing was written\n"


def test_mistakes_are_one_sentence(hopscope: Hopscope, tmp_path: Path) -> None:
    unknown = hopscope("file", DEMO, "/no/such")
    nowhere = hopscope("file", DEMO, "/etc/resolv.conf", "--output", str(tmp_path / "no" / "dir"))

    assert (unknown.status, len(unknown.err.splitlines())) == (2, 1)
    assert nowhere.status != 0
    assert nowhere.err.startswith("hopscope: cannot write ")


@needs_shared
def test_resolv_conf_as_curl_read_it(hopscope: Hopscope, tmp_path: Path) -> None:
    target = tmp_path / "resolv.conf"
    done = hopscope("file", KUBERNETES, "/etc/resolv.conf", "--at", "10022", "--output", str(target))
    text = hopscope("file", KUBERNETES, "/etc/resolv.conf").out

    assert (done.status, done.err) == (0, "")
    assert target.read_bytes() == RESOLV
    assert RESOLV.decode() in text
    assert "read by curl 22369: bytes 0 to 119, event 10022, opened at 10016" in text
    assert text.startswith("/etc/resolv.conf in client of pod client: 119 bytes, to its end\n")


@needs_shared
def test_gaps_are_said_and_written_as_zeros(hopscope: Hopscope, tmp_path: Path) -> None:
    capture, target = str(SHARED / "lab-calls-2026.scap"), tmp_path / "services"
    done = hopscope("file", capture, "/etc/services", "--output", str(target))
    text = hopscope("file", capture, "/etc/services").out

    assert done.err.endswith("4,621 of 12,813 bytes, in one gap, are not in the capture; they are zero\n")
    assert target.read_bytes()[8192:] == bytes(4621)
    assert "… 4,621 bytes from byte 8,192 that were not read, written or recorded" in text
