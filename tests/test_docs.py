"""The documentation says what the program does."""

from __future__ import annotations

import html
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from hopscope.cli import COMMANDS, OPEN
from hopscope_tui.keymap import KEYS, key_name

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")]
PAGES += [*sorted((ROOT / "docs").glob("*.md")), ROOT / "benchmarks" / "README.md"]


def make_docs() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_docs", ROOT / "docs" / "make_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", make_docs().PAGES)
def test_the_pages_made_from_tables_are_current(name: str) -> None:
    made = make_docs().PAGES[name]()

    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == made, "run `make docs`"


def test_the_readme_begins_with_the_two_commands() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    first_block = "\n".join(lines[: lines.index("```", lines.index("```sh") + 1)])

    assert "make demo" in first_block
    assert "make test" in first_block
    assert len(first_block.splitlines()) < 12


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme(name: str) -> None:
    assert f"hopscope {name}" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["README.md", "docs/guide.md", "docs/filters.md"])
def test_pages_for_people_name_keys_that_there_are(name: str) -> None:
    known = {key_name(one).replace("-", "+") for key in KEYS for one in key.keys}
    known |= {"-", "Shift", "Ctrl", "R", "T", "Backspace", "Down", "Up"}
    said = re.findall(r"<kbd>(.*?)</kbd>", (ROOT / name).read_text(encoding="utf-8"))

    assert said
    assert [key for key in said if html.unescape(key) not in known] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_to_a_heading_find_it(page: Path) -> None:
    for path, anchor in re.findall(r"\]\(([^)#\s]*)#([^)]+)\)", page.read_text(encoding="utf-8")):
        target = page.parent / path if path else page
        if "://" not in path:
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            anchors = {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}
            assert anchor in anchors, f"{page.name}: {path}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_inside_the_repository_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text) + re.findall(r'(?:src|href)="([^"#]+)"', text)
    missing = [target for target in targets if "://" not in target and not (page.parent / target).exists()]

    assert missing == []


@pytest.mark.parametrize("command", [OPEN, *COMMANDS.values()], ids=lambda one: one.name or "screen")
def test_every_example_is_a_line_that_parses(command: object) -> None:
    from hopscope.cli import Command

    assert isinstance(command, Command)
    assert command.examples
    for example in command.examples:
        line = example.line.split("|")[-1].strip()
        words = _split(line)
        assert words[0] == "hopscope"
        rest = words[1:]
        if rest and rest[0] in COMMANDS:
            COMMANDS[rest[0]].parser().parse_intermixed_args(rest[1:])
        else:
            OPEN.parser().parse_intermixed_args(rest)


def _split(line: str) -> list[str]:
    import shlex

    return shlex.split(line)
