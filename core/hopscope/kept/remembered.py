"""What the screen remembers from one start to the next, whatever the capture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hopscope.kept.file import KeptFile
from hopscope.kept.folders import state_dir


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is remembered.

    Attributes:
        theme: the colours that were chosen last, empty for those of the settings.
        taught: True once the line for newcomers was put away.
        columns: by name of a view the names of its columns that are shown, in their order.
    """

    theme: str = ""
    taught: bool = False
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def load_remembered() -> Remembered:
    """As it lies on the disk. Makes no file. Raises KeptError where it cannot be read."""
    return _file().read()[0]


def remember(change: Callable[[Remembered], Remembered]) -> None:
    """Change what is remembered, as it lies on the disk now. Raises KeptError where it cannot be kept."""
    file = _file()
    with file.locked():
        changed = change(file.read_locked()[0])
        columns = {view: list(names) for view, names in changed.columns.items()}
        file.write({"theme": changed.theme, "taught": changed.taught, "columns": columns})


def _file() -> KeptFile[Remembered]:
    return KeptFile(state_dir() / "screen.json", "what the screen remembers", 1, _parse, Remembered)


def _parse(stored: Mapping[str, Any]) -> Remembered:
    theme, taught, columns = (stored.get(name) for name in ("theme", "taught", "columns"))
    if not isinstance(theme, str) or not isinstance(taught, bool) or not isinstance(columns, dict):
        raise ValueError("it does not hold what the screen remembers")
    if not all(
        isinstance(one, list) and all(isinstance(name, str) for name in one) for one in columns.values()
    ):
        raise ValueError("it holds no names of columns")
    return Remembered(theme, taught, {view: tuple(names) for view, names in columns.items()})
