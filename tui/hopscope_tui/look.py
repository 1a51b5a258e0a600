"""How rows are shown, whatever place one is at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hopscope.store.store import Store
from hopscope.views import ViewDefinition, ViewResult, find_view
from hopscope.views.engine import available_columns
from hopscope.views.time_forms import Times
from hopscope_tui.forms import Form


@dataclass(frozen=True, slots=True)
class Look:
    """What a person chose for all lists.

    Attributes:
        form: in which recorded bytes are shown.
        times: how lists of events show times.
        joined: True while enter and exit of a call are one row.
        columns: by name of a view the columns that were chosen for it, in their order.
    """

    form: Form = "text"
    times: Times = field(default_factory=Times)
    joined: bool = False
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def definition(self, store: Store, name: str) -> ViewDefinition:
        """A view with the columns that were chosen for it; its own where the capture has none of them."""
        view = find_view(name)
        there = {column.name: column for column in available_columns(store, view)}
        chosen = tuple(there[one] for one in self.columns.get(view.name, ()) if one in there)
        if not chosen:
            return view
        sort = view.sort if any(column.name == view.sort for column in chosen) else chosen[0].name
        return replace(view, columns=chosen, sort=sort)

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
