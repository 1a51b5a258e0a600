"""Damaged captures: every command prints what is left or one sentence, and never falls over."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from commands import Hopscope
from hopscope.demo import demo_path
from hopscope.views import VIEWS

WORDS = (
    *(
        ("view", name, "CAPTURE", "--limit", "200")
        for name in (*(tab.name for tab in VIEWS.tabs), "spy_users", "errors")
    ),
    ("events", "CAPTURE"),
    ("events", "CAPTURE", "evt.buffer contains 404 or fd.name contains 53", "--json"),
    (
        "events",
        "CAPTURE",
        "-X",
        "-tD",
        "-p",
        "*%evt.outputtime %proc.cmdline %fd.name %evt.args %evt.rawarg.fd",
    ),
    ("info", "CAPTURE", "--json"),
    ("hop", "CAPTURE", "366"),
    ("hop", "CAPTURE", "3945"),
)


def damaged(seed: int) -> bytes:
    """The demo with some bytes changed and sometimes its end cut off."""
    chance = random.Random(seed)
    content = bytearray(demo_path().read_bytes())
    for _ in range(chance.choice((1, 5, 50, 500))):
        content[chance.randrange(28, len(content))] = chance.choice((0, 255, chance.randrange(256)))
    return bytes(content[: chance.randrange(len(content))] if chance.random() < 0.3 else content)


@pytest.mark.parametrize("seed", range(12))
def test_no_damage_makes_a_command_fall_over(hopscope: Hopscope, tmp_path: Path, seed: int) -> None:
    path = tmp_path / "damaged.scap"
    path.write_bytes(damaged(seed))
    for words in WORDS:
        done = hopscope(*(str(path) if word == "CAPTURE" else word for word in words))

        assert done.status in (0, 2), words
        assert "Traceback" not in done.err
        assert all(line.startswith("hopscope: ") for line in done.err.splitlines())
