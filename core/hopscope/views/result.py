"""The rows of a view under a selection: raw values, human text, order, search, the way down."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Sequence

from hopscope.errors import UsageError
from hopscope.store.store import Rows, Store
from hopscope.store.tables import NONE
from hopscope.views.attributes import Value
from hopscope.views.definition import Column, ViewDefinition
from hopscope.views.ordering import Order
from hopscope.views.selection import Selection
from hopscope.views.text import format_value


class ViewResult(ABC):
    """A view evaluated. Positions ``i`` count rows in the current order, ``j`` columns.

    Attributes:
        store: the capture.
        definition: the view.
        selection: what it was evaluated over.
        columns: the columns that this capture has values for.
        sorting: ``(column, descending)`` of the current order, None for the natural one.
    """

    def __init__(
        self,
        store: Store,
        definition: ViewDefinition,
        selection: Selection,
        *,
        columns: tuple[Column, ...],
        order: Order,
        sorting: tuple[int, bool] | None,
    ) -> None:
        self.store = store
        self.definition = definition
        self.selection = selection
        self.columns = columns
        self.sorting = sorting
        self._order = order

    def __len__(self) -> int:
        return len(self._order)

    # --- values ----------------------------------------------------------------------------------

    @abstractmethod
    def value(self, i: int, j: int) -> Value:
        """The raw value of a cell, None for a missing one."""

    def text(self, i: int, j: int) -> str:
        """The cell for a person: units, times relative to the capture's epoch; unescaped."""
        return format_value(self.value(i, j), self.columns[j].kind, self.store.epoch)

    def as_json(self) -> list[dict[str, Value]]:
        """One object for each row in the current order, raw values by column name."""
        names = [column.name for column in self.columns]
        return [{name: self.value(i, j) for j, name in enumerate(names)} for i in range(len(self))]

    def column_index(self, name: str) -> int:
        """Position of a column by name or header. Raises UsageError when there is none."""
        wanted = name.lower().replace("-", "_").replace(" ", "_")
        for j, column in enumerate(self.columns):
            if wanted in (column.name, column.title.lower().replace(" ", "_")):
                return j
        known = ", ".join(column.name for column in self.columns)
        raise UsageError(f"the view {self.definition.name} has no column {name!r}; it has {known}")

    # --- order and search ------------------------------------------------------------------------

    @abstractmethod
    def sort(self, column: int, descending: bool) -> ViewResult:
        """The same rows ordered by a column; missing values come last either way.

        Rows with equal values keep their natural order. Raises UsageError for a column that cannot be
        sorted by.
        """

    @abstractmethod
    def sort_by(self, keys: Sequence[tuple[int, bool]]) -> ViewResult:
        """The same rows ordered by several columns, the first of them counting most; as :meth:`sort`.

        Args:
            keys: column, and True for descending; at least one.
        """

    @abstractmethod
    def sort_again(self, column: int, descending: bool) -> ViewResult:
        """The same rows ordered by a column as :meth:`sort` does, but equal ones keep their present order.

        After any sorting this is :meth:`sort_by` with one more column, which counts most, at the cost of one.
        """

    def sorted_by(self, name: str, descending: bool) -> ViewResult:
        """:meth:`sort` with the column's name."""
        return self.sort(self.column_index(name), descending)

    def search(
        self, text: str, start: int = 0, backwards: bool = False, cancelled: Callable[[], bool] | None = None
    ) -> int | None:
        """The nearest row at or after ``start`` (at or before, going backwards) that shows the text.

        Case does not matter. It does not go round the end. None when there is none.

        Args:
            text: what to look for in the cells.
            start: position to begin with.
            backwards: towards the first row.
            cancelled: asked now and then; when it says True the search gives up and returns None.
        """
        wanted = text.casefold()
        if not wanted or not len(self):
            return None
        positions = range(min(start, len(self) - 1), -1, -1) if backwards else range(max(start, 0), len(self))
        for count, i in enumerate(positions):
            if cancelled is not None and count % 64 == 0 and cancelled():
                return None
            if any(wanted in self.text(i, j).casefold() for j in range(len(self.columns))):
                return i
        return None

    # --- what is behind a row --------------------------------------------------------------------

    @abstractmethod
    def key(self, i: int) -> Hashable:
        """What the row stands for; survives sorting and evaluating the view again."""

    @abstractmethod
    def find_key(self, key: Hashable) -> int | None:
        """Position of the row with this key, None when it is not there."""

    @abstractmethod
    def drill(self, i: int) -> Selection | None:
        """The selection narrowed to what the row stands for; None where there is nothing below."""

    @abstractmethod
    def event_rows(self, i: int) -> Rows:
        """The selected event rows behind a row, ascending."""

    def event_row(self, i: int) -> int:
        """The first selected event row behind a row, NONE where nothing happened."""
        rows = self.event_rows(i)
        return int(rows[0]) if len(rows) else NONE

    def _check_sortable(self, column: int) -> None:
        if not 0 <= column < len(self.columns):
            raise UsageError(f"the view {self.definition.name} has no column number {column}")
        if not self.columns[column].sortable:
            raise UsageError(f"the column {self.columns[column].title} cannot be sorted by")
