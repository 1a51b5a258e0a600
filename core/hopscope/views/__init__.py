"""Views: tables over a selection of a capture, each a declaration, all worked out by one engine.

``evaluate(store, "connections", Selection())`` gives the rows; a row's ``drill`` gives the selection
one level deeper, and every view works under every selection.
"""

from hopscope.views.catalogue import VIEWS
from hopscope.views.definition import Aggregation, Column, Kind, ViewDefinition
from hopscope.views.engine import evaluate, find_view
from hopscope.views.layout import Cell, lay_out
from hopscope.views.locate import selection_of_event
from hopscope.views.offers import why_not_offered
from hopscope.views.result import ViewResult
from hopscope.views.selection import Condition, Selection, Step, TimeRange

__all__ = [
    "VIEWS",
    "Aggregation",
    "Cell",
    "Column",
    "Condition",
    "Kind",
    "Selection",
    "Step",
    "TimeRange",
    "ViewDefinition",
    "ViewResult",
    "evaluate",
    "find_view",
    "lay_out",
    "selection_of_event",
    "why_not_offered",
]
