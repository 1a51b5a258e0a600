"""Fields of class ``fs``: the paths that calls on the file system worked on.

They have a value at the end of a call that succeeded (newest Falco libraries, 2026).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hopscope.decode.event_table import EVENTS, codes_named
from hopscope.decode.paths import join_path
from hopscope.fields.column import Lazy
from hopscope.fields.field import Argument, Domain, Field, FieldType
from hopscope.store.store import NO_RESULT

if TYPE_CHECKING:
    from hopscope.fields.column import Rows
    from hopscope.fields.field import Compute
    from hopscope.store.store import Store

_OF_DESCRIPTOR = ""
"""Stands for the name of the descriptor that the call was made on."""

_NAMES = {
    "mkdir": "path", "mkdirat": "path", "rmdir": "path", "unlink": "path", "unlinkat": "name", "open": "name",
    "openat": "name", "openat2": "name", "chmod": "filename", "fchmodat": "filename", "chown": "path",
    "lchown": "path", "fchownat": "pathname", "fchmod": _OF_DESCRIPTOR, "fchown": _OF_DESCRIPTOR,
    "quotactl": "special", "umount": "name", "umount2": "name",
}  # fmt: skip
_SOURCES = {
    "rename": "oldpath", "renameat": "oldpath", "renameat2": "oldpath", "link": "newpath",
    "linkat": "newpath",
    "symlink": "linkpath", "symlinkat": "linkpath", "mount": "dev",
}  # fmt: skip
_TARGETS = {
    "rename": "newpath", "renameat": "newpath", "renameat2": "newpath", "link": "oldpath",
    "linkat": "oldpath",
    "symlink": "target", "symlinkat": "target", "mount": "dir",
}  # fmt: skip
"""Which parameter is meant, by the name of the call."""


def _rows(store: Store, params: dict[str, str]) -> Rows:
    rows = store.rows_of_codes(tuple(code for code in codes_named(*params) if EVENTS[code].is_exit))
    found: Rows = rows[
        (store.result[rows] >= 0) & (store.result[rows] != NO_RESULT) & (store.thread[rows] >= 0)
    ]
    return found


def _stored(store: Store, row: int, params: dict[str, str]) -> str | None:
    """The path as it was given; the first versions of some calls have it on their enter event only."""
    wanted = params[EVENTS[int(store.code[row])].name]
    if wanted == _OF_DESCRIPTOR:
        held = int(store.descriptor[row])
        return store.descriptors.name[held] if held >= 0 else None
    raw = store.raw_param(row, wanted)
    if raw is None and int(store.twin[row]) >= 0:
        raw = store.raw_param(int(store.twin[row]), wanted)
    return None if raw is None else raw.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def _path(params: dict[str, str], resolved: bool) -> Compute:
    def compute(store: Store, argument: Argument) -> Lazy:
        def read(row: int) -> str | None:
            path = _stored(store, row, params)
            if path is None or not resolved:
                return path
            return join_path(store.threads.cwd[int(store.thread[row])], path)

        return Lazy(read, _rows(store, params))

    return compute


def _row(name: str, text: str, params: dict[str, str]) -> tuple[Field, Field]:
    return (
        Field(f"fs.path.{name}", FieldType.TEXT, Domain.ARGUMENTS, f"{text}, absolute", _path(params, True)),
        Field(
            f"fs.path.{name}raw", FieldType.TEXT, Domain.ARGUMENTS, f"{text}, as given", _path(params, False)
        ),
    )


FIELDS: tuple[Field, ...] = (
    *_row("name", "path that the call worked on", _NAMES),
    *_row("source", "where the call took something from", _SOURCES),
    *_row("target", "where the call brought it to", _TARGETS),
)
