"""The first view that is kept with an index, whoever made that."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hopscope.demo import demo_path

PROGRAM = "import sys; from hopscope_tui.__main__ import main; sys.exit(main())"
FOUND = """
import sys
from hopscope_tui.kept_view import find_view
from hopscope_tui.opening import Request
view = find_view(Request(*sys.argv[1:]))
print(view and (view.count, view.title.events, view.rows[0][-1].text))
print(sorted({"numpy", "orjson", "textual", "hopscope.views"} & {*sys.modules}))
"""


def python(program: str, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOPSCOPE_CACHE_DIR", str(tmp_path / "cache"))


def test_an_index_made_by_a_command_has_the_first_view_and_nothing_large_is_loaded_for_it() -> None:
    capture = str(demo_path())
    assert "indexed" in python(PROGRAM, "index", capture)

    assert python(FOUND, capture).splitlines() == ["(6, 4355, 'host')", "[]"]
    assert python(FOUND, capture, "proc.name=x").splitlines()[0] == "None"


def test_no_first_view_is_kept_while_credentials_are_masked() -> None:
    capture = str(demo_path())
    assert "indexed" in python(PROGRAM, "index", "--redact", capture)

    assert python(FOUND, capture).splitlines()[0] == "None"
