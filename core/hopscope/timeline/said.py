"""What a person says about clocks. Loads nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Clocks:
    """What a person says about the clocks of hosts.

    Attributes:
        correct: False leaves times as they were recorded.
        offsets: ns to be added to the times of a host, by its name.
    """

    correct: bool = True
    offsets: Mapping[str, int] = field(default_factory=dict)

    def text(self) -> str:
        """The same in one line, equal for what is equal."""
        return f"{self.correct} {sorted(self.offsets.items())}"
