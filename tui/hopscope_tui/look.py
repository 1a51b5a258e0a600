"""How rows are shown, whatever place one is at."""

from __future__ import annotations

from dataclasses import dataclass, field

from hopscope.views import ViewResult
from hopscope.views.time_forms import Times
from hopscope_tui.forms import Form


@dataclass(frozen=True, slots=True)
class Look:
    """What a person chose for all lists.

    Attributes:
        form: in which recorded bytes are shown.
        times: how lists of events show times.
        joined: True while enter and exit of a call are one row.
    """

    form: Form = "text"
    times: Times = field(default_factory=Times)
    joined: bool = False

    @property
    def hexadecimal(self) -> bool:
        """True while data is shown in hex."""
        return self.form == "hex"

    def of(self, result: ViewResult) -> ViewResult:
        """The rows of a view in this look."""
        if (self.times, self.joined) == (Times(), False) or result.definition.key != "event":
            return result
        from hopscope.views.listing import EventResult  # noqa: PLC0415  other views do without

        return result.looked_at(self.times, self.joined) if isinstance(result, EventResult) else result
