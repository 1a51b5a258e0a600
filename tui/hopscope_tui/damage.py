"""What is wrong with a capture, in the few words there is room for in the title."""

from __future__ import annotations

from hopscope.store.store import Loss
from hopscope.text import visible
from hopscope.views.text import format_bytes


def damage_sentence(loss: Loss) -> str:
    """The first fault, how many more there are, and how much is lost; empty for a whole capture."""
    if not loss.damage:
        return ""
    said = visible(loss.damage[0]).rstrip(".")
    if len(loss.damage) > 1:
        said += f", and {len(loss.damage) - 1} more"
    if loss.lost_bytes > 0:
        amount = format_bytes(loss.lost_bytes)
        return f"{said}; {amount}{'' if amount[-1].isalpha() else ' bytes'} lost"
    return f"{said}; how much is lost is unknown" if loss.lost_bytes < 0 else said
