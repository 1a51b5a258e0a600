"""Saved chains of filters: the command, and the option that uses one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commands import Hopscope
from hopscope.demo import demo_path

DEMO = str(demo_path())
FIRST, SECOND = "proc.name=fetch", "evt.type=recvfrom and evt.dir=<"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOPSCOPE_CONFIG_DIR", str(tmp_path))


def test_a_chain_is_saved_shown_used_and_deleted(hopscope: Hopscope) -> None:
    assert hopscope("chains", "list").out.startswith("no chain is saved")
    hopscope("chains", "save", "answers", FIRST, SECOND)

    assert hopscope("chains", "list").out.splitlines()[1:] == [f"answers ({FIRST}) and ({SECOND})"]
    assert hopscope("chains", "show", "answers").out.splitlines() == [FIRST, SECOND]
    used = hopscope("events", DEMO, "--chain", "answers").out
    assert used == hopscope("events", DEMO, f"({FIRST}) and ({SECOND})").out != ""
    hopscope("chains", "delete", "answers")
    assert hopscope("chains", "list", "--json").out.strip() == "[]"


def test_a_chain_holds_beside_other_filters(hopscope: Hopscope) -> None:
    hopscope("chains", "save", "fetch", FIRST)
    both = hopscope("view", "processes", DEMO, "--chain", "fetch", "evt.type=connect", "--json")
    one = hopscope("view", "processes", DEMO, f"{FIRST} and evt.type=connect", "--json")

    assert json.loads(both.out) == json.loads(one.out) != []


def test_mistakes_are_said_in_one_sentence(hopscope: Hopscope) -> None:
    hopscope("chains", "save", "answers", FIRST)
    wrong = {
        ("chains", "show", "anwsers"): "there is no chain called anwsers; perhaps answers is meant",
        ("events", DEMO, "--chain", "none"): "there is no chain called none",
        ("chains", "save", "answers", SECOND): "there is a chain called answers already",
        ("chains", "save", "answers"): "save needs a name and its filters",
        ("chains", "save", "x", "proc.nam=a"): "proc.name",
        ("chains", "delete"): "delete needs the name of a chain",
        ("chains", "list", "x"): "list takes no name",
        ("chains", "show", "answers", "--force"): "--force goes with save",
    }
    for words, sentence in wrong.items():
        done = hopscope(*words)
        assert (done.status, done.out) == (2, "")
        assert sentence in done.err
    assert hopscope("chains", "show", "answers").out.strip() == FIRST


def test_force_replaces_a_chain(hopscope: Hopscope) -> None:
    hopscope("chains", "save", "answers", FIRST)
    hopscope("chains", "save", "answers", SECOND, "--force")

    assert hopscope("chains", "show", "answers").out.strip() == SECOND
