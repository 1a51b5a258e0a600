"""A short run of the fuzzer with fixed seeds; ``make fuzz`` runs it for longer with others."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from attack import attack_capture, harmless
from fuzz.adversarial import ADVERSARIAL
from fuzz.exercise import exercise, glance
from fuzz.kills import kill_often
from fuzz.mutations import base_of, made_input, small_input
from fuzz.prefixes import Whole, check_prefix
from fuzz.run import report
from hopscope.demo import demo_path
from paths import SHARED, needs_shared

INPUTS = 20
SMALL_INPUTS = 500
CUTS = 100
KILLS = 5


def test_spoiled_captures_end_in_no_exception(tmp_path: Path) -> None:
    base = base_of("demo", demo_path().read_bytes())
    path = tmp_path / "input.scap"
    for seed in range(INPUTS):
        path.write_bytes(made_input([base], seed))
        fault = exercise(str(path), seed)
        assert fault is None, f"seed {seed} {report(fault) if fault else ''}"


def test_small_spoiled_captures_end_in_no_exception(tmp_path: Path) -> None:
    bases = [
        base_of("every type", attack_capture(harmless, long=False)),
        base_of("demo", demo_path().read_bytes()),
    ]
    path = tmp_path / "input.scap"
    for seed in range(SMALL_INPUTS):
        path.write_bytes(small_input(bases, seed))
        fault = glance(str(path))
        assert fault is None, f"seed {seed} {report(fault) if fault else ''}"


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_captures_made_to_take_time_or_memory_take_neither(name: str, tmp_path: Path) -> None:
    path = tmp_path / "input.scap"
    path.write_bytes(ADVERSARIAL[name]())
    assert path.stat().st_size > 600_000
    fault = exercise(str(path), 1)
    assert fault is None, report(fault) if fault else ""


def test_the_demo_opens_wherever_it_is_cut(tmp_path: Path) -> None:
    whole = Whole.read(demo_path())
    chosen = random.Random(1).sample(range(len(whole.content)), CUTS)
    for cut in chosen:
        check_prefix(whole, cut, tmp_path / "cut.scap")


@needs_shared
@pytest.mark.shared
@pytest.mark.parametrize("name", ["cat_write", "single_ipv6_conn", "run_as_user_0_container"])
def test_real_captures_open_wherever_they_are_cut(name: str, tmp_path: Path) -> None:
    whole = Whole.read(SHARED / f"{name}.scap")
    chosen = random.Random(1).sample(range(len(whole.content)), CUTS)
    for cut in chosen:
        check_prefix(whole, cut, tmp_path / "cut.scap")


@pytest.mark.skipif(sys.platform != "linux", reason="looks for what is left of a program in /proc")
def test_killing_the_indexer_leaves_right_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOPSCOPE_CACHE_DIR", str(tmp_path))
    long = tmp_path / "long.scap"
    long.write_bytes(demo_path().read_bytes() * 2)

    assert kill_often(KILLS, 1, [long]) == 0
