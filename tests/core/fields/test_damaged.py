"""Fields of events that are not as they should be."""

from __future__ import annotations

import struct

import numpy as np

from builders import process, process_list, section
from hopscope.capture.source import Source
from hopscope.capture.writer import pack_event
from hopscope.fields import field_value
from hopscope.store.build import build_store

PROCINFO = 234


def test_a_sample_of_processor_time_may_lack_one_of_its_two_numbers() -> None:
    times = [struct.pack("<QQ", 10, 5), struct.pack("<QQ", 12, 6), struct.pack("<QQ", 20, 9)]
    params = [[pair[:8], pair[8:]] for pair in times]
    params[1][0] = b""
    events = [pack_event(PROCINFO, two, ts=1000 + i, tid=10) for i, two in enumerate(params)]
    content = section(process_list([process(10, "busy")]), *events)
    store = build_store(Source("x", np.frombuffer(content, np.uint8)))

    assert field_value(store, 2, "thread.cpu") == 14
    assert field_value(store, 1, "thread.cpu") is None
