"""What is wrong with a capture, in the few words there is room for in the title."""

from __future__ import annotations

from collections.abc import Sequence

from hopscope.capture.damage import Damage
from hopscope.text import visible
from hopscope.views.text import format_bytes


def damage_sentence(faults: Sequence[Damage]) -> str:
    """The first fault, how many more there are, and how much is lost; empty for a whole capture."""
    if not faults:
        return ""
    said = visible(faults[0].what).rstrip(".")
    if len(faults) > 1:
        said += f" and {len(faults) - 1} more"
    known = sum(fault.lost for fault in faults if fault.lost > 0)
    if known:
        unit = "" if format_bytes(known)[-1].isalpha() else " bytes"
        return f"{said}, {format_bytes(known)}{unit} lost"
    return f"{said}, nobody knows how much is lost" if any(fault.lost < 0 for fault in faults) else said
