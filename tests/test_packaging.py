"""What gets installed: every module, its data, one command, and nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = {"hopscope": ROOT / "core" / "hopscope", "hopscope_tui": ROOT / "tui" / "hopscope_tui"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Names of the files in a wheel built from the working tree."""
    pytest.importorskip("hatchling", reason="hatchling is not installed")
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built).namelist()


def sources(package: str) -> list[str]:
    """Every file of a package in the working tree, as the wheel should name it."""
    folder = PACKAGES[package]
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return [f"{package}/{path.relative_to(folder).as_posix()}" for path in files]


@pytest.mark.parametrize("package", PACKAGES)
def test_the_wheel_holds_every_module_and_its_data(wheel: list[str], package: str) -> None:
    expected = sources(package)

    assert len(expected) > 5
    assert set(expected) <= set(wheel)


def test_the_wheel_holds_what_the_program_reads_at_run_time(wheel: list[str]) -> None:
    assert {"hopscope/demo/story.scap", "hopscope/decode/events.tsv", "hopscope/py.typed"} <= set(wheel)
    assert any(name.endswith(".tcss") for name in wheel)


def test_the_wheel_holds_nothing_else(wheel: list[str]) -> None:
    tops = {name.split("/")[0] for name in wheel}
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

    assert tops == {*PACKAGES, f"hopscope-{version}.dist-info", f"hopscope-{version}.data"}
    shared = [name for name in wheel if name.startswith(f"hopscope-{version}.data/")]
    assert shared == [f"hopscope-{version}.data/data/share/man/man1/hopscope.1"]


def test_the_version_is_the_same_everywhere() -> None:
    import hopscope

    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

    assert hopscope.__version__ == version
    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text()


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_every_target_of_the_makefile_is_listed_by_help() -> None:
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert {"demo", "test", "check", "bench", "screenshots", "demo-capture", "help"} <= set(targets)
    assert [target for target in targets if f"make {target} " not in listed] == []


@pytest.mark.skipif(os.name != "posix", reason="execute permission is a matter of POSIX systems")
def test_continuous_integration_runs_make_test() -> None:
    script = ROOT / ".ci" / "run"

    assert os.access(script, os.X_OK)
    assert "make test" in script.read_text()
    assert "set -euo pipefail" in script.read_text()
