"""The help screen, made from the key table."""

from __future__ import annotations

from textual.content import Content

from hopscope_tui.hanging import hanging
from hopscope_tui.keymap import GROUPS, Key, all_keys, key_names
from hopscope_tui.screens.text_panel import TextPanel
from hopscope_tui.tones import TONES, tone_style

_KEY_CELLS = 24
_INTRODUCTION = (
    "Choose a container, go into it with Enter, choose a process, then one of its connections or "
    "descriptors, and read its events. From an event, p hops to the other end of the connection, "
    "f forward to what it caused, c back to its cause; Ctrl-O comes back."
)
_FILTER = (
    "Filters are sysdig's: proc.name=curl and fd.sport=53, evt.type in (read, write), "
    "not fd.name contains /proc. Tab completes, Up brings back what was typed before. = keeps the value "
    "of the chosen cell and - leaves it out; Ctrl-L takes the last filter away, L lists them all. The bars "
    "below the tabs show when the events happened; I chooses an interval on them."
)


class HelpPanel(TextPanel):
    """Every key, then the colours."""

    def __init__(self) -> None:
        super().__init__("Help", help_text)


def help_text(width: int) -> Content:
    """All keys by group, then what the colours mean."""
    lines = [Content(_INTRODUCTION), Content(_FILTER), Content()]
    for group in GROUPS:
        lines.append(Content.styled(group, "bold $primary"))
        lines += [_key_line(keys, text, width) for keys, text in _rows(group)]
        lines.append(Content())
    lines.append(Content.styled("Colours", "bold $primary"))
    for tone in TONES:
        name = f"  {tone.name:<{_KEY_CELLS}}"
        lines.append(Content.assemble((name, tone_style(tone.name)), (tone.help, "$tone-quiet")))
    return Content("\n").join(lines)


def _rows(group: str) -> list[tuple[str, str]]:
    """Keys and what they do; a run of numbered keys (views, columns) is one row."""
    rows: list[tuple[str, str]] = []
    for key in all_keys():
        if key.group != group:
            continue
        if key.id == "main.view_1":
            rows.append(("1 … 8", "the view with this number in the tabs"))
        elif key.id == "main.sort_1":
            rows.append(("Shift-1 … Shift-9", "sort by the column with this number; again to turn it round"))
        elif not _is_numbered(key):
            rows.append((key_names(key.keys) or "no key", key.help))
    return rows


def _is_numbered(key: Key) -> bool:
    return key.id.rpartition("_")[2].isdigit()


def _key_line(keys: str, text: str, width: int) -> Content:
    return hanging(f"  {keys}", text, _KEY_CELLS + 2, width, style="$footer-key-foreground")
