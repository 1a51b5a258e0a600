"""The types a dynamic parameter can have.

A parameter of type ``DYN`` begins with a byte that chooses one of its table's types; the value
follows in that type's encoding. Facts of the public event table, the same in all releases.
"""

from __future__ import annotations

from hopscope.decode.event_table import Param


def _types(*kinds: str) -> tuple[Param, ...]:
    return tuple(Param("", kind, fmt or "DEC", "", -1) for kind, _, fmt in (k.partition(":") for k in kinds))


DYNAMIC_TYPES: dict[str, tuple[Param, ...]] = {
    "bpf_dynamic_param": _types("FD", "ERRNO"),
    "keyctl_dynamic_param": _types("INT64", "CHARBUF:NA"),
    "ptrace_dynamic_param": _types("UINT64:HEX", "SIGTYPE"),
    "sockopt_dynamic_param": _types("BYTEBUF:HEX", "ERRNO", "UINT32", "UINT64", "RELTIME"),
}
"""By the table named in the event table; the byte in front is the index."""
