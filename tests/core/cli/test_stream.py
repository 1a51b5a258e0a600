"""What ``hopscope stream`` prints and writes."""

from __future__ import annotations

import json
from pathlib import Path

import golden
from commands import Hopscope
from hopscope.demo import demo_path

DEMO = str(demo_path())


def test_a_connection_of_the_demo_is_the_same_from_both_ends(hopscope: Hopscope) -> None:
    golden.check("demo-stream.txt", hopscope("stream", DEMO, "3949").out)
    client = json.loads(hopscope("stream", DEMO, "3945", "--json").out)
    server = json.loads(hopscope("stream", DEMO, "3949", "--json").out)

    assert client["client"] == server["client"]
    for side in ("client", "server"):
        said = [
            "".join(one["text"] for one in end["stretches"] if one["from"] == side)
            for end in (client, server)
        ]
        assert said[0] == said[1] != ""


def test_the_bytes_of_one_side_are_written_into_a_new_file_only(hopscope: Hopscope, tmp_path: Path) -> None:
    target = tmp_path / "asked"
    done = hopscope("stream", DEMO, "366", "--side", "client", "-o", str(target))
    first = target.read_bytes()
    again = hopscope("stream", DEMO, "366", "--side", "server", "-o", str(target))

    assert done.status == 0
    assert first.count(b"GET /v1/keys") > 1
    assert b"404 Not Found" not in first
    assert (again.status, target.read_bytes()) == (2, first)
    assert target.stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_followed_is_said(hopscope: Hopscope) -> None:
    alone = hopscope("stream", DEMO, "366", "--side", "client")
    none = hopscope("stream", DEMO, "322")

    assert (alone.status, none.status) == (2, 2)
    assert "--output and --side belong together" in alone.err
    assert "is about no connection" in none.err
