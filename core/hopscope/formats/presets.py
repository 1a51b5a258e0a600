"""Formats that have a name."""

from __future__ import annotations

from dataclasses import dataclass

_BEGIN, _END = "*%evt.num %evt.outputtime %evt.cpu ", "%evt.dir %evt.type %evt.info"
_IN_CONTAINER = f"(%container.id) %proc.name (%thread.tid:%thread.vtid) {_END}"

DEFAULT = f"{_BEGIN}%proc.name (%thread.tid) {_END}"
"""What events are printed by where nobody asks for another format."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A format by its names.

    Attributes:
        names: each of them chooses it, the shortest first, as in ``-pc``.
        text: the format.
        help: what it adds to the default, for a person.
    """

    names: tuple[str, ...]
    text: str
    help: str


PRESETS: tuple[Preset, ...] = (
    Preset(("c", "container"), f"{_BEGIN}%container.name {_IN_CONTAINER}", "name and id of the container"),
    Preset(
        ("k", "kubernetes"),
        f"{_BEGIN}%k8s.pod.name {_IN_CONTAINER}",
        "pod of Kubernetes and id of the container",
    ),
    Preset(
        ("m", "mesos"), f"{_BEGIN}%mesos.task.name {_IN_CONTAINER}", "task of Mesos and id of the container"
    ),
)
"""The presets of the reference. Each also prints the thread's number inside its container."""

SHOW_DEFAULT = "p"
"""In place of a format: print the default format itself, as the reference's ``-pp``."""


def format_named(text: str) -> str:
    """The format that a name chooses, or the text itself where it is no name."""
    return next((preset.text for preset in PRESETS if text in preset.names), text)
