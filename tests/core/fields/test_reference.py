"""Every field that the reference can print, for every event, against ``sysdig -r CAPTURE -d -p FORMAT``.

``docs/filter-deviations.md`` holds the counts of what differs and the reasons.
"""

from __future__ import annotations

import re
import subprocess
from functools import cache

import numpy as np
import pytest

from deviation_tables import table_of
from hopscope.fields import FIELDS, field_text
from hopscope.fields.field import ArgumentForm
from hopscope.formats import Printer, compile_format
from hopscope.store.build import open_store
from hopscope.store.store import Store
from paths import SHARED, needs_shared, needs_sysdig

pytestmark = [pytest.mark.reference, pytest.mark.shared, needs_shared, needs_sysdig]

PAGE = "filter-deviations.md"

CAPTURES = ("run_as_user_0_container", "single_ipv6_conn", "cat_write")

WITH_ARGUMENT = (
    "evt.arg.res", "evt.arg.fd", "evt.arg[0]", "evt.arg[1]", "proc.aname[0]", "proc.aname[1]",
    "proc.apid[1]", "k8s.pod.label.app", "container.mount[0]", "container.mount.source[/etc*]",
    "container.mount.rdwr[0]", "thread.cgroup.cpu",
)  # fmt: skip

NOT_COMPARED = {
    "evt.deltatime": "counts from the event that was printed before",
    "evt.deltatime.s": "counts from the event that was printed before",
    "evt.deltatime.ns": "counts from the event that was printed before",
    "fd.cip.name": "asks the network for names",
    "fd.sip.name": "asks the network for names",
    "fd.lip.name": "asks the network for names",
    "fd.rip.name": "asks the network for names",
    "proc.aname": "is printed with an index only",
    "proc.apid": "is printed with an index only",
}

FIELDS_A_RUN = 40
ONE_OF = 17
"""Events of which one is asked for by itself."""

BETWEEN, BEHIND = "\x1e", "\x1d"


@cache
def printable() -> list[str]:
    """The fields of this project that the reference lists and can print."""
    listed = subprocess.run(["sysdig", "-l"], capture_output=True, text=True, check=True).stdout
    known = {
        name
        for name, text in re.findall(r"^([a-z0-9]+\.[a-z0-9_.]+)\s+(.*)$", listed, re.M)
        if not text.startswith("(FILTER ONLY)")
    }
    plain = [name for name, field in FIELDS.items() if field.form is not ArgumentForm.REQUIRED]
    return [name for name in plain if name in known and name not in NOT_COMPARED] + list(WITH_ARGUMENT)


@cache
def store_of(capture: str) -> Store:
    return open_store(SHARED / f"{capture}.scap")


@cache
def printed(capture: str) -> dict[str, dict[int, str]]:
    """Field to event number to text, as the reference prints them."""
    names = printable()
    found: dict[str, dict[int, str]] = {name: {} for name in names}
    for start in range(0, len(names), FIELDS_A_RUN):
        chosen = names[start : start + FIELDS_A_RUN]
        layout = "*" + BETWEEN.join(["%evt.num", *(f"%{name}" for name in chosen)]) + BEHIND
        command = ["sysdig", "-r", str(SHARED / f"{capture}.scap"), "-d", "-p", layout, "evt.num>0"]
        done = subprocess.run(command, capture_output=True, check=True, timeout=120)
        for record in done.stdout.decode("utf-8", "surrogateescape").split(f"{BEHIND}\n")[:-1]:
            number, *texts = record.split(BETWEEN)
            for name, text in zip(chosen, texts, strict=True):
                found[name][int(number)] = text
    return found


def deviations(capture: str) -> dict[str, int]:
    """Field to events at which it differs, as the page counts them."""
    return {field: int(count) for field, where, count, _ in table_of(PAGE, "Fields") if where == capture}


def test_nearly_all_fields_are_compared() -> None:
    assert len(printable()) > 150


@pytest.mark.parametrize("capture", CAPTURES)
def test_fields_are_printed_like_the_reference(capture: str) -> None:
    """As commands print them for many events at once, and for some as the screen asks for one."""
    store, differing = store_of(capture), {}
    for name, texts in printed(capture).items():
        rows = [store.row_of(number) for number in texts]
        printer = Printer(store, compile_format(f"*%{name}"))
        told = list(printer.lines(np.array(rows, np.int64)))
        events = [n for n, text, here in zip(texts, texts.values(), told, strict=True) if here != text]
        some = range(0, len(rows), ONE_OF)
        assert [field_text(store, rows[i], name) for i in some] == [told[i] for i in some], name
        if events:
            differing[name] = events
    counts = {name: len(events) for name, events in differing.items()}
    assert counts == deviations(capture), {name: events[:3] for name, events in differing.items()}
