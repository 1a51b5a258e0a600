"""Commands that sum up a whole capture, on the demo capture."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import golden
from commands import Hopscope
from hopscope.capture.lists import DescriptorEntry
from hopscope.demo import demo_path
from recording import Recording, listed

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


def test_the_top_list_adds_up_what_events_tell(hopscope: Hopscope) -> None:
    golden.check("demo-top.txt", hopscope("top", DEMO).out)

    listed = json.loads(
        hopscope("top", DEMO, "--by", "proc.name,fd.name", "--only", "net", "--json", "-n", "0").out
    )
    moved = hopscope(
        "events", DEMO, "-j", "-p", "%proc.name %fd.name %evt.rawarg.res",
        "fd.type in (ipv4, ipv6) and evt.is_io=true and evt.rawres>0",
    ).out.splitlines()  # fmt: skip
    sums: dict[tuple[str, str], int] = {}
    for line in map(json.loads, moved):
        key = (line["proc.name"], line["fd.name"])
        sums[key] = sums.get(key, 0) + line["evt.rawarg.res"]
    assert {(one["proc.name"], one["fd.name"]): one["bytes"] for one in listed} == sums
    assert [one["bytes"] for one in listed] == sorted(sums.values(), reverse=True)


def test_errors_and_calls_are_counted_by_any_field(hopscope: Hopscope) -> None:
    failed = hopscope("events", DEMO, "-p", "%evt.type", "evt.failed=true").out.split()
    listed = json.loads(hopscope("top", DEMO, "--by", "evt.type", "--of", "errors", "--json").out)
    assert {one["evt.type"]: one["errors"] for one in listed} == {one: failed.count(one) for one in failed}

    reads = hopscope("events", DEMO, "-p", "%evt.num", "evt.type=read and evt.dir=<").out.split()
    (calls,) = json.loads(
        hopscope("top", DEMO, "evt.type=read", "--by", "evt.type", "--of", "calls", "--json").out
    )
    assert (calls["calls"], calls["evt.type"]) == (len(reads), "read")


def test_the_top_list_can_be_cut_or_whole(hopscope: Hopscope) -> None:
    by_name = ("top", DEMO, "--by", "fd.name", "--of", "events")
    assert len(hopscope(*by_name).out.splitlines()) == 31
    assert len(hopscope(*by_name, "-n", "3").out.splitlines()) == 4
    assert len(hopscope(*by_name, "-n", "0").out.splitlines()) > 31


def test_what_cannot_be_added_up_or_put_together_is_refused(hopscope: Hopscope) -> None:
    for words, said in (
        (("--of", "byts"), "did you mean bytes"),
        (("--by", "proc.nme"), "there is no field proc.nme"),
        (("--by", ","), "needs the name of a field"),
    ):
        done = hopscope("top", DEMO, *words)
        assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
        assert said in done.err


def test_the_slowest_calls_come_first_or_all_over_a_limit(hopscope: Hopscope) -> None:
    golden.check("demo-slow.txt", hopscope("slow", DEMO).out)

    took = sorted(
        map(int, hopscope("events", DEMO, "-p", "%evt.latency", "evt.dir=<").out.split()), reverse=True
    )
    listed = json.loads(hopscope("slow", DEMO, "-n", "25", "--json").out)
    assert [one["latency_ns"] for one in listed] == took[:25]
    over = json.loads(hopscope("slow", DEMO, "--over", "400", "--json").out)
    assert len(over) == sum(one > 400_000_000 for one in took)
    assert [one["events"][-1] for one in over] == sorted(one["events"][-1] for one in over)
    assert all(
        "->" in one["descriptor"]
        for one in json.loads(
            hopscope("slow", DEMO, "--over", "1", "--only", "net", "--json", "proc.name=fetch").out
        )
    )


def test_rates_add_up_to_what_was_moved(hopscope: Hopscope) -> None:
    golden.check("demo-rate.txt", hopscope("rate", DEMO, "--only", "net").out)

    lines = json.loads(hopscope("rate", DEMO, "--every", "100", "--json").out)
    assert {b["time"] - a["time"] for a, b in pairwise(lines)} == {100_000_000}
    (everything,) = json.loads(hopscope("top", DEMO, "--by", "evt.count", "--json").out)
    assert sum(one["read"] + one["written"] for one in lines) == everything["bytes"]


def test_echo_prints_what_was_moved(hopscope: Hopscope) -> None:
    golden.check("demo-echo.txt", hopscope("echo", DEMO, "proc.name=fetch", "--only", "net").out)

    plain = hopscope("echo", DEMO, "--plain", "--only", "stdout").out
    told = json.loads(hopscope("echo", DEMO, "--json", "--only", "stdout").out)
    assert plain == "".join(one["data"] for one in told) != ""
    assert all(one["direction"] == "write" for one in told)
    read = json.loads(hopscope("echo", DEMO, "--json", "--direction", "read", "--limit", "5").out)
    assert [one["direction"] for one in read] == ["read"] * 5
    assert "0x0000:" in hopscope("echo", DEMO, "fd.port=53", "-X").out
    assert hopscope("echo", DEMO, "-x", "-X").status == 2


def test_logs_of_the_demo(hopscope: Hopscope) -> None:
    printed = [
        f"# {words}\n" + hopscope("log", words.split()[0], DEMO, *words.split()[1:]).out
        for words in (
            "http --limit 4", "http --by method,status", "http --where status>=500", "commands", "exits",
            "files --limit 3", "syslog --limit 3", "memcached",
        )
    ]  # fmt: skip
    golden.check("demo-logs.txt", "\n".join(printed))

    every = json.loads(hopscope("log", "http", DEMO, "--json").out)
    some = json.loads(
        hopscope("log", "http", DEMO, "--json", "--where", "latency_ns>100000", "--where", "url~stock").out
    )
    assert some == [one for one in every if one["latency_ns"] > 100_000 and "stock" in one["url"]] != []


def test_logs_and_conditions_that_do_not_exist_are_refused(hopscope: Hopscope) -> None:
    for words in (
        ("web", DEMO), ("http", DEMO, "--where", "status"), ("http", DEMO, "--where", "colour=red"),
        ("http", DEMO, "--where", "status>many"), ("http", DEMO, "--by", "colour"),
        ("http", DEMO, "--by", "url", "--sort", "url"), ("http", DEMO, "--sort", "bytes"),
    ):  # fmt: skip
        done = hopscope("log", *words)
        assert (done.status, done.out, done.err.count("\n")) == (2, "", 1), words


def test_lists_of_a_moment(hopscope: Hopscope) -> None:
    printed = [
        f"# {words}\n" + hopscope("state", words.split()[0], DEMO, *words.split()[1:]).out
        for words in (
            "ps --at start", "ps --threads proc.name=dnsd", "lsof proc.name=fetch --at 1000",
            "netstat --at +1.5", "containers", "logins",
        )
    ]  # fmt: skip
    golden.check("demo-state.txt", "\n".join(printed))


def test_moments_can_be_named_in_several_ways(hopscope: Hopscope) -> None:
    first = hopscope("events", DEMO, "-p", "%evt.rawtime", "--limit", "1").out.strip()
    exits = json.loads(hopscope("log", "exits", DEMO, "--json").out)
    gone = next(one for one in exits if one["process"] == "du")
    after = (gone["time"] - int(first)) / 1e9

    def there(moment: str) -> bool:
        return bool(json.loads(hopscope("state", "ps", DEMO, "proc.name=du", "--at", moment, "--json").out))

    assert [there(str(number)) for number in (gone["event"] - 1, gone["event"])] == [True, True]
    assert [there(f"+{after - 1e-6:.7f}"), there(f"+{after + 0.1:.7f}")] == [True, False]
    assert [there("10:00:03.0008Z"), there("2026-03-10T10:00:04Z")] == [True, False]
    for moment in ("never", "+x", "99:00:00", "0", "2026-13-10T10:00:00"):
        assert hopscope("state", "ps", DEMO, "--at", moment).status == 2


def spans(folder: Path) -> str:
    """A capture with spans, one of them with a name that would steer a terminal or break a picture."""
    made = Recording([listed(100, "api")], [(100, [DescriptorEntry(3, 70, 1, name="/dev/null")])])
    name = b'api.a;b|c@&"\x1b[31m'
    for text in (b">:1:api::", b">:1:%b::" % name, b"<:1:%b::" % name, b">:1:open::", b"<:1:api::"):
        made.call("write", 100, {"fd": 3, "size": len(text)}, res=len(text), data=text)
        made.wait(1_000_000)
    path = folder / "spans.scap"
    path.write_bytes(made.data())
    return str(path)


def test_spans_are_put_together_in_every_form(hopscope: Hopscope, tmp_path: Path) -> None:
    capture = spans(tmp_path)
    (tree,) = json.loads(hopscope("flame", capture, "--json").out)
    assert (tree["name"], tree["count"], len(tree["events"])) == ("api", 1, 1)
    assert [child["name"] for child in tree["children"]] == ['a;b|c@&"\x1b[31m']
    table = hopscope("flame", capture).out.splitlines()
    assert len(table) == 3
    assert table[1].split()[2:3] == ["1"]
    folded = hopscope("flame", capture, "--format", "folded").out.splitlines()
    assert sum(int(line.rpartition(" ")[2]) for line in folded) == tree["total_ns"]
    assert hopscope("flame", capture, "proc.name=other", "--json").out.split() == ["[]"]
    assert hopscope("flame", DEMO).out.count("\n") == 1


def test_names_of_spans_harm_no_form(hopscope: Hopscope, tmp_path: Path) -> None:
    capture = spans(tmp_path)
    for form in ("folded", "svg", "statsd"):
        assert "\x1b" not in hopscope("flame", capture, "--format", form).out
    picture = hopscope("flame", capture, "--format", "svg").out
    texts = [one.text for one in ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}title")]
    assert any(text and text.startswith("api") for text in texts)
    assert "<script" not in picture
    for line in hopscope("flame", capture, "--format", "folded").out.splitlines():
        assert line.rpartition(" ")[0].count(";") <= 1
    for line in hopscope("flame", capture, "--format", "statsd").out.splitlines():
        assert (line.count(":"), line.count("|"), line.endswith("|ms")) == (1, 1, True)
