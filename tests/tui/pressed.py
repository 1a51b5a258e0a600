"""Which actions a test really does by keys, and the list of those that it is relied upon for.

``exercised.tsv`` names for every key of the program one test that presses it. The list cannot lie: while such
a test runs, what its keys do is noted, and it fails where an action that it stands for was not done.

    RECORD_KEYS=seen.tsv python -m pytest tests/tui && PYTHONPATH=tests python -m tui.pressed seen.tsv

writes the list again from all that was noted.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from unittest.mock import patch

from textual.app import App
from textual.dom import DOMNode

from hopscope_tui.keymap import KEYS

LIST = Path(__file__).with_name("exercised.tsv")
_by_key: ContextVar[bool] = ContextVar("by_key", default=False)


@contextmanager
def pressed() -> Iterator[set[str]]:
    """Note the names of the bindings that keys set off and that did something."""
    seen: set[str] = set()
    check, run = App._check_bindings, App.run_action

    async def _check_bindings(self: App[Any], key: str, priority: bool = False) -> bool:
        token = _by_key.set(True)
        try:
            return await check(self, key, priority)
        finally:
            _by_key.reset(token)

    async def run_action(
        self: App[Any], action: Any, default_namespace: DOMNode | None = None, namespaces: Any = None
    ) -> bool:
        by_key, screen = _by_key.get(), self.screen
        done = await run(self, action, default_namespace, namespaces)
        if by_key and done and default_namespace is not None:
            seen.update(one.id for _, one in default_namespace._bindings if one.action == action and one.id)
            if action == "submit":  # a line of input hands Enter on to the list that it searches
                screen_keys = screen._bindings.key_to_bindings.get("enter", ())
                seen.update(one.id for one in screen_keys if one.id)
        return done

    with patch.object(App, "_check_bindings", _check_bindings), patch.object(App, "run_action", run_action):
        yield seen


def exercised() -> dict[str, str]:
    """By name of a key the test that presses it: file and test, ``test_screen.py::test_name[case]``."""
    lines = LIST.read_text(encoding="utf-8").splitlines()
    rows = (line.partition("\t") for line in lines if not line.startswith("#"))
    return {name: test for name, _, test in rows}


def relied_on(test: str) -> set[str]:
    """The keys that the list names a test for."""
    return {name for name, node in exercised().items() if node == test}


def is_there(test: str) -> bool:
    """Whether there is such a test; its cases are not looked at."""
    file, _, name = test.partition("::")
    tree = ast.parse((LIST.parent / file).read_text(encoding="utf-8"))
    functions = (one.name for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
    return name.partition("[")[0] in functions


def note(test: str, seen: set[str]) -> None:
    """Write down what was seen, where somebody asked for it."""
    if path := os.environ.get("RECORD_KEYS"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.writelines(f"{name}\t{test}\n" for name in sorted(seen))


def main() -> None:
    """Make the list from what was noted; what holds stays, what is new goes to the test that does least."""
    tests: dict[str, set[str]] = {}
    for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
        name, _, test = line.partition("\t")
        if is_there(test):
            tests.setdefault(test, set()).add(name)
    before = exercised() if LIST.exists() else {}
    lines = ["#key\ttest"]
    for key in KEYS:
        able = sorted((len(done), test) for test, done in tests.items() if key.id in done)
        if before.get(key.id) in {test for _, test in able}:
            lines.append(f"{key.id}\t{before[key.id]}")
        elif able:
            lines.append(f"{key.id}\t{able[0][1]}")
        else:
            print(f"no test presses {key.id}")
    LIST.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
