"""The meanings that colours have on the screen.

Each tone is a theme variable, ``$tone-read`` and so on, so that styles and texts use the same
colour in every theme.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_MUTED = 0.45


@dataclass(frozen=True, slots=True)
class Tone:
    """One meaning.

    Attributes:
        name: as cells and texts refer to it.
        colour: theme variable it takes its colour from, unless the theme defines the tone itself.
        ansi: the terminal's own colour, for themes that use those.
        help: what it stands for.
    """

    name: str
    colour: str
    ansi: str
    help: str


TONES: Final = (
    Tone("quiet", "text-muted", "ansi_bright_black", "what is there for orientation only"),
    Tone("name", "foreground", "ansi_default", "processes, containers and what else has a name of its own"),
    Tone("read", "text-success", "ansi_green", "bytes that came in"),
    Tone("write", "text-accent", "ansi_yellow", "bytes that went out"),
    Tone("network", "text-primary", "ansi_cyan", "connections and addresses"),
    Tone("file", "text-secondary", "ansi_blue", "files and directories"),
    Tone("process", "text-warning", "ansi_magenta", "births, ends and changes of processes"),
    Tone("wait", "text-muted", "ansi_bright_black", "waiting: poll, select, sleep, futex"),
    Tone("error", "text-error", "ansi_red", "what failed"),
    Tone("mark", "warning", "ansi_bright_yellow", "bookmarks"),
)


def tone_class(tone: str) -> str:
    """Name of the style class of a tone."""
    return f"tone--{tone}"


def tone_style(tone: str) -> str:
    """The tone as a style of Textual's content."""
    return f"$tone-{tone}" if tone else ""


TONE_CLASSES: Final = frozenset(tone_class(tone.name) for tone in TONES)


def tone_variables(variables: Mapping[str, str], *, ansi: bool = False) -> dict[str, str]:
    """The tones as theme variables.

    Args:
        variables: those of the theme.
        ansi: True for a theme that uses the terminal's own colours.
    """
    return {
        f"tone-{tone.name}": variables.get(f"tone-{tone.name}")
        or (tone.ansi if ansi else _colour(tone, variables))
        for tone in TONES
    }


def _colour(tone: Tone, variables: Mapping[str, str]) -> str:
    """The colour of a tone that the theme does not define.

    Muted text is a share of whatever lies under it, which only styles can express; texts need a
    colour of its own.
    """
    colour = variables[tone.colour]
    if not colour.startswith("auto"):
        return colour
    from textual.color import Color  # noqa: PLC0415  the names of tones need no screen

    ground = Color.parse(variables["background"])
    return Color.parse(variables["foreground"]).blend(ground, _MUTED).hex
