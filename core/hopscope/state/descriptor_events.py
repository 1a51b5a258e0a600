"""What open, socket, connect and their kin do to descriptors (rules: notes on state, sections 5 and 6).

Each handler takes the world, the tid of the event and its parameters as declared in
:mod:`hopscope.state.handlers`; a parameter that the capture does not store is None.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hopscope.decode.addresses import (
    Endpoint,
    OtherFamily,
    SocketTuple,
    UnixTuple,
    decode_address,
    decode_tuple,
    endpoint_text,
    unmapped,
)
from hopscope.decode.paths import join_path
from hopscope.state.addresses import is_any
from hopscope.state.descriptor_log import CLIENT, SERVER, Descriptor, Shape
from hopscope.state.shapes import connection_shape, listening_shape, unix_shape
from hopscope.state.texts import text
from hopscope.state.thread_log import Thread
from hopscope.state.world import World

AT_FDCWD = -100
"""Stands for the working directory where a descriptor of a directory is expected."""

DUPLICATING = (1, 26)
"""Commands of fcntl that duplicate: F_DUPFD, F_DUPFD_CLOEXEC."""

O_DIRECTORY = 1024
"""Open flag, in the numbering of captures."""

_O_CLOEXEC = 4096
EINPROGRESS = -115
"""Result of a connect that goes on."""

_SOCKET_TYPE = 0xF
_NULL_PATHS = frozenset({b"", b"\0", b"(NULL)\0", b"<NA>\0"})
_PROTOCOLS = {6: "tcp", 17: "udp", 1: "icmp", 255: "raw", 58: "icmp"}
_TYPES = {1: "tcp", 2: "udp"}
_SOCK_RAW = 3


def open_file(world: World, tid: int, fd: int | None, *values: Any) -> None:
    """open, creat, openat, openat2: a file or directory."""
    if fd is None or fd < 0:
        return
    thread = world.thread(tid)
    shape = file_shape(thread, *values)
    if shape is not None:
        world.open(thread, fd, shape)


def file_shape(
    thread: Thread, exit_name: bytes | None, enter_name: bytes | None, exit_flags: int | None,
    enter_flags: int | None, exit_dirfd: int | None, enter_dirfd: int | None, dev: int | None,
    ino: int | None,
) -> Shape | None:  # fmt: skip
    """The file that a thread opened; None where the capture has no name of it."""
    raw = opened_name(exit_name, enter_name)
    if raw is None:
        return None
    flags = exit_flags if exit_flags is not None else enter_flags or 0
    dirfd = exit_dirfd if exit_dirfd is not None else enter_dirfd
    name = join_path(base_directory(thread, dirfd), text(raw))
    kind, letter = ("directory", "d") if flags & O_DIRECTORY else ("file", "f")
    return Shape(kind, letter, name, ino=ino or 0, dev=dev or 0, open_flags=flags)


def opened_name(exit_name: bytes | None, enter_name: bytes | None) -> bytes | None:
    """What a file was opened as: the enter event tells it better, if it could be read there already."""
    return exit_name if enter_name is None or enter_name in _NULL_PATHS else enter_name


def base_directory(thread: Thread, dirfd: int | None) -> str:
    """What a relative path starts from."""
    if dirfd is None or dirfd == AT_FDCWD:
        return thread.main.cwd
    entry = thread.files.entries.get(dirfd)
    if entry is None:
        return "<UNKNOWN>"
    return entry.shape.name if entry.shape.name.endswith("/") else entry.shape.name + "/"


def open_by_handle(
    world: World, tid: int, fd: int | None, path: bytes | None, flags: int | None, dev: int | None,
    ino: int | None,
) -> None:  # fmt: skip
    """open_by_handle_at: the capture stores the path that the handle led to."""
    if fd is None or fd < 0 or path is None:
        return
    name = text(path)
    kind, letter = ("directory", "d") if (flags or 0) & O_DIRECTORY else ("file", "f")
    world.open(
        world.thread(tid), fd, Shape(kind, letter, name, ino=ino or 0, dev=dev or 0, open_flags=flags or 0)
    )


def close(
    world: World, tid: int, res: int | None, exit_fd: int | None, enter_fd: int | None, enter_row: int
) -> None:
    """close: gone after the event, unless another thread made the number anew in between."""
    fd = exit_fd if exit_fd is not None else enter_fd
    if res is None or res < 0 or fd is None:
        return
    files = world.thread(tid).files
    entry = files.entries.get(fd)
    if entry is not None and not (enter_row >= 0 and entry.opened > enter_row):
        world.descriptor_log.close(files, fd, world.row)


def close_range(
    world: World, tid: int, res: int | None, first: int | None, last: int | None, flags: int | None
) -> None:
    """close_range, unless it only marks the descriptors."""
    if res != 0 or first is None or last is None or (flags or 0) & 2:
        return
    files = world.thread(tid).files
    for fd in [fd for fd in files.entries if first <= fd <= last]:
        world.descriptor_log.close(files, fd, world.row)


def duplicate(world: World, tid: int, res: int | None, exit_old: int | None, enter_old: int | None) -> None:
    """dup, dup2, dup3, and fcntl where it duplicates: another number for the same thing."""
    old = exit_old if exit_old is not None else enter_old
    if res is None or res < 0 or old is None or res == old:
        return
    thread = world.thread(tid)
    entry = thread.files.entries.get(old)
    if entry is None:
        return
    shape = entry.shape
    if shape.open_flags & _O_CLOEXEC:
        shape = shape._replace(open_flags=shape.open_flags & ~_O_CLOEXEC)
    world.open(thread, res, shape, origin=entry.life)


def pipe(world: World, tid: int, res: int | None, fd1: int | None, fd2: int | None, ino: int | None) -> None:
    """pipe, pipe2: both ends."""
    if res is None or res < 0:
        return
    thread = world.thread(tid)
    for fd in (fd1, fd2):
        if fd is not None and fd >= 0:
            world.open(thread, fd, Shape("pipe", "p", ino=ino or 0))


def socket(
    world: World, tid: int, fd: int | None, exit_domain: int | None, enter_domain: int | None,
    exit_type: int | None, enter_type: int | None, exit_proto: int | None, enter_proto: int | None,
) -> None:  # fmt: skip
    """socket: what it will be when it gets connected."""
    if fd is None or fd < 0:
        return
    domain = exit_domain if exit_domain is not None else enter_domain
    kind = exit_type if exit_type is not None else enter_type or 0
    protocol = exit_proto if exit_proto is not None else enter_proto or 0
    if domain is None:
        return
    world.open(world.thread(tid), fd, socket_shape(domain, kind, protocol))


def socket_shape(domain: int, kind: int, protocol: int) -> Shape:
    """A socket that leads nowhere yet, from the parameters of its making."""
    kind &= _SOCKET_TYPE
    if domain == 1:
        return Shape("unix", "u")
    if domain in (2, 10):
        by_number = _PROTOCOLS.get(protocol, "") if protocol else _TYPES.get(kind, "")
        l4 = "raw" if kind == _SOCK_RAW else by_number
        return Shape("ipv4" if domain == 2 else "ipv6", "4" if domain == 2 else "6", l4=l4)
    if domain == 16:
        return Shape("netlink", "n")
    return Shape("other", "o")


def socketpair(
    world: World, tid: int, res: int | None, fd1: int | None, fd2: int | None, source: int | None,
    peer: int | None,
) -> None:  # fmt: skip
    """socketpair: two unix sockets, each the other's peer."""
    if res is None or res < 0:
        return
    thread = world.thread(tid)
    mask = (1 << 64) - 1
    one, other = (source or 0) & mask, (peer or 0) & mask
    for fd, mine, its in ((fd1, one, other), (fd2, other, one)):
        if fd is not None and fd >= 0:
            world.open(thread, fd, Shape("unix", "u", source=mine, peer=its, connected=True))


def bind(
    world: World, tid: int, res: int | None, address: bytes | None, exit_fd: int | None, enter_fd: int | None
) -> None:
    """bind: the socket has a name of its own and serves."""
    fd = exit_fd if exit_fd is not None else enter_fd
    if res is None or res < 0 or fd is None or not address:
        return
    thread = world.thread(tid)
    entry = thread.files.entries.get(fd)
    if entry is None:
        return
    own = decode_address(address)
    if isinstance(own, Endpoint):
        if own.port > 0:
            shape = listening_shape(own, entry.shape.l4, ino=entry.shape.ino, serves_ipv4=True)
            world.replace_shape(thread, fd, entry, shape)
        else:
            world.reshape(thread, fd, entry, name=endpoint_text(*own))
    elif isinstance(own, str):
        world.reshape(thread, fd, entry, name=own, role=SERVER, listening=True, local_is_client=0)
    elif isinstance(own, OtherFamily):
        world.reshape(thread, fd, entry, name=f"family {own.family}")


def aim(world: World, tid: int, fd: int | None, address: bytes | None) -> None:
    """connect begins: newer captures tell where to before it is known whether that works."""
    if fd is not None and address:
        _connect(world, tid, fd, lambda old: aimed_shape(old, address))


def connect(
    world: World, tid: int, exit_fd: int | None, enter_fd: int | None, res: int | None, tuple_: bytes | None,
    address: bytes | None,
) -> None:  # fmt: skip
    """connect: a client's end, also while the connection is still being made."""
    fd = exit_fd if exit_fd is not None else enter_fd
    if fd is not None and res is not None and (address or _is_made(res, tuple_)):
        _connect(world, tid, fd, lambda old: connected_shape(old, res, tuple_, address))


def _is_made(res: int, tuple_: bytes | None) -> bool:
    return bool(tuple_) and (res >= 0 or res == EINPROGRESS)


def _connect(world: World, tid: int, fd: int, become: Callable[[Shape], Shape | None]) -> None:
    thread = world.thread(tid)
    entry = thread.files.entries.get(fd)
    shape = become(entry.shape) if entry is not None else None
    if entry is not None and shape is not None:
        world.replace_shape(thread, fd, entry, shape)


def aimed_shape(old: Shape, address: bytes | None) -> Shape | None:
    """A socket that is to be connected; None where nothing is known of that, or too late."""
    if not address or old.role:
        return None
    target = decode_address(address)
    if isinstance(target, str):
        return old._replace(name=target)
    return old._replace(server=target) if isinstance(target, Endpoint) else None


def connected_shape(old: Shape, res: int | None, tuple_: bytes | None, address: bytes | None) -> Shape | None:
    """A socket after its connect; None where nothing has changed."""
    if res is None:
        return None
    if tuple_ is None or not _is_made(res, tuple_):
        return aimed_shape(old, address)
    ends = decode_tuple(tuple_)
    if isinstance(ends, SocketTuple):
        client, server = unmapped(ends)
        role = CLIENT if old.listening else old.role or CLIENT
        return connection_shape(client, server, old.l4, role, ino=old.ino, connected=True)
    return unix_shape(ends, CLIENT) if isinstance(ends, UnixTuple) else None


def accept(world: World, tid: int, fd: int | None, tuple_: bytes | None) -> None:
    """accept, accept4: a server's end."""
    if fd is None or fd < 0 or not tuple_:
        return
    thread = world.thread(tid)
    shape = accepted_shape(tuple_)
    if shape is not None:
        world.open(thread, fd, shape)


def accepted_shape(tuple_: bytes | None) -> Shape | None:
    """The server's end of a connection; None where its ends are not known."""
    ends = decode_tuple(tuple_) if tuple_ else None
    if isinstance(ends, SocketTuple):
        client, server = unmapped(ends)
        return connection_shape(client, server, "tcp", SERVER, connected=True)
    return unix_shape(ends, SERVER) if isinstance(ends, UnixTuple) else None


def send(
    world: World, tid: int, res: int | None, tuple_: bytes | None, exit_fd: int | None, enter_fd: int | None
) -> None:
    """A message went out: a nameless datagram socket learns its ends from it."""
    if res is not None and res >= 0:
        _learn(world, tid, exit_fd if exit_fd is not None else enter_fd, tuple_, outgoing=True)


def receive(
    world: World, tid: int, res: int | None, tuple_: bytes | None, exit_fd: int | None, enter_fd: int | None
) -> None:
    """A message came in: a nameless datagram socket learns its ends from it."""
    if res is not None and res >= 0:
        _learn(world, tid, exit_fd if exit_fd is not None else enter_fd, tuple_, outgoing=False)


def _learn(world: World, tid: int, fd: int | None, tuple_: bytes | None, *, outgoing: bool) -> None:
    if fd is None or fd < 0 or not tuple_:
        return
    ends = decode_tuple(tuple_)
    if not isinstance(ends, SocketTuple):
        return
    thread = world.thread(tid)
    entry = thread.files.entries.get(fd)
    if entry is None:
        four = len(ends[0][0]) == 4
        entry = world.open(thread, fd, Shape("ipv4" if four else "ipv6", "4" if four else "6", l4="udp"))
    shape = entry.shape
    if shape.kind not in ("ipv4", "ipv6"):
        return
    if shape.listening or (shape.l4 == "tcp" and shape.client is not None):
        if shape.listening and shape.l4 == "tcp":
            # the lists call every bound socket tcp; one that gets messages of its own is none
            world.reshape(thread, fd, entry, l4="udp")
        return
    source, destination = unmapped(ends)
    if shape.name and shape.role == 0 and shape.server is None and not outgoing:
        own = listening_shape(destination, shape.l4, ino=shape.ino, serves_ipv4=True)
        world.replace_shape(thread, fd, entry, own)
        return
    if shape.client is None or shape.server is None:
        _name(world, thread, fd, entry, source, destination, outgoing)
        return
    client, server = (source, destination) if outgoing == (shape.role == CLIENT) else (destination, source)
    if (client, server) == (shape.client, shape.server):
        return
    if shape.role == CLIENT:
        kept = shape.server if shape.server[1] and not is_any(shape.server[0]) else server
        if (client, kept) != (shape.client, shape.server):
            _set_ends(world, thread, fd, entry, client, kept, CLIENT)


def _name(
    world: World, thread: Thread, fd: int, entry: Descriptor, source: Endpoint, destination: Endpoint,
    outgoing: bool,
) -> None:  # fmt: skip
    serves = any(
        other.shape.listening and other.shape.server is not None and other.shape.server[1] == destination[1]
        for other in thread.files.entries.values()
        if other.shape.kind == "ipv4"
    )
    role = SERVER if serves else CLIENT
    if (role == CLIENT) != outgoing:
        source, destination = destination, source
    _set_ends(world, thread, fd, entry, source, destination, role)


def _set_ends(
    world: World, thread: Thread, fd: int, entry: Descriptor, client: Endpoint, server: Endpoint, role: int
) -> None:
    if is_any(client[0]):
        client = Endpoint(world.local.infer(server[0]) or client[0], client[1])
    shape = connection_shape(
        client,
        server,
        entry.shape.l4,
        role,
        ino=entry.shape.ino,
        connected=entry.shape.connected,
    )
    world.replace_shape(thread, fd, entry, shape)


def make(world: World, tid: int, fd: int | None, shape: Shape) -> None:
    """A descriptor of which all is known."""
    if fd is not None and fd >= 0:
        world.open(world.thread(tid), fd, shape)


def memfd(world: World, tid: int, fd: int | None, name: bytes | None) -> None:
    """memfd_create: a file without a path."""
    make(world, tid, fd, Shape("memfd", "m", text(name)))


def pidfd(world: World, tid: int, fd: int | None, pid: int | None) -> None:
    """pidfd_open: a descriptor for a process."""
    make(world, tid, fd, Shape("pidfd", "P", f"/proc/{pid}" if pid is not None else ""))


def pidfd_getfd(world: World, tid: int, fd: int | None, pid_fd: int | None, target_fd: int | None) -> None:
    """pidfd_getfd: a copy of another process's descriptor."""
    if fd is None or fd < 0 or pid_fd is None or target_fd is None:
        return
    thread = world.thread(tid)
    entry = thread.files.entries.get(pid_fd)
    if entry is None or not entry.shape.name.startswith("/proc/"):
        return
    digits = entry.shape.name.removeprefix("/proc/")
    other = world.threads.get(int(digits)) if digits.isdecimal() else None
    target = other.files.entries.get(target_fd) if other is not None else None
    if target is not None:
        world.open(thread, fd, target.shape, origin=target.life)
