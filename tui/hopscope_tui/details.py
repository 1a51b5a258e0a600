"""Everything about one event, in sections."""

from __future__ import annotations

import os
from collections.abc import Iterable

from textual.content import Content

from hopscope.decode.render import Argument, decoded_args
from hopscope.protocols import summary
from hopscope.redaction import shown_arguments, shown_bytes
from hopscope.store.store import Store
from hopscope.store.tables import NONE
from hopscope.text import visible
from hopscope.views.text import format_duration, format_time
from hopscope_tui.byte_lines import hex_lines, text_lines
from hopscope_tui.hanging import MOST_CHARACTERS, hanging
from hopscope_tui.message_parts import message_parts
from hopscope_tui.sources import event_tone
from hopscope_tui.summaries import event_place_text, event_summary
from hopscope_tui.tones import tone_style

MOST_DATA = 16 * 1024
"""Bytes of data that are shown; no screen holds more."""
_ROOM = 64
"""Characters in which the length of a text is told."""
MOST_ANCESTORS = 16
_WIDE_HEX = 78
_TEXT_COLUMN = 14

Pair = tuple[str, str | Content]


def event_details(store: Store, row: int, hexadecimal: bool, width: int) -> Content:
    """All that is known about an event.

    Args:
        store: the capture.
        row: event row.
        hexadecimal: True for data in hex.
        width: cells there are.
    """
    blocks = [
        _head(store, row),
        _section("Arguments", _arguments(store, row), width),
        _data(store, row, hexadecimal, width),
        _section("Recorded", _recorded(store, row), width),
        _section("Process", _process(store, row), width),
        _section("Descriptor", _descriptor(store, row), width),
        _section("Container", _container(store, row), width),
        _section("Pod", _pod(store, row), width),
        _section("Twin", _twin(store, row), width),
    ]
    return Content("\n\n").join([block for block in blocks if block])


def _told(text: str) -> str:
    """A text of the capture, safe to show; of a very long one the beginning and how long it is."""
    if len(text) <= MOST_CHARACTERS:
        return visible(text)
    beginning = visible(text, MOST_CHARACTERS)[: MOST_CHARACTERS - _ROOM]
    return f"{beginning}… {len(text):,} characters in all"


def _head(store: Store, row: int) -> Content:
    kind = store.event_type(row)
    time = format_time(int(store.time[row]), store.epoch)
    return Content.assemble(
        (f"{store.number[row]} ", "bold"),
        (f"{kind.direction} {kind.name}", f"bold {tone_style(event_tone(store, row))}".strip()),
        (f"  {kind.category.lower().replace('_', ' ')}", "$tone-quiet"),
        "\n",
        (f"{time} s, cpu {store.cpu[row]}", "$tone-quiet"),
    )


def _section(title: str, pairs: Iterable[Pair], width: int) -> Content:
    lines = [
        hanging(f"  {label}", value, _TEXT_COLUMN, width, style="$tone-quiet")
        for label, value in pairs
        if value
    ]
    return Content("\n").join([_title(title), *lines]) if lines else Content()


def _title(title: str) -> Content:
    return Content.styled(title, "bold $text-primary")


def _arguments(store: Store, row: int) -> list[Pair]:
    return [
        (visible(one.name), Content.assemble(_told(one.text), (_resolved(one), "$text-primary")))
        for one in decoded_args(store, row)
        if one.name != "data"
    ]


def _resolved(argument: Argument) -> str:
    return f"  {_told(argument.resolved)}" if argument.resolved else ""


def _data(store: Store, row: int, hexadecimal: bool, width: int) -> Content:
    data = shown_bytes(store.payload(row) or b"")
    if not data:
        return Content()
    size, shown = int(store.size[row]), data[:MOST_DATA]
    texts = hex_lines(shown, 16 if width >= _WIDE_HEX else 8) if hexadecimal else text_lines(shown)
    amount = f"{len(data)} bytes" if size <= len(data) else f"{len(data)} of {size} bytes recorded"
    if len(shown) < len(data):
        texts.append(f"… {len(data) - len(shown):,} more bytes; e shows the whole conversation")
    other = "text" if hexadecimal else "hex"
    title = _title("Data") + Content.styled(f"  {amount}, x for {other}", "$tone-quiet")
    said = _told(summary(data))
    lines = [hanging("", Content.styled(said, "$text-accent"), 2, width)] if said else []
    if said and not hexadecimal:
        lines += message_parts(shown, width)
    return Content("\n").join([title, *lines, *(hanging("", text, 2, width) for text in texts)])


def _recorded(store: Store, row: int) -> list[Pair]:
    """Where an event was recorded, of captures that are opened together."""
    if store.members is None:
        return []
    host, file = store.members.host_at(row), store.members.file_at(row)
    own = int(store.members.own_number[row])
    correction = f"{host.clock.offset / 1e9:+.6f} s" if host.clock.offset or host.clock.drift else ""
    return [
        ("host", _told(host.name)),
        ("clock", correction),
        ("file", _told(os.path.basename(file.name))),
        ("number", f"{own} in its file"),
    ]


def _process(store: Store, row: int) -> list[Pair]:
    thread = int(store.thread[row])
    if thread == NONE:
        return []
    threads = store.threads
    user = store.hosts[int(store.thread_host[thread])].users.users.get(int(threads.uid[thread]), "")
    uid = int(threads.uid[thread])
    owner = f"{user} ({uid})" if user else ("" if uid == 0xFFFFFFFF else str(uid))
    arguments = shown_arguments(threads.exe[thread] or threads.comm[thread], threads.args[thread])
    command = " ".join((threads.exe[thread], *arguments)).strip()
    return [
        ("who", Content.styled(event_place_text(store, row), tone_style("name"))),
        ("command", _told(command)),
        ("directory", _told(threads.cwd[thread])),
        ("user", _told(owner)),
        ("ancestors", " < ".join(_ancestors(store, thread, row))),
        ("born", _moment(store, int(threads.born[thread]))),
        ("ended", _moment(store, int(threads.died[thread]))),
    ]


def _ancestors(store: Store, thread: int, row: int) -> list[str]:
    """The parents, nearest first, as they were at an event."""
    threads, names, seen = store.threads, list[str](), set[int]()
    while len(names) < MOST_ANCESTORS:
        ptid = int(threads.ptid[thread])
        thread = store.thread_at(ptid, row) if ptid > 0 else NONE
        if thread == NONE or int(threads.life[thread]) in seen:
            break
        seen.add(int(threads.life[thread]))
        names.append(f"{_told(threads.comm[thread])} {threads.pid[thread]}")
    return names


def _descriptor(store: Store, row: int) -> list[Pair]:
    descriptor = int(store.descriptor[row])
    if descriptor == NONE:
        return []
    table = store.descriptors
    role = ("", "client", "server")[int(table.role[descriptor])]
    state = "listening" if table.listening[descriptor] else ""
    kind = ", ".join(text for text in (table.kind[descriptor], table.l4[descriptor], role, state) if text)
    return [
        ("number", str(table.fd[descriptor])),
        ("name", Content.styled(_told(table.name[descriptor]), tone_style("network"))),
        ("kind", kind),
        ("opened", _opening(store, descriptor)),
        ("closed", _moment(store, int(table.closed[descriptor]))),
        ("inode", str(table.ino[descriptor]) if table.ino[descriptor] else ""),
    ]


def _opening(store: Store, descriptor: int) -> str:
    opened = int(store.descriptors.opened[descriptor])
    if opened == NONE:
        return "before the capture began"
    return f"{_moment(store, opened)} by {event_place_text(store, opened)}"


def _moment(store: Store, row: int) -> str:
    """When an event was, with its number; empty for none."""
    if row == NONE:
        return ""
    return f"{format_time(int(store.time[row]), store.epoch)} s, event {store.number[row]}"


def _container(store: Store, row: int) -> list[Pair]:
    thread = int(store.thread[row])
    index = int(store.threads.container[thread]) if thread != NONE else 0
    if index <= 0:
        return []
    container = store.containers[index]
    return [
        ("name", Content.styled(_told(container.name), tone_style("name"))),
        ("id", _told(container.id)),
        ("image", _told(container.image)),
        ("engine", _told(container.type)),
    ]


def _pod(store: Store, row: int) -> list[Pair]:
    thread = int(store.thread[row])
    index = int(store.threads.container[thread]) if thread != NONE else 0
    pod = store.containers[index].pod if index > 0 else NONE
    if pod == NONE:
        return []
    found = store.kubernetes.pods[pod]
    services = store.kubernetes.owners(found, store.kubernetes.services)
    labels = ", ".join(f"{key}={value}" for key, value in (found.labels or {}).items())
    return [
        ("name", Content.styled(_told(found.name), tone_style("name"))),
        ("namespace", _told(found.namespace)),
        ("address", _told(found.ip)),
        ("services", _told(", ".join(service.name for service in services))),
        ("labels", _told(labels)),
    ]


def _twin(store: Store, row: int) -> list[Pair]:
    twin = int(store.twin[row])
    if twin == NONE:
        return []
    latency = int(store.latency[max(row, twin)])
    which = "exit" if store.event_type(twin).is_exit else "enter"
    return [(which, event_summary(store, twin)), ("latency", format_duration(latency))]
