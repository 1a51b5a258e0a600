"""The core knows nothing of the screen, and data flows one way through it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

IMPORT_EVERYTHING = """
import importlib, pkgutil, sys
import hopscope
names = [module.name for module in pkgutil.walk_packages(hopscope.__path__, "hopscope.")]
for name in names:
    importlib.import_module(name)
assert "hopscope.cli.main" in names and "hopscope.capture.source" in names, names
found = sorted(name for name in sys.modules if name.split(".")[0] in ("textual", "hopscope_tui"))
print(*found)
"""

WITHOUT_THE_SCREEN = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("textual", "hopscope_tui"):
            raise ImportError(f"{name} is refused here")
sys.meta_path.insert(0, Refuse())
from hopscope.cli import main
sys.exit(main(["info", sys.argv[1]]))
"""


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )


def test_importing_all_of_the_core_never_imports_the_screen() -> None:
    done = python(IMPORT_EVERYTHING)

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""


def test_the_commands_work_where_the_screen_cannot_be_imported() -> None:
    from hopscope.demo import demo_path

    done = python(WITHOUT_THE_SCREEN, str(demo_path()))

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_import_contracts_hold() -> None:
    linter = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    if linter is None:
        pytest.skip("import-linter is not installed beside this Python")
    done = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
