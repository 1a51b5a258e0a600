"""Absolute paths that calls name, also in captures of an age that keep them relative."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hopscope.decode.paths import join_path
from hopscope.decode.render import decoded_args

if TYPE_CHECKING:
    from hopscope.store.store import Store

_FOLDER_PARAM = {
    "name": ("dirfd",), "path": ("dirfd",), "filename": ("dirfd",), "pathname": ("dirfd",),
    "oldpath": ("olddirfd", "olddir"), "newpath": ("newdirfd", "newdir"), "linkpath": ("linkdirfd",),
}  # fmt: skip
"""Parameters that may hold the folder a path starts from, by the parameter of the path."""

_AT_WORKING_DIRECTORY = -100

_UNKNOWN_FOLDER = "<UNKNOWN>"
"""What stands before a path that starts from a descriptor nobody saw opened (sysdig 0.29.3)."""


def named_path(store: Store, row: int, name: str) -> str | None:
    """What a parameter names, resolved against the folder of the call; None without the parameter."""
    args = {one.name: one for one in decoded_args(store, row, masked=False)}
    found = args.get(name)
    if found is None:
        return None
    if found.resolved or found.type != "CHARBUF" or found.text.startswith("/"):
        return found.resolved or found.text
    folder = next((args[one] for one in _FOLDER_PARAM.get(name, ()) if one in args), None)
    if folder is None or not isinstance(folder.value, int):
        return found.text
    return join_path(_base(store, row, folder.value), found.text)


def _base(store: Store, row: int, folder: int) -> str:
    thread = int(store.thread[row])
    if folder == _AT_WORKING_DIRECTORY:
        return store.threads.cwd[thread] if thread >= 0 else ""
    held = store.descriptor_at(thread, folder, row)
    return f"{store.descriptors.name[held]}/" if held >= 0 else _UNKNOWN_FOLDER
