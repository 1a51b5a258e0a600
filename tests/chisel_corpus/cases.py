"""What is asked of the reference and of the answers: captures, chisels, arguments and filters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from chisel_corpus.made import MADE
from hopscope.demo import demo_path
from paths import SHARED

ANSWERS = Path(__file__).with_name("answers.json")

CAPTURES = {
    "kubernetes-dns.scap": SHARED / "kubernetes-dns.scap",
    "single_ipv6_conn.scap": SHARED / "single_ipv6_conn.scap",
    "run_as_user_0_container.scap": SHARED / "run_as_user_0_container.scap",
    "cat_write.scap": SHARED / "cat_write.scap",
    "story.scap": demo_path(),
}
"""Captures that lie somewhere; those of :mod:`chisel_corpus.made` are written when they are needed."""


class Case(NamedTuple):
    """One question.

    Attributes:
        capture: name of a file, or of a made capture.
        chisel: its name.
        arguments: in one word, as sysdig takes them; empty for none.
        filter: behind them, empty for none.
    """

    capture: str
    chisel: str
    arguments: str = ""
    filter: str = ""

    @property
    def words(self) -> list[str]:
        """Arguments and filter as words of a command line."""
        return [word for word in (self.arguments, self.filter) if word]


_TABLES = (
    "topprocs_cpu", "topcontainers_cpu", "topprocs_net", "topprocs_file", "topprocs_errors", "topfiles_bytes",
    "topfiles_time", "topfiles_errors", "topconns", "topports_server", "topcontainers_net",
    "topcontainers_file", "topcontainers_error", "topscalls", "topscalls_time",
)  # fmt: skip
_EVERYWHERE = (
    *((one, "") for one in _TABLES),
    ("fdbytes_by", "proc.name"), ("fdbytes_by", "fd.directory"), ("fdtime_by", "fd.name"),
    ("fdcount_by", "proc.name"), ("fdcount_by", "fd.type"), ("iobytes", ""), ("iobytes_file", ""),
    ("iobytes_net", ""), ("bottlenecks", ""), ("httplog", ""), ("httptop", "ncalls"), ("httptop", "time"),
    ("httptop", "bytes"), ("proc_exec_time", ""), ("spy_users", ""), ("list_login_shells", ""),
    ("lscontainers", ""), ("spy_syslog", ""), ("memcachelog", ""),
)  # fmt: skip
"""Asked of every capture: a chisel and its arguments."""

_SMALL = (
    "single_ipv6_conn.scap",
    "run_as_user_0_container.scap",
    "cat_write.scap",
    "story.scap",
    "shells",
    "web",
)
_WHOLE = (
    ("echo_fds", ""), ("spy_file", ""), ("spy_logs", ""), ("stdin", ""), ("stdout", ""), ("stderr", ""),
    ("scallslower", "0"), ("fileslower", "0"), ("netlower", "0"), ("lsof", ""), ("netstat", ""), ("ps", ""),
    ("spectrogram", ""), ("subsecoffset", ""),
)  # fmt: skip
"""Asked of small captures without a filter."""

_LONG = {
    ("single_ipv6_conn.scap", "lsof"), ("run_as_user_0_container.scap", "lsof"),
    ("story.scap", "scallslower"),
}  # fmt: skip
"""Answers that would make the record long and tell nothing that others do not."""

_DNS = "kubernetes-dns.scap"
_CURL = "proc.name=curl"
_CHOSEN = (
    Case(_DNS, "echo_fds", "", _CURL), Case(_DNS, "spy_ip", "8.8.8.8"), Case(_DNS, "spy_port", "53"),
    Case("story.scap", "spy_ip", "10.244.0.17"), Case("story.scap", "spy_port", "8080"),
    Case(_DNS, "spy_file", "R /etc/resolv.conf"), Case(_DNS, "spy_file", "W", "proc.name=etcd"),
    Case(_DNS, "spy_file", "", _CURL), Case(_DNS, "spy_logs", "", "evt.num<8000"),
    Case(_DNS, "stdin", "", "proc.name=bash"), Case(_DNS, "stdout", "", "proc.name=curl"),
    Case(_DNS, "stderr", "", "proc.name=hyperkube and evt.num<30000"), Case(_DNS, "scallslower", "900"),
    Case(_DNS, "fileslower", "0", "proc.name in (curl, etcd)"), Case(_DNS, "netlower", "0", _CURL),
    Case(_DNS, "netlower", "1"), Case(_DNS, "lsof", "proc.name=curl", "evt.num>=10000"),
    Case(_DNS, "lsof", "'fd.name contains /etc'"), Case(_DNS, "ps"),
    Case(_DNS, "netstat", "'fd.port=4001 and thread.tid in (3343, 3355)'"),
    Case(_DNS, "ps", "'proc.name contains kube'", "evt.num>=60000"), Case(_DNS, "spectrogram"),
    Case(_DNS, "spectrogram", "250", "proc.name=etcd"), Case(_DNS, "subsecoffset"),
    Case(_DNS, "subsecoffset", "100", "proc.name=sysdig and evt.num<60000"),
    Case(_DNS, "topprocs_net", "", "proc.name=etcd"), Case(_DNS, "topscalls", "", "proc.name=curl"),
    Case(_DNS, "topfiles_errors", "", "evt.num<50000"), Case(_DNS, "fdcount_by", "fd.sport"),
    Case("story.scap", "fdcount_by", "fd.sport"), Case("shells", "spy_users", "0"),
    Case("shells", "list_login_shells", "ls"), Case("shells", "scallslower", "1000"),
    Case("memcached", "memcachelog", "get"), Case("memcached", "memcachelog", "set 1"),
    Case("story.scap", "udp_extract"), Case(_DNS, "udp_extract"), Case("shells", "udp_extract"),
    Case("spans", "flame"), Case("story.scap", "around", "OUTPUT 1", "evt.failed=true"),
)  # fmt: skip

CASES: tuple[Case, ...] = tuple(
    dict.fromkeys((
        *(Case(capture, *one) for capture in (*CAPTURES, *MADE) for one in _EVERYWHERE),
        *(Case(capture, *one) for capture in _SMALL for one in _WHOLE if (capture, one[0]) not in _LONG),
        *_CHOSEN,
    ))
)  # fmt: skip
"""All questions."""


def recorded() -> dict[Case, Any]:
    """What the reference was recorded to answer."""
    rows = json.loads(ANSWERS.read_text(encoding="utf-8"))
    return {Case(*row[0]): row[1] for row in rows}
