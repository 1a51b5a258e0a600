"""What a person set up, and what the screen remembers; read once, before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hopscope_tui.keymap import use_keys


@dataclass(frozen=True, slots=True)
class Preferences:
    """How a person wants it.

    Attributes:
        theme: name of the colours; empty for the program's own.
        taught: True once the line for newcomers was put away.
        columns: by name of a view the columns that are shown.
        problems: sentences about what cannot be used.
    """

    theme: str = ""
    taught: bool = False
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def load_preferences(themes: Iterable[str]) -> Preferences:
    """Read both files, and let a person's keys take the place of those in the table.

    Args:
        themes: names of the colours that there are.
    """
    from hopscope.kept.file import KeptError  # noqa: PLC0415  loaded while a capture is being read
    from hopscope.kept.remembered import Remembered, load_remembered  # noqa: PLC0415
    from hopscope.kept.settings import load_settings  # noqa: PLC0415

    settings = load_settings()
    problems = [*settings.problems, *use_keys(settings.keys)]
    try:
        remembered = load_remembered()
    except KeptError as error:
        remembered = Remembered(taught=True)
        problems.append(str(error))
    known = set(themes)
    if settings.theme and settings.theme not in known:
        problems.append(f"there is no theme {settings.theme!a}; Ctrl-P lists them")
    theme = next((one for one in (remembered.theme, settings.theme) if one in known), "")
    return Preferences(theme, remembered.taught, remembered.columns, tuple(problems))
