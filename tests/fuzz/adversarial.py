"""Captures of at most 1 MB made to take much time or memory: one function each, found by name.

Each repeats what a careless reader does in quadratic time, by recursion, or with memory for what a length
claims. :func:`fuzz.exercise.exercise` must look at all of them within its limits.
"""

from __future__ import annotations

import gzip
import struct
from collections.abc import Callable, Iterator

from builders import START, descriptor_list, process, process_list, section
from hopscope.capture.blocks import BlockType
from hopscope.capture.lists import DescriptorEntry, ProcessEntry
from hopscope.capture.writer import frame, pack_event, section_header
from hopscope.decode.capture_writer import code_for, params_of
from hopscope.decode.encode import encode_param, neutral_param
from hopscope.decode.event_table import EVENTS

SIZE = 1_000_000

Maker = Callable[[], bytes]
ADVERSARIAL: dict[str, Maker] = {}
"""The captures by name."""


def adversarial(make: Maker) -> Maker:
    """Take a function into the table."""
    ADVERSARIAL[make.__name__] = make
    return make


def _upto(head: bytes, blocks: Iterator[bytes]) -> bytes:
    """As many blocks as fit."""
    parts, size = [head], len(head)
    for block in blocks:
        size += len(block)
        if size > SIZE:
            break
        parts.append(block)
    return b"".join(parts)


def _packed_event(event: str, direction: str, tid: int, number: int, /, **values: object) -> bytes:
    """An event with some parameters given and the others neutral; values of bytes are taken as they are."""
    code = code_for(event, direction)
    params = []
    for param in params_of(EVENTS[code], "sysdig"):
        given = values.get(param.name, values.get(f"{param.name}_"))
        if isinstance(given, bytes):
            params.append(given)
        else:
            params.append(neutral_param(param) if given is None else encode_param(param, given))
    large = any(len(one) > 0xFFFF for one in params)
    return pack_event(code, params, ts=START + number, tid=tid, large=large)


def _lists(entries: Iterator[ProcessEntry], room: int = SIZE - 20_000) -> bytes:
    """A section with as many threads as fit into so many bytes."""
    size, kept = 0, []
    for entry in entries:
        size += len(process_list([entry])) - 12
        if size > room:
            break
        kept.append(entry)
    return section(process_list(kept))


def _count() -> Iterator[int]:
    return iter(range(1 << 30))


@adversarial
def one_thread_listed_again_and_again() -> bytes:
    return _lists(process(10, "a") for _ in _count())


@adversarial
def threads_that_are_each_others_parents() -> bytes:
    ring = 5000
    return _lists(process(10 + n % ring, "a", ptid=10 + (n + 1) % ring) for n in range(ring))


@adversarial
def a_thread_that_is_its_own_parent() -> bytes:
    head = _lists(
        iter([process(10, "a", ptid=10), process(11, "b", pid=11, ptid=12), process(12, "c", ptid=11)])
    )
    return _upto(head, (_packed_event("read", ">", 10 + n % 3, n, fd=3) for n in _count()))


@adversarial
def a_long_line_of_parents() -> bytes:
    head = _lists((process(10 + n, "a", ptid=9 + n) for n in range(4000)), 600_000)
    return _upto(head, (_packed_event("read", ">", 10 + n % 4000, n, fd=3) for n in _count()))


@adversarial
def a_long_line_of_clones() -> bytes:
    def clones() -> Iterator[bytes]:
        for n in _count():
            yield _packed_event(
                "clone", "<", 10 + n, 2 * n, res=11 + n, exe="a", tid_=10 + n, pid=10 + n, comm="a"
            )
            yield _packed_event(
                "clone", "<", 11 + n, 2 * n + 1, res=0, exe="a", tid_=11 + n, pid=11 + n, comm="a"
            )

    return _upto(_lists(iter([process(10, "a")])), clones())


@adversarial
def many_descriptors_inherited_by_many_processes() -> bytes:
    entries = [DescriptorEntry(fd, fd, 16, "/a", open_flags=1) for fd in range(12_000)]
    head = section(process_list([process(10, "a")]), descriptor_list(10, entries))

    def clones() -> Iterator[bytes]:
        for n in _count():
            yield _packed_event("clone", "<", 10, 2 * n, res=11 + n, exe="a", tid_=10, pid=10, comm="a")
            yield _packed_event(
                "clone", "<", 11 + n, 2 * n + 1, res=0, exe="a", tid_=11 + n, pid=11 + n, comm="a"
            )

    return _upto(head, clones())


@adversarial
def one_descriptor_listed_again_and_again() -> bytes:
    entries = [DescriptorEntry(3, 1, 16, "/a", open_flags=1)] * 25_000
    return section(process_list([process(10, "a")]), descriptor_list(10, entries))


@adversarial
def one_descriptor_opened_again_and_again() -> bytes:
    opening = (
        _packed_event("open", direction, 10, n, fd=3, name=f"/{n}", flags=1)
        for n in _count() for direction in "><"
    )  # fmt: skip
    return _upto(_lists(iter([process(10, "a")])), opening)


@adversarial
def a_chain_of_duplicates() -> bytes:
    head = section(
        process_list([process(10, "a")]), descriptor_list(10, [DescriptorEntry(3, 1, 16, "/a", open_flags=1)])
    )
    calls = (
        _packed_event("dup", direction, 10, n, fd=3 + n, res=4 + n)
        for n in _count() for direction in "><"
    )  # fmt: skip
    return _upto(head, calls)


@adversarial
def nothing_but_sections() -> bytes:
    return section_header() * (SIZE // len(section_header()))


@adversarial
def many_sections_with_a_thread() -> bytes:
    one = section(process_list([process(10, "a")]), _packed_event("read", ">", 10, 1, fd=3))
    return one * (SIZE // len(one))


@adversarial
def nothing_but_tiny_blocks() -> bytes:
    return section_header() + frame(0x999, b"") * (SIZE // 12 - 10)


@adversarial
def lengths_that_lie() -> bytes:
    """Blocks and lists that claim much more than there is."""
    lies = [
        struct.pack("<II", BlockType.PROCESSES_V9, 0xFFFFFFF0),
        struct.pack("<II", BlockType.EVENT, 0x7FFFFFF0),
    ]
    body = struct.pack("<I", 0xFFFFFFFF) + b"\xff" * 60
    lists = b"".join(
        frame(kind, body) for kind in BlockType if kind not in (BlockType.SECTION, BlockType.MACHINE)
    )
    return section(lists * 800) + lies[0] + lists + lies[1] + b"\xff" * 1000


@adversarial
def arguments_that_are_all_empty() -> bytes:
    calls = (
        _packed_event("execve", "<", 10, n, exe="a", args=bytes(30_000), env=bytes(20_000), comm="a", tid_=10,
                      pid=10, cgroups=b"a=/\0" * 2_000)
        for n in _count()
    )  # fmt: skip
    return _upto(_lists(iter([process(10, "a")])), calls)


@adversarial
def programs_executed_again_and_again() -> bytes:
    calls = (
        _packed_event(
            "execve", "<", 10, n, exe=f"a{n}", comm=f"a{n}", tid_=10, pid=10, args=[f"{n}"], env=[f"A={n}"]
        )
        for n in _count()
    )
    return _upto(_lists(iter([process(10, "a")])), calls)


@adversarial
def lists_of_polled_descriptors() -> bytes:
    fds = struct.pack("<H", 6_000) + b"".join(struct.pack("<qh", fd, 1) for fd in range(6_000))
    calls = (_packed_event("poll", ">", 10, n, fds=fds) for n in _count())
    return _upto(_lists(iter([process(10, "a")])), calls)


@adversarial
def paths_of_many_steps() -> bytes:
    calls = (
        _packed_event("open", "<", 10, n, fd=3 + n, name=("a/" * 15_000 + "../" * 10_000)[:60_000], flags=1)
        for n in _count()
    )
    return _upto(_lists(iter([process(10, "a", cwd="/" + "b/" * 400)])), calls)


@adversarial
def json_nested_deeply() -> bytes:
    nested = [
        b"[" * 60_000,
        b'{"container":' * 5_000,
        b'{"items":[' * 6_000,
        b'{"container":{"id":' + b"[" * 50_000,
    ]
    calls = (
        _packed_event(name, ">", 0, n, json=nested[n % 4] + b"\0")
        for n in _count() for name in ("container", "k8s")
    )  # fmt: skip
    return _upto(_lists(iter([process(10, "a")])), calls)


@adversarial
def one_pod_told_again_and_again() -> bytes:
    told = (
        b'{"apiVersion":"v1","kind":"Pod","type":"MODIFIED","items":[{"uid":"u","name":"p","namespace":"n",'
        b'"labels":{"a":"%d"},"containerStatuses":[{"containerID":"docker://0123456789ab"}]}]}\0'
    )
    return _upto(
        _lists(iter([process(10, "a")])), (_packed_event("k8s", ">", 0, n, json=told % n) for n in _count())
    )


@adversarial
def the_same_message_on_one_connection() -> bytes:
    return _talk(b"the same words again and again", lambda n: 3)


@adversarial
def the_same_message_on_many_connections() -> bytes:
    return _talk(b"the same words again and again", lambda n: 3 + n // 2 % 3000, 3000)


@adversarial
def queries_that_point_at_themselves() -> bytes:
    query = struct.pack(">6H", 7, 0x100, 40, 0, 0, 0) + b"\xc0\x0c\0\1\0\1" * 40
    return _talk(query, lambda n: 3, port=53)


@adversarial
def requests_without_an_end() -> bytes:
    return _talk(b"GET /" + b"a:b " * 2_000, lambda n: 3)


@adversarial
def brackets_without_an_end() -> bytes:
    return _talk(b'{"a":' * 2_000, lambda n: 3)


def _talk(data: bytes, fd_of: Callable[[int], int], connections: int = 1, port: int = 80) -> bytes:
    """One side writes and the other reads the same bytes, on many connections between the same two ends."""
    ends = (b"\x0a\0\0\1", 40000), (b"\x0a\0\0\2", port)
    entries = [
        DescriptorEntry(3 + n, n, 3, source=ends[0], destination=ends[1], l4=3 if port == 53 else 2)
        for n in range(connections)
    ]
    head = section(
        process_list([process(10, "a"), process(11, "b")]),
        descriptor_list(10, entries),
        descriptor_list(11, entries),
    )

    def calls() -> Iterator[bytes]:
        for n in _count():
            tid, name = (10, "write") if n % 2 else (11, "read")
            yield _packed_event(name, ">", tid, 2 * n, fd=fd_of(n), size=len(data))
            yield _packed_event(name, "<", tid, 2 * n + 1, res=len(data), data=data)

    return _upto(head, calls())


@adversarial
def signals_and_ends_of_one_thread() -> bytes:
    calls = (_packed_event("procexit", ">", 10 + n % 2, n, status=0) for n in _count())
    return _upto(_lists(iter([process(10, "a")])), calls)


@adversarial
def times_that_jump() -> bytes:
    code = code_for("read", ">")
    params = [neutral_param(param) for param in params_of(EVENTS[code], "sysdig")]
    times = (0, (1 << 64) - 1, 1, 1 << 63, START)
    calls = (pack_event(code, params, ts=times[n % 5], tid=10) for n in _count())
    return _upto(_lists(iter([process(10, "a")])), calls)


@adversarial
def a_name_of_half_a_megabyte() -> bytes:
    calls = (
        _packed_event("execve", "<", 10, n, exe="a", comm="a", tid_=10, pid=10, args=b"n" * 480_000)
        for n in _count()
    )
    return _upto(_lists(iter([process(10, "a")])), calls)


def long_name(size: int, text: bytes = b"n") -> bytes:
    """A packed capture with an event whose argument is a text again and again, so many bytes long."""
    head = section(process_list([process(10, "a")]))
    name = text * (size // len(text))
    event = _packed_event("execve", "<", 10, 1, exe="a", comm="a", tid_=10, pid=10, args=name)
    return gzip.compress(head + event, 6, mtime=0)
