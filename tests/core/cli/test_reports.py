"""Commands that sum up a whole capture, on the demo capture."""

from __future__ import annotations

import json

import golden
from commands import Hopscope
from hopscope.demo import demo_path

DEMO = str(demo_path())


def test_the_spectrogram_counts_every_call_that_took_time(hopscope: Hopscope) -> None:
    done = hopscope("spectrogram", DEMO, "--columns", "44")
    golden.check("demo-spectrogram.txt", done.out)

    document = json.loads(hopscope("spectrogram", DEMO, "--json", "--events").out)
    counted = sum(sum(line["counts"]) for line in document["lines"])
    ends = hopscope("events", DEMO, "-p", "%evt.num", "evt.dir=< and evt.latency>0").out.split()
    assert counted == len(ends) == sum(cell["count"] for cell in document["cells"])
    assert sorted(number for cell in document["cells"] for number in cell["events"]) == [*map(int, ends)]


def test_a_cell_of_the_spectrogram_holds_the_latencies_between_its_edges(hopscope: Hopscope) -> None:
    document = json.loads(hopscope("spectrogram", DEMO, "--only", "net", "--json", "--events").out)
    cell = max(document["cells"], key=lambda one: one["column"])
    least, below = document["edges_ns"][cell["column"] : cell["column"] + 2]
    printed = hopscope(
        "events", DEMO, "-p", "%evt.latency %fd.type", f"evt.num={cell['events'][0]}"
    ).out.split()

    assert least <= int(printed[0]) < below
    assert printed[1] in ("ipv4", "ipv6")


def test_parts_of_a_second_are_drawn(hopscope: Hopscope) -> None:
    done = hopscope("subsecond", DEMO, "--columns", "40")
    golden.check("demo-subsecond.txt", done.out)

    document = json.loads(hopscope("subsecond", DEMO, "--every", "100", "--json").out)
    begins = hopscope("events", DEMO, "-p", "%evt.num", "evt.dir=>").out.split()
    assert document["interval_ns"] == 100_000_000
    assert sum(sum(line["counts"]) for line in document["lines"]) == len(begins)


def test_intervals_that_make_no_sense_are_refused(hopscope: Hopscope) -> None:
    for words in (["--every", "0"], ["--every", "nan"], ["--columns", "0"], ["--every", "1e-5"]):
        done = hopscope("spectrogram", DEMO, *words)

        assert (done.status, done.out, done.err.count("\n")) == (2, "", 1), words
