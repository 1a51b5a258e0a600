"""How lists of events show when something happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from enum import Enum

from hopscope.decode.clock import date_and_time, time_of_day
from hopscope.views.text import format_time


class TimeForm(Enum):
    """What a time is counted from; the value says it to a person."""

    CAPTURE = "since the first event of the capture"
    PREVIOUS = "since the event shown above"
    REFERENCE = "since the reference event"
    LOCAL = "time of day on this machine"
    UTC = "date and time in UTC"


FORMS = tuple(TimeForm)
"""All of them, in the order in which one key goes through them."""


@dataclass(frozen=True, slots=True)
class Times:
    """The form of times, with what it needs.

    Attributes:
        form: what times are counted from.
        reference: time of the reference event in ns since 1970.
        reference_number: its number, for the header.
    """

    form: TimeForm = TimeForm.CAPTURE
    reference: int = 0
    reference_number: int = -1

    @property
    def title(self) -> str:
        """Header of the column."""
        return {
            TimeForm.CAPTURE: "TIME",
            TimeForm.PREVIOUS: "SINCE ABOVE",
            TimeForm.REFERENCE: f"SINCE {self.reference_number}",
            TimeForm.LOCAL: "TIME LOCAL",
            TimeForm.UTC: "TIME UTC",
        }[self.form]

    def text(self, time: int, epoch: int, above: int | None) -> str:
        """A time for a person.

        Args:
            time: ns since 1970.
            epoch: from which the relative times of the capture count, in ns since 1970.
            above: time of the event in the row above, None in the first row.
        """
        if self.form is TimeForm.LOCAL:
            return time_of_day(time)
        if self.form is TimeForm.UTC:
            return date_and_time(time, UTC)
        if self.form is TimeForm.PREVIOUS:
            return "" if above is None else format_time(time, above)
        return format_time(time, self.reference if self.form is TimeForm.REFERENCE else epoch)
