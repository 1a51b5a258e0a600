"""From an event to where it belongs: the selection a person would have drilled down to."""

from __future__ import annotations

from hopscope.store.store import Store
from hopscope.store.tables import NONE
from hopscope.views.keys import by_descriptor, by_process
from hopscope.views.member import Member
from hopscope.views.names import container_label, descriptor_label, process_label
from hopscope.views.selection import Selection, Step


def selection_of_event(store: Store, row: int) -> Selection:
    """Container, process and descriptor of an event as steps, as far as the event has them.

    The host is no step. Without a descriptor the selection is the process, without a thread it is
    the whole capture.

    Args:
        store: the capture.
        row: event row.
    """
    selection = Selection()
    thread = int(store.thread[row])
    if thread == NONE:
        return selection
    container = int(store.threads.container[thread])
    if container > 0:
        label = container_label(store.containers[container])
        selection = selection.push(Step("container", label, Member("container", container)))
    process = int(by_process(store).codes[thread])
    selection = selection.push(Step("process", process_label(store, thread), Member("process", process)))
    descriptor = int(store.descriptor[row])
    if descriptor != NONE:
        code = int(by_descriptor(store).codes[descriptor])
        label = descriptor_label(store, descriptor)
        selection = selection.push(Step("descriptor", label, Member("descriptor", code)))
    return selection
