"""The things of the overview, as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_SYSTEM = "(/etc, /bin, /sbin, /usr, /lib, /lib64, /boot)"
_DONE = "evt.dir=< and evt.failed=false"
_READS = "evt.is_io_read=true"
_WRITES = "evt.is_io_write=true"
_IP = "fd.type in (ipv4, ipv6)"


@dataclass(frozen=True, slots=True)
class Tile:
    """One thing.

    Attributes:
        name: key in JSON, snake case.
        title: in a few words.
        group: heading it stands under.
        filter: which events count; where ``rows`` is set, in which events it is looked for.
        help: one line.
        adds: ``events`` counts them, ``bytes`` adds up what they moved.
        rows: ``commands``, ``http`` or ``dns`` where no filter can tell them; empty for all that pass.
        view: where its rows lead.
        is_trouble: True for what one would rather not see.
    """

    name: str
    title: str
    group: str
    filter: str
    help: str
    adds: str = "events"
    rows: str = ""
    view: str = "events"
    is_trouble: bool = False


TILES: Final = (
    Tile("system_calls", "System calls", "General", "syscall.type exists and evt.dir=<", "Calls that ended."),
    Tile(
        "programs", "Programs run", "General", f"evt.type in (execve, execveat) and {_DONE}",
        "Processes that became another program.", view="processes",
    ),
    Tile(
        "forks", "Processes begun", "General",
        f"evt.type in (clone, clone3, fork, vfork) and {_DONE} and evt.rawres>0",
        "Clones of a process or thread, as the parent saw them.", view="processes",
    ),
    Tile(
        "bytes_read_file", "Bytes read from files", "Files", f"fd.type=file and {_READS}",
        "As the calls returned them.", adds="bytes", view="files",
    ),
    Tile(
        "bytes_written_file", "Bytes written to files", "Files", f"fd.type=file and {_WRITES}",
        "As the calls returned them.", adds="bytes", view="files",
    ),
    Tile(
        "opened", "Files opened", "Files",
        f"evt.type in (open, openat, openat2, creat) and {_DONE}", "Opens that succeeded.", view="files",
    ),
    Tile(
        "deleted", "Files deleted", "Files",
        f"evt.type in (unlink, unlinkat, rmdir) and {_DONE}", "Names of files and directories removed.",
    ),
    Tile(
        "bytes_in", "Bytes received", "Network", f"{_IP} and {_READS}", "Over IPv4 and IPv6.", adds="bytes",
        view="connections",
    ),
    Tile(
        "bytes_out", "Bytes sent", "Network", f"{_IP} and {_WRITES}", "Over IPv4 and IPv6.", adds="bytes",
        view="connections",
    ),
    Tile(
        "connections_in", "Connections in", "Network",
        f"evt.type in (accept, accept4) and {_DONE} and {_IP}", "Accepted.", view="connections",
    ),
    Tile(
        "connections_out", "Connections out", "Network",
        f"evt.type=connect and evt.dir=< and {_IP} and (evt.failed=false or evt.res=EINPROGRESS)",
        "Connected, or about to be; datagram sockets too.", view="connections",
    ),
    Tile(
        "new_ports", "New ports", "Network", f"evt.type=bind and {_DONE} and {_IP}",
        "Sockets bound to a port during the capture.",
    ),
    Tile(
        "commands", "Commands typed", "Security", f"evt.type=execve and {_DONE}",
        "Programs that ran below a shell.", rows="commands",
    ),
    Tile(
        "system_files", "System files modified", "Security",
        f"evt.type in (open, openat, openat2, creat) and evt.is_open_write=true and {_DONE}"
        f" and fd.name pmatch {_SYSTEM}"
        f" or evt.type in (rename, renameat, renameat2, link, linkat, symlink, symlinkat, chmod, fchmodat)"
        f" and {_DONE} and fs.path.name pmatch {_SYSTEM}",
        "Opened for writing, renamed or changed below /etc, /usr and the like.",
    ),
    Tile(
        "system_files_deleted", "System files deleted", "Security",
        f"evt.type in (unlink, unlinkat, rmdir) and {_DONE} and fs.path.name pmatch {_SYSTEM}",
        "Removed below /etc, /usr and the like.",
    ),
    Tile(
        "namespaces", "Namespaces entered", "Security", f"evt.type=setns and {_DONE}",
        "As docker exec and nsenter do.",
    ),
    Tile(
        "privileges", "Users changed", "Security",
        f"evt.type in (setuid, setresuid, setreuid) and {_DONE}", "Processes that took another user.",
    ),
    Tile(
        "errors", "Failed calls", "Performance", "evt.failed=true", "Calls that returned an error.",
        is_trouble=True,
    ),
    Tile(
        "failed_opens", "Failed opens", "Performance",
        "evt.type in (open, openat, openat2, creat) and evt.failed=true", "Files that could not be opened.",
        is_trouble=True,
    ),
    Tile(
        "failed_connects", "Failed connects", "Performance",
        f"evt.type=connect and evt.failed=true and not evt.res=EINPROGRESS and {_IP}",
        "Connections that came to nothing at once.", is_trouble=True,
    ),
    Tile(
        "slow_file_io", "Slow I/O on files", "Performance",
        "fd.type=file and evt.is_io=true and evt.latency>1000000", "Longer than a millisecond.",
        is_trouble=True,
    ),
    Tile(
        "slow_calls", "Calls of a second and more", "Performance", "evt.latency>=1000000000",
        "Those that wait on purpose, too.",
    ),
    Tile(
        "signals", "Signals", "Performance", "evt.type=signaldeliver", "Delivered to processes.",
    ),
    Tile(
        "http_errors", "HTTP errors", "Messages", _IP, "Responses from 400 on.", rows="http",
        is_trouble=True,
    ),
    Tile(
        "dns_errors", "DNS errors", "Messages", _IP, "NXDOMAIN, SERVFAIL and other failures.", rows="dns",
        is_trouble=True,
    ),
)  # fmt: skip
"""In the order in which they are shown."""
