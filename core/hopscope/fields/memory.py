"""Fields about the memory of processes: sizes in kB and page faults.

The process list, clone and execve tell them for a thread; brk, mmap and munmap refresh the sizes of
the caller, and a switch refreshes the page faults of the thread that leaves the CPU and the sizes of
its process (behaviour of sysdig 0.29.3 with full state).
"""

from __future__ import annotations

FIELDS = ()
