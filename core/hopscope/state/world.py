"""The machine as the replay sees it at one moment: live threads and descriptors, and their logs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from hopscope.capture.lists import DescriptorEntry, Interface, ProcessEntry
from hopscope.state.addresses import LocalAddresses
from hopscope.state.cgroups import container_of
from hopscope.state.descriptor_log import FOREVER, Descriptor, DescriptorLog, Files, Shape
from hopscope.state.shapes import listed_shapes
from hopscope.state.thread_log import Life, Thread, ThreadLog

CLONE_FILES = 1
CLONE_THREAD = 8192

FirstSeen = Callable[[int, int, int], int]
"""``(tid, row, after)`` to the event row, at most ``row``, at which an unknown thread first shows up.

``after`` is the row at which an earlier life of that tid ended, -1 without one. Only events since the
last :meth:`World.settle` are asked for: who showed up before has got a name there.
"""


class World:
    """Live state. Handlers change it through these methods so that the logs stay right.

    Attributes:
        row: event row that is being replayed; -1 while the first lists are loaded.
        time: its time in ns.
        threads: live threads by tid.
        nameless: threads with events that nobody introduced and that no handler has asked for yet.
        first_seen: where unknown threads show up.
        thread_log, descriptor_log: what was, and what is at the end of each stretch.
        local: the machine's own addresses.
        engines: engine of each container id seen in control groups.
    """

    def __init__(self) -> None:
        self.row = -1
        self.time = 0
        self.threads: dict[int, Thread] = {}
        self.nameless: dict[int, Thread] = {}
        self.first_seen: FirstSeen = lambda tid, row, after: row
        self.thread_log = ThreadLog()
        self.descriptor_log = DescriptorLog()
        self.local = LocalAddresses(())
        self.engines: dict[str, str] = {}
        self._ended: dict[int, int] = {}
        self._early_gone: set[int] = set()

    # --- sections --------------------------------------------------------------------------------

    def start_section(
        self,
        row: int,
        processes: Iterable[ProcessEntry],
        descriptors: Iterable[tuple[int, list[DescriptorEntry]]],
        interfaces: list[Interface],
    ) -> None:
        """Forget what was alive and load the lists of a section whose first event is ``row``.

        The first section's lists hold from before the first event, row -1.
        """
        self.row = row
        self.end(row)
        self.local = LocalAddresses(interfaces)
        self.list_threads(processes)
        self.link_parents(self.threads)
        self._open_listed(descriptors)

    def _open_listed(self, descriptors: Iterable[tuple[int, list[DescriptorEntry]]]) -> None:
        owned: list[tuple[object, DescriptorEntry]] = []
        for tid, listed in descriptors:
            thread = self.threads.get(tid)
            if thread is not None:
                owned.extend((thread.files, entry) for entry in listed)
        for files, fd, shape in listed_shapes(owned, self.local):
            if isinstance(files, Files):
                self.descriptor_log.open(files, fd, shape, self.row, opened=-1)

    def end(self, stop: int) -> None:
        """Write down all that lives as true up to ``stop``."""
        for thread in self.threads.values():
            self.thread_log.close(thread, stop)
            self.descriptor_log.end(thread.files, stop)
            self._ended[thread.tid] = stop
        self.threads = {}

    def settle(self) -> None:
        """Write down all that lives, so that events can be given its rows."""
        self.thread_log.settle(self.threads)
        self.descriptor_log.settle()

    def add_nameless(self, tid: int, first: int, stop: int) -> None:
        """Give events whose thread nobody introduced a life, from ``first`` on.

        Args:
            tid: number of the thread.
            first: row of its first event.
            stop: where a known life of that number begins; FOREVER when none has yet.
        """
        life = len(self.thread_log.lives)
        thread = Thread(tid, tid, -1, life, first, self.descriptor_log.new_files(life))
        thread.main = thread
        thread.placeholder = True
        self.thread_log.lives.append(Life(life, -1, -1, 0, thread.files.number))
        if stop == FOREVER:
            self.nameless[tid] = thread
            self.thread_log.begin(thread)
            self.thread_log.settle(self.nameless)
        else:
            self.thread_log.close(thread, stop)

    def add_late_lists(
        self,
        processes: Iterable[ProcessEntry],
        descriptors: Iterable[tuple[int, list[DescriptorEntry]]],
        interfaces: list[Interface],
    ) -> None:
        """Take over more lists of the section that has begun: what they add holds from :attr:`row` on."""
        if interfaces:
            self.local = LocalAddresses(interfaces)
        fresh = [entry for entry in processes if entry.tid not in self.threads]
        self.list_threads(fresh)
        self.link_parents(self.threads)
        self._open_listed(
            (tid, [one for one in listed if one.fd not in self.threads[tid].files.entries])
            for tid, listed in descriptors
            if tid in self.threads
        )

    def list_threads(self, processes: Iterable[ProcessEntry], *, since_first_seen: bool = False) -> None:
        """Start the lives of listed threads, main threads first.

        Args:
            processes: their entries.
            since_first_seen: they live since the first event of that number, not only from here on.
        """
        entries = {entry.tid: entry for entry in processes}
        for main in (True, False):
            for entry in entries.values():
                if (entry.tid == entry.pid) is main:
                    first = self._unknown_since(entry.tid) if since_first_seen else None
                    self._list_thread(entry, first)

    def _unknown_since(self, tid: int) -> int:
        return self.first_seen(tid, self.row, self._ended.get(tid, -1))

    def _list_thread(self, entry: ProcessEntry, first: int | None) -> None:
        main = self.threads.get(entry.pid)
        shares = bool(entry.flags & CLONE_FILES) and main is not None
        thread = self.new_thread(
            entry.tid, entry.pid, entry.ptid, main, files=main.files if shares and main else None, first=first
        )
        self.describe(thread, entry)

    def describe(self, thread: Thread, entry: ProcessEntry) -> None:
        """Take over what a list tells about a thread."""
        thread.sid, thread.vpgid, thread.vtid, thread.vpid = entry.sid, entry.vpgid, entry.vtid, entry.vpid
        thread.uid, thread.gid, thread.loginuid, thread.tty = entry.uid, entry.gid, entry.loginuid, entry.tty
        thread.flags, thread.fdlimit, thread.exe_writable = entry.flags, entry.fdlimit, entry.exe_writable
        thread.vmsize, thread.vmrss, thread.vmswap = entry.vmsize_kb, entry.vmrss_kb, entry.vmswap_kb
        thread.pfmajor, thread.pfminor = entry.pfmajor, entry.pfminor
        thread.comm, thread.exe, thread.exepath = entry.comm, entry.exe, entry.exepath
        thread.args = entry.args
        if entry.tid == entry.pid:
            thread.env = entry.env
            thread.cwd = entry.cwd if entry.cwd.endswith("/") else entry.cwd + "/"
        else:
            thread.cwd = thread.main.cwd
        self.set_cgroups(thread, entry.cgroups)

    def link_parents(self, tids: Iterable[int]) -> None:
        """Say which process listed threads come from, where that lives."""
        for tid in tids:
            thread = self.threads[tid]
            parent = self.threads.get(thread.ptid)
            if parent is not None:
                self.thread_log.lives[thread.life].parent = parent.main.life

    # --- threads ---------------------------------------------------------------------------------

    def new_thread(
        self, tid: int, pid: int, ptid: int, main: Thread | None, *, files: Files | None = None,
        first: int | None = None,
    ) -> Thread:  # fmt: skip
        """Start a life; an older one with the same tid must have been removed.

        Args:
            tid, pid, ptid: its numbers.
            main: the process's main thread when this is another one and it is known.
            files: the table it shares; a new empty one when None.
            first: event row from which it exists; the one being replayed when None.
        """
        log = self.thread_log
        nameless = self.nameless.pop(tid, None)
        if nameless is not None:
            log.close(nameless, self.row)
        life = len(log.lives)
        process = main.life if main is not None else life
        if files is None:
            files = self.descriptor_log.new_files(process)
        thread = Thread(tid, pid, ptid, life, self.row if first is None else first, files)
        thread.main = main if main is not None else thread
        log.lives.append(Life(process, -1, -1, 0, files.number))
        if main is not None:
            main.secondaries += 1
        self.threads[tid] = thread
        log.begin(thread)
        return thread

    def thread(self, tid: int) -> Thread:
        """The thread with this tid; a placeholder is made when nobody introduced it."""
        found = self.threads.get(tid)
        if found is None and (found := self.nameless.pop(tid, None)) is not None:
            self.threads[tid] = found
        if found is None:
            found = self.new_thread(tid, tid, -1, None, first=self._unknown_since(tid))
            found.placeholder = True
        return found

    def came_and_went(self, tid: int) -> bool:
        """True, once, for a child that was gone before its parent's clone came back, as with vfork."""
        if tid in self._early_gone:
            self._early_gone.discard(tid)
            return True
        return False

    def remove_thread(self, thread: Thread, stop: int) -> None:
        """End a life; the thread is there for events before ``stop``."""
        self.thread_log.close(thread, stop)
        self._ended[thread.tid] = stop
        if thread.inverted:
            self._early_gone.add(thread.tid)
        if self.threads.get(thread.tid) is thread:
            del self.threads[thread.tid]
        main = thread.main
        if main is not thread:
            main.secondaries -= 1
            if thread.files is not main.files:
                self.descriptor_log.end(thread.files, stop)
            if main.exiting and main.secondaries <= 0:
                self.remove_thread(main, stop)
        else:
            self.descriptor_log.end(thread.files, stop)

    def change(self, thread: Thread) -> None:
        """Call before changing a thread's attributes."""
        self.thread_log.change(thread, self.row)

    def set_cgroups(self, thread: Thread, cgroups: tuple[str, ...]) -> None:
        """Take over control groups and the container that follows from them."""
        thread.cgroups = cgroups
        found = container_of(cgroups)
        if found is None:
            thread.container = "host"
        else:
            thread.container = found[0]
            self.engines.setdefault(*found)

    # --- descriptors -----------------------------------------------------------------------------

    def open(self, thread: Thread, fd: int, shape: Shape, *, origin: int = -1) -> Descriptor:
        """A thread opened a descriptor at the event being replayed."""
        return self.descriptor_log.open(thread.files, fd, shape, self.row, opener=thread.life, origin=origin)

    def reshape(self, thread: Thread, fd: int, entry: Descriptor, **changes: Any) -> None:
        """A descriptor of a thread became something else at the event being replayed."""
        self.descriptor_log.reshape(thread.files, fd, entry, self.row, **changes)

    def replace_shape(self, thread: Thread, fd: int, entry: Descriptor, shape: Shape) -> None:
        """Like :meth:`reshape` with a whole new shape."""
        self.descriptor_log.reshape(thread.files, fd, entry, self.row)
        entry.shape = shape
