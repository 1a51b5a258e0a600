"""What open, socket, connect and their kin do to descriptors (rules: notes on state, sections 5 and 6).

Each handler takes the world, the tid of the event and its parameters as declared in
:mod:`hopscope.state.handlers`; a parameter that the capture does not store is None.
"""

from __future__ import annotations

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

_AT_FDCWD = -100
_O_DIRECTORY = 1024
_O_CLOEXEC = 4096
_EINPROGRESS = -115
_DUPLICATING = frozenset({1, 26})  # F_DUPFD, F_DUPFD_CLOEXEC
_SOCKET_TYPE = 0xF
_NULL_PATHS = frozenset({b"", b"\0", b"(NULL)\0", b"<NA>\0"})
_PROTOCOLS = {6: "tcp", 17: "udp", 1: "icmp", 255: "raw", 58: "icmp"}
_TYPES = {1: "tcp", 2: "udp"}
_SOCK_RAW = 3


def open_file(
    world: World, tid: int, fd: int | None, exit_name: bytes | None, enter_name: bytes | None,
    exit_flags: int | None, enter_flags: int | None, exit_dirfd: int | None, enter_dirfd: int | None,
    dev: int | None, ino: int | None,
) -> None:  # fmt: skip
    """open, creat, openat, openat2: a file or directory."""
    if fd is None or fd < 0:
        return
    thread = world.thread(tid)
    raw = exit_name
    if enter_name is not None and enter_name not in _NULL_PATHS:
        raw = enter_name
    if raw is None:
        return
    flags = exit_flags if exit_flags is not None else enter_flags or 0
    dirfd = exit_dirfd if exit_dirfd is not None else enter_dirfd
    name = join_path(base_directory(thread, dirfd), text(raw))
    kind, letter = ("directory", "d") if flags & _O_DIRECTORY else ("file", "f")
    world.open(thread, fd, Shape(kind, letter, name, ino=ino or 0, dev=dev or 0, open_flags=flags))


def base_directory(thread: Thread, dirfd: int | None) -> str:
    """What a relative path starts from."""
    if dirfd is None or dirfd == _AT_FDCWD:
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
    kind, letter = ("directory", "d") if (flags or 0) & _O_DIRECTORY else ("file", "f")
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
    """dup, dup2, dup3: another number for the same thing."""
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


def control(
    world: World, tid: int, res: int | None, exit_fd: int | None, enter_fd: int | None,
    exit_cmd: int | None, enter_cmd: int | None,
) -> None:  # fmt: skip
    """fcntl, as far as it duplicates."""
    if (exit_cmd if exit_cmd is not None else enter_cmd) in _DUPLICATING:
        duplicate(world, tid, res, exit_fd, enter_fd)


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
    world.open(world.thread(tid), fd, _socket_shape(domain, kind & _SOCKET_TYPE, protocol))


def _socket_shape(domain: int, kind: int, protocol: int) -> Shape:
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
    if fd is None or not address:
        return
    thread = world.thread(tid)
    entry = thread.files.entries.get(fd)
    if entry is None or entry.shape.role:
        return
    target = decode_address(address)
    if isinstance(target, str):
        world.reshape(thread, fd, entry, name=target)
    elif isinstance(target, Endpoint):
        world.reshape(thread, fd, entry, server=target)


def connect(
    world: World, tid: int, res: int | None, tuple_: bytes | None, exit_fd: int | None, enter_fd: int | None,
    address: bytes | None,
) -> None:  # fmt: skip
    """connect: a client's end, also while the connection is still being made."""
    fd = exit_fd if exit_fd is not None else enter_fd
    if res is None or fd is None:
        return
    if not tuple_ or (res < 0 and res != _EINPROGRESS):
        aim(world, tid, fd, address)
        return
    thread = world.thread(tid)
    entry = thread.files.entries.get(fd)
    if entry is None:
        return
    ends = decode_tuple(tuple_)
    if isinstance(ends, SocketTuple):
        client, server = unmapped(ends)
        role = CLIENT if entry.shape.listening else entry.shape.role or CLIENT
        shape = connection_shape(client, server, entry.shape.l4, role, ino=entry.shape.ino, connected=True)
        world.replace_shape(thread, fd, entry, shape)
    elif isinstance(ends, UnixTuple):
        world.replace_shape(thread, fd, entry, unix_shape(ends, CLIENT))


def accept(world: World, tid: int, fd: int | None, tuple_: bytes | None) -> None:
    """accept, accept4: a server's end."""
    if fd is None or fd < 0 or not tuple_:
        return
    thread = world.thread(tid)
    ends = decode_tuple(tuple_)
    if isinstance(ends, SocketTuple):
        client, server = unmapped(ends)
        world.open(thread, fd, connection_shape(client, server, "tcp", SERVER, connected=True))
    elif isinstance(ends, UnixTuple):
        world.open(thread, fd, unix_shape(ends, SERVER))


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


def plain(world: World, tid: int, fd: int | None, kind: str, letter: str, name: str = "") -> None:
    """A descriptor without more to it than its kind."""
    if fd is not None and fd >= 0:
        world.open(world.thread(tid), fd, Shape(kind, letter, name))


def memfd(world: World, tid: int, fd: int | None, name: bytes | None) -> None:
    """memfd_create: a file without a path."""
    plain(world, tid, fd, "memfd", "m", text(name))


def pidfd(world: World, tid: int, fd: int | None, pid: int | None) -> None:
    """pidfd_open: a descriptor for a process."""
    plain(world, tid, fd, "pidfd", "P", f"/proc/{pid}" if pid is not None else "")


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
