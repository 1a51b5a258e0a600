"""Filters against ``sysdig -r CAPTURE -d``: the same events, but for what the page on deviations says.

``docs/filter-deviations.md`` holds the counts of what differs and the reasons.
"""

from __future__ import annotations

import subprocess
from functools import cache

import pytest

from deviation_tables import reasons_of, table_of
from hopscope.filters import compile_filter
from hopscope.store.build import open_store
from hopscope.store.store import Store
from paths import SHARED, needs_shared, needs_sysdig

pytestmark = [pytest.mark.reference, pytest.mark.shared, needs_shared, needs_sysdig]

PAGE = "filter-deviations.md"

CAPTURES = ("kubernetes-dns", "run_as_user_0_container", "single_ipv6_conn", "cat_write")

FILTERS = """
proc.name=curl
proc.name!=curl
not proc.name exists
proc.name in (curl, skydns, etcd)
proc.name in ()
proc.name icontains PER
proc.name glob [a-d]*
proc.name >= skydns
proc.pid!=22369 and proc.pid<5000
proc.pname=bash
proc.aname=bash
proc.aname[2]=bash
proc.apid!=1
proc.args=""
proc.cmdline contains "curl backend"
proc.exeline startswith /usr
proc.cwd=/
proc.env contains HOSTNAME=client
proc.env=""
proc.nthreads>=7
proc.vpid=1
proc.sname=bash
proc.loginshellid exists
proc.duration>100000000
proc.vmsize>100000
proc.vmrss<=1000
thread.ismain=false
thread.tid=0
thread.exectime>1000000
thread.totexectime>100000000
thread.pfmajor>100
thread.cgroup.cpu contains b3a718d8b339
evt.num>=1000 and evt.num<=1100
evt.cpu=1
evt.dir=<
evt.type in (open, close, read)
evt.type=getpid
syscall.type exists
evt.type.is.open=1
evt.category=file
evt.category=ipc
evt.category=unknown
evt.res!=SUCCESS
evt.rawres=-11
evt.failed=false
evt.io_dir=write
evt.wait_latency>1000000
evt.latency>1000000
evt.buflen>0
evt.buflen.net.out>0
evt.buffer contains GET
evt.buffer contains "\\x00\\x01"
evt.count.error.other=1
evt.reltime.s=5
evt.around[1481211699538770994]=1
evt.is_open_exec=true
evt.info contains "fd=3"
evt.arg.fd contains docker
evt.arg.res=EAGAIN
evt.rawarg.size>=4096
evt.abspath startswith /sys
fd.num=3
fd.num<0
fd.type=file
fd.type in (ipv4, ipv6)
fd.typechar=4
fd.name=/dev/null
fd.name!=/dev/null
not fd.name exists
fd.name pmatch (/etc, /proc)
fd.name glob /proc/*
fd.directory startswith /proc
fd.filename=libc.so.6
fd.ip=10.0.2.15
fd.ip!=10.0.2.15
fd.lip=10.0.2.15
fd.net!=10.0.0.0/8
fd.cnet=172.17.0.0/16
fd.port<1000
fd.port in (53, 80)
fd.sport=http-alt
fd.rport=4001
fd.l4proto=udp
fd.sockfamily=unix
fd.is_server=true
fd.containername contains docker.sock
fdlist.names contains 53
container.id!=host
container.name contains client
container.image exists
container.privileged=true
container.mount.dest[/var/run*] exists
k8s.pod.name=client
k8s.pod.label.app=critical-app
k8s.svc.name=backend
k8s.deployment.name=backend
k8s.rc.name exists
user.name!=root
user.loginuid=-1
group.name!=root
proc.name=curl and evt.dir=< and fd.type=ipv4
(proc.name=curl or proc.name=skydns) and evt.buflen>0
not (proc.name=curl or proc.name=skydns)
proc.name=curl and not evt.type in (read, write)
""".strip().splitlines()


def deviations() -> dict[tuple[str, str], tuple[int, int]]:
    """Filter and capture to events that only this project accepts and events that only the reference does."""
    rows = table_of(PAGE, "Filters")
    return {(text, capture): (int(here), int(there)) for text, capture, here, there, _ in rows}


@cache
def store_of(capture: str) -> Store:
    return open_store(SHARED / f"{capture}.scap")


def accepted_here(capture: str, text: str) -> set[int]:
    store = store_of(capture)
    return set(store.number[compile_filter(text).mask(store) & ~store.hidden].tolist())


def accepted_there(capture: str, text: str) -> set[int]:
    command = ["sysdig", "-r", str(SHARED / f"{capture}.scap"), "-d", "-p", "*%evt.num", text]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert not done.stderr
    return {int(line) for line in done.stdout.split()}


@pytest.mark.parametrize("text", FILTERS)
@pytest.mark.parametrize("capture", CAPTURES)
def test_the_same_events_as_the_reference(capture: str, text: str) -> None:
    here, there = accepted_here(capture, text), accepted_there(capture, text)
    counts = len(here - there), len(there - here)
    assert counts == deviations().get((text, capture), (0, 0)), (
        sorted(here - there)[:5],
        sorted(there - here)[:5],
    )


def test_the_page_lists_only_filters_that_are_compared() -> None:
    assert {text for text, _ in deviations()} <= set(FILTERS)


def test_every_filter_accepts_something_somewhere() -> None:
    empty_by_nature = {"proc.name in ()", "k8s.rc.name exists", "evt.is_open_exec=true"}
    silent = [text for text in FILTERS if not any(accepted_here(capture, text) for capture in CAPTURES)]
    assert set(silent) <= empty_by_nature


def test_every_deviation_has_its_reason_and_every_reason_a_deviation() -> None:
    named = {row[-1] for heading in ("Filters", "Fields") for row in table_of(PAGE, heading)}
    assert named == reasons_of(PAGE)
