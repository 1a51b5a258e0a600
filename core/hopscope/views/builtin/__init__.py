"""The views that hopscope has. One file declares one view; a new one is a file and a line here."""

from __future__ import annotations

from hopscope.views.builtin.connections import CONNECTIONS
from hopscope.views.builtin.containers import CONTAINERS
from hopscope.views.builtin.descriptors import DESCRIPTORS
from hopscope.views.builtin.events import EVENTS
from hopscope.views.builtin.files import FILES
from hopscope.views.builtin.processes import PROCESSES
from hopscope.views.builtin.threads import THREADS
from hopscope.views.definition import ViewDefinition

VIEWS: dict[str, ViewDefinition] = {
    view.name: view for view in (CONTAINERS, PROCESSES, THREADS, CONNECTIONS, DESCRIPTORS, FILES, EVENTS)
}
"""All views by name, in the order a picker shows them."""
