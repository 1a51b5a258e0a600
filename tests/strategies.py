"""Hypothesis strategies for what a capture can hold."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from hopscope.capture.lists import DescriptorEntry, Group, Interface, MachineInfo, ProcessEntry, User
from hopscope.decode.capture_writer import SYSDIG_CODES, params_of
from hopscope.decode.dynamic import DYNAMIC_TYPES
from hopscope.decode.event_table import EVENTS, FIXED_WIDTH, SIGNED_TYPES, EventType, Param

POINTER_TYPES = frozenset({"CHARBUFARRAY", "CHARBUF_PAIR_ARRAY"})
"""Parameter types that never are in files."""

u8 = st.integers(0, 0xFF)
u16 = st.integers(0, 0xFFFF)
u32 = st.integers(0, 0xFFFFFFFF)
u64 = st.integers(0, 0xFFFFFFFFFFFFFFFF)
i64 = st.integers(-(1 << 63), (1 << 63) - 1)
times = st.integers(1_400_000_000_000_000_000, 1_900_000_000_000_000_000)
tids = st.integers(1, 1 << 22)

stored_texts = st.binary(max_size=40).map(lambda raw: raw.replace(b"\0", b"\n"))
"""Bytes of a text as the kernel may give it: anything without a NUL, UTF-8 or not."""

texts = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20), st.none()
).flatmap(
    lambda text: (
        stored_texts.map(lambda raw: raw.decode("utf-8", "surrogateescape"))
        if text is None
        else st.just(text)
    )
)
"""Texts, with surrogates for bytes that are no UTF-8."""

text_tuples = st.lists(texts, max_size=4).map(tuple)


def addresses(width: int = 0) -> st.SearchStrategy[bytes]:
    """Packed addresses of 4 or 16 bytes, of either where no width is given."""
    if width:
        return st.binary(min_size=width, max_size=width)
    return st.one_of(addresses(4), addresses(16))


def ends(width: int) -> st.SearchStrategy[tuple[bytes, int]]:
    """``(packed address, port)``."""
    return st.tuples(addresses(width), u16)


machines = st.builds(
    MachineInfo,
    st.integers(1, 1024),
    u64,
    u64,
    st.text("abcdefghijklmnopqrstuvwxyz0123456789-.", max_size=64),
    u64,
    u64,
)

users = st.builds(User, u32, u32, texts, texts, texts)
groups = st.builds(Group, u32, texts)


@st.composite
def interfaces(draw: st.DrawFn, linkspeed: bool = True) -> Interface:
    """Network interfaces with an address of either family."""
    address = addresses(draw(st.sampled_from([4, 16])))
    width = len(draw(address))
    same = addresses(width)
    return Interface(draw(texts), draw(same), draw(same), draw(same), draw(u64) if linkspeed else 0)


processes = st.builds(
    ProcessEntry,
    tid=i64, pid=i64, ptid=i64, sid=i64, vpgid=i64, comm=texts, exe=texts, exepath=texts, args=text_tuples,
    cwd=texts, fdlimit=i64, flags=u32, uid=u32, gid=u32, vmsize_kb=u32, vmrss_kb=u32, vmswap_kb=u32,
    pfmajor=u64, pfminor=u64, env=text_tuples, vtid=i64, vpid=i64, cgroups=text_tuples, root=texts,
    loginuid=u32, exe_writable=st.booleans(), cap_inheritable=u64, cap_permitted=u64, cap_effective=u64,
    pidns_started=u64, tty=u32, exe_upper_layer=st.booleans(), exe_ino=u64, exe_ino_ctime=u64,
    exe_ino_mtime=u64, exe_from_memfd=st.booleans(), exe_lower_layer=st.booleans(), pgid=i64,
)  # fmt: skip


@st.composite
def descriptors(draw: st.DrawFn, version: int = 2) -> DescriptorEntry:
    """Open descriptors of every type."""
    kind = draw(st.integers(0, 21))
    fd, ino = draw(i64), draw(u64)
    if kind in (3, 4):
        both = ends(4 if kind == 3 else 16)
        return DescriptorEntry(fd, ino, kind, source=draw(both), destination=draw(both), l4=draw(u8))
    if kind in (5, 6):
        return DescriptorEntry(fd, ino, kind, source=draw(ends(4 if kind == 5 else 16)), l4=draw(u8))
    if kind == 8:
        return DescriptorEntry(fd, ino, kind, draw(texts), unix_source=draw(u64), unix_peer=draw(u64))
    if kind == 16:
        dev = draw(u32) if version == 2 else 0
        return DescriptorEntry(fd, ino, kind, draw(texts), open_flags=draw(u32), dev=dev)
    return DescriptorEntry(fd, ino, kind, draw(texts) if kind else "")


def param_values(param: Param) -> st.SearchStrategy[object]:
    """Values that :func:`hopscope.decode.encode.encode_param` takes and decoding gives back."""
    if param.type == "DYN":
        types = DYNAMIC_TYPES[param.table]
        return st.integers(0, len(types) - 1).flatmap(
            lambda index: st.tuples(st.just(index), param_values(types[index]))
        )
    if param.type == "IPV4ADDR":
        return addresses(4)
    if param.type == "IPV6ADDR":
        return addresses(16)
    if param.type == "BOOL":
        return st.integers(0, 1)
    if param.type in FIXED_WIDTH:
        bits = 8 * FIXED_WIDTH[param.type]
        if param.type in SIGNED_TYPES:
            return st.integers(-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
        return st.integers(0, (1 << bits) - 1)
    if param.type in {"CHARBUF", "FSPATH", "FSRELPATH"}:
        return texts.map(lambda text: None if text == "(NULL)" else text)  # a null pointer looks like that
    if param.type == "BYTEBUF":
        return text_tuples if param.name in {"args", "env", "cgroups"} else st.binary(max_size=100)
    if param.type == "FDLIST":
        return st.lists(st.tuples(i64, st.integers(-(1 << 15), (1 << 15) - 1)), max_size=4)
    if param.type == "SOCKADDR":
        return st.one_of(st.none(), ends(4), ends(16), texts)
    assert param.type == "SOCKTUPLE"
    return st.one_of(
        st.none(), st.tuples(ends(4), ends(4)), st.tuples(ends(16), ends(16)), st.tuples(u64, u64, texts)
    )


@dataclass(frozen=True)
class EventSample:
    """An event to write, and what must come back."""

    kind: EventType
    ts: int
    tid: int
    cpu: int
    values: dict[str, object]

    def keywords(self) -> dict[str, object]:
        """The values as keyword parameters of ``CaptureWriter.event``."""
        return {name + "_" if name in {"tid", "cpu"} else name: v for name, v in self.values.items()}


def writable(kind: EventType) -> bool:
    """True for event types that a file can hold."""
    return kind.name != "NA" and not any(param.type in POINTER_TYPES for param in kind.params)


WRITABLE = tuple(kind for kind in EVENTS if writable(kind))
SYSDIG_WRITABLE = tuple(kind for kind in WRITABLE if kind.code < SYSDIG_CODES)


@st.composite
def events(draw: st.DrawFn, newest: bool = False, cpus: int = 4) -> EventSample:
    """Events of any type with values for all parameters of their layout."""
    kind = draw(st.sampled_from(WRITABLE if newest else SYSDIG_WRITABLE))
    params = params_of(kind, "newest" if newest else "sysdig")
    values = {param.name: draw(param_values(param)) for param in params}
    return EventSample(kind, draw(times), draw(tids), draw(st.integers(0, cpus - 1)), values)
