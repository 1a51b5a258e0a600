"""The whole table of fields, and how a name in a filter finds its row."""

from __future__ import annotations

import difflib
from itertools import chain

from hopscope.errors import UsageError
from hopscope.fields import (
    container,
    evt,
    evt_args,
    evt_io,
    evt_time,
    executable,
    fd,
    fd_ends,
    fdlist,
    fs_path,
    k8s,
    lineage,
    members,
    memory,
    proc,
    syslog,
    thread,
    tracers,
    unanswered,
    user,
)
from hopscope.fields.field import Argument, ArgumentForm, Field, FieldUse

_MODULES = (
    evt, evt_time, evt_io, evt_args, proc, lineage, executable, thread, memory, fd, fd_ends, fs_path, fdlist,
    user, container, k8s, syslog, tracers, members, unanswered,
)  # fmt: skip

FIELDS: dict[str, Field] = {field.name: field for field in chain.from_iterable(m.FIELDS for m in _MODULES)}
"""Every field by its name, in the order in which help lists them."""


class UnknownFieldError(UsageError):
    """A name that is no field, or a field with a wrong argument.

    Attributes:
        hint: what may be meant, or an empty string.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def nearest(name: str) -> str:
    """The field whose name is most like this one, or an empty string."""
    head, dot, tail = name.partition(".")
    same_class = [known for known in FIELDS if known.startswith(head + dot)] if tail else []
    found = difflib.get_close_matches(name, same_class, 1, 0.5) or difflib.get_close_matches(
        name, FIELDS, 1, 0.5
    )
    return found[0] if found else ""


def resolve(name: str, argument: str | None = None) -> FieldUse:
    """The field that a name means.

    ``argument`` is what stood in brackets; without it, the rest of a dotted name behind the longest
    field that takes an argument is its argument: ``evt.arg.name``, ``k8s.pod.label.app``.

    Raises:
        UnknownFieldError: no such field, or its argument is missing, wrong or not wanted.
    """
    field = FIELDS.get(name)
    if field is None:
        field, argument = _dotted(name, argument)
    given = Argument(argument, True) if argument is not None else Argument()
    if given.given and field.form is ArgumentForm.NONE:
        raise UnknownFieldError(f"{field.name} takes no argument", f"write {field.name}")
    if not given.given and field.form is ArgumentForm.REQUIRED:
        raise UnknownFieldError(f"{field.name} needs an argument", f"write {field.usage}")
    if given.given and field.check_argument:
        wrong = field.check_argument(given.text)
        if wrong:
            raise UnknownFieldError(f"{field.name}: {wrong}", f"write {field.usage}")
    return FieldUse(field, given)


def _dotted(name: str, argument: str | None) -> tuple[Field, str]:
    head = name
    while argument is None and "." in head:
        head = head.rpartition(".")[0]
        field = FIELDS.get(head)
        if field is not None and field.form is not ArgumentForm.NONE:
            return field, name[len(head) + 1 :]
    guess = nearest(name)
    raise UnknownFieldError(f"there is no field {name}", f"perhaps {guess} is meant" if guess else "")
