"""Make a capture of any size: the demo's story again and again, in the midst of a busy node's load.

The load is made once, as one block of some ten thousand events (load.py), packed by the project's own
encoder, and then copied with NumPy: each copy moves times on and gives new numbers to processes, ports,
descriptors and files, so that tables grow as they do on a real node. The same arguments give the same bytes.

    python benchmarks/generate.py [--events N] [--gzip] [--seed S] [--output FILE]

Without ``--output`` the file is kept in the folder for temporary files and found again the next time.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import os
import re
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import load
import numpy as np
from load import Ring
from numpy.typing import NDArray

from hopscope.capture.lists import User
from hopscope.capture.writer import pack_event
from hopscope.decode.capture_writer import CaptureWriter, params_of
from hopscope.decode.encode import encode_param, neutral_param
from hopscope.decode.event_table import EVENTS, EventFlag
from hopscope.demo import demo_path
from hopscope.demo.cast import INTERFACES, MACHINE, PROCESSES, START, USERS
from hopscope.demo.cluster import metadata
from hopscope.demo.recorder import SECOND, Record
from hopscope.demo.story import records as story_records

DEFAULT_EVENTS = 3_000_000
STORY_EVERY = 10.5 * SECOND
"""The story takes ten seconds; then it begins again."""

STORY_PIDS = Ring(5_120, 4_800, 100)
"""Processes that the story and the background of the demo start."""

EVENT_HEAD = 8 + 2
"""Bytes of a block before the event's own header: type, length and CPU."""

PARAMETERS = EVENT_HEAD + 26
IPV4_TUPLE = 13
SERIAL = re.compile(rb"(?<!\d)900\d{5}(?!\d)")


@dataclass(frozen=True)
class Site:
    """Places that hold numbers of one ring in one form.

    Attributes:
        ring: whose numbers they are.
        dtype: of the stored number; ``S8`` for eight digits.
        places: int64, where each begins in the bytes of the template.
        values: int64, the number in the template.
    """

    ring: Ring
    dtype: str
    places: NDArray[np.int64]
    values: NDArray[np.int64]

    def put(self, data: NDArray[np.uint8], copy: int) -> None:
        """Write what stands there in a copy into the bytes of the template."""
        ring = self.ring
        numbers = ring.low + (self.values - ring.low + ring.step * copy) % ring.size
        if self.dtype == "S8":
            stored = (numbers[:, None] // 10 ** np.arange(7, -1, -1) % 10 + ord("0")).astype(np.uint8)
        else:
            stored = numbers.astype(self.dtype).view(np.uint8).reshape(len(numbers), -1)
        data[self.places[:, None] + np.arange(stored.shape[1])] = stored


class Template:
    """Events as bytes, and what changes from copy to copy.

    Args:
        records: in the order of time.
        pids: the rings of process numbers.

    Attributes:
        codes: int64, the event type of each event.
        times: int64, ns from the first event.
        starts: int64, where each event begins; one more for the end.
        data: uint8, all events.
    """

    def __init__(self, records: Sequence[Record], pids: Sequence[Ring] = ()) -> None:
        self._pids = pids
        self._found: defaultdict[tuple[Ring, str], list[tuple[int, int]]] = defaultdict(list)
        packed: list[bytes] = []
        starts = [0]
        for record in records:
            packed.append(self._pack(record, starts[-1]))
            starts.append(starts[-1] + len(packed[-1]))
        self.codes = np.array([record.code for record in records], np.int64)
        self.times = np.array([record.time for record in records], np.int64) - records[0].time
        self.starts = np.array(starts, np.int64)
        self.data = np.frombuffer(b"".join(packed), np.uint8)
        self._sites = [
            Site(ring, dtype, *np.array(found, np.int64).T) for (ring, dtype), found in self._found.items()
        ]

    def __len__(self) -> int:
        return len(self.times)

    def _pack(self, record: Record, start: int) -> bytes:
        event = EVENTS[record.code]
        unknown = record.values.keys() - {param.name for param in event.params}
        if unknown:
            raise ValueError(f"the event {event.name} has no parameter {min(unknown)}")
        wanted = params_of(event, "sysdig")
        stored = [
            encode_param(param, record.values[param.name])
            if param.name in record.values
            else neutral_param(param)
            for param in wanted
        ]
        for ring in self._pids:
            self._note(ring, "<i8", start + EVENT_HEAD + 8, record.tid)
        place = start + PARAMETERS + 2 * len(stored)
        for param, value in zip(wanted, stored, strict=True):
            self._look_through(param.type, value, place)
            place += len(value)
        return pack_event(record.code, stored, ts=record.time, tid=record.tid, cpu=record.cpu)

    def _look_through(self, kind: str, stored: bytes, place: int) -> None:
        """Note the numbers of rings that a stored parameter holds."""
        if kind == "PID":
            for ring in self._pids:
                self._note(ring, "<i8", place, int.from_bytes(stored, "little", signed=True))
        elif kind == "FD":
            self._note(load.DESCRIPTORS, "<i8", place, int.from_bytes(stored, "little", signed=True))
        elif kind == "SOCKTUPLE" and len(stored) == IPV4_TUPLE:
            for offset in (5, 11):
                port = int.from_bytes(stored[offset : offset + 2], "little")
                self._note(load.PORTS, "<u2", place + offset, port)
        elif kind in ("BYTEBUF", "CHARBUF", "FSPATH", "FSRELPATH"):
            for found in SERIAL.finditer(stored):
                self._note(load.SERIALS, "S8", place + found.start(), int(found[0]))

    def _note(self, ring: Ring, dtype: str, place: int, value: int) -> None:
        if ring.holds(value):
            self._found[ring, dtype].append((place, value))

    def copy(self, number: int, times: NDArray[np.int64]) -> NDArray[np.uint8]:
        """The bytes of the first events of a copy.

        Args:
            number: which copy, from 0.
            times: int64, ns since the epoch of each event that is wanted.
        """
        data = self.data.copy()
        stamps = self.starts[: len(times), None] + (EVENT_HEAD + np.arange(8))
        data[stamps] = times.astype("<u8").view(np.uint8).reshape(-1, 8)
        for site in self._sites:
            site.put(data, number)
        return data[: self.starts[len(times)]]


@dataclass(frozen=True)
class Mix:
    """What a capture is made of.

    Attributes:
        counts: int64 by event type.
    """

    counts: NDArray[np.int64]

    @property
    def events(self) -> int:
        return int(self.counts.sum())

    @property
    def state_changing(self) -> float:
        """Share of the events whose type changes threads or descriptors, as the event table says."""
        changing = np.array([EventFlag.MODIFIES_STATE in event.flags for event in EVENTS])
        return float(self.counts[changing].sum() / max(self.events, 1))

    def text(self) -> str:
        """Shares by name, most frequent first."""
        shares: dict[str, int] = {}
        for event, count in zip(EVENTS, self.counts.tolist(), strict=True):
            if count:
                shares[event.name] = shares.get(event.name, 0) + count
        listed = sorted(shares.items(), key=lambda item: -item[1])
        mix = ", ".join(f"{name} {100 * count / self.events:.1f} %" for name, count in listed)
        return f"{self.events:,} events, {100 * self.state_changing:.1f} % change state: {mix}"


class Generator:
    """Writes captures of any number of events.

    Args:
        seed: the same seed, the same bytes.
    """

    def __init__(self, seed: int = 1) -> None:
        told = story_records()
        known = len(metadata())
        before = sorted(told[:known] + load.metadata(), key=lambda record: record.time)
        self._before = Template(before)
        self._story = Template(told[known:], (STORY_PIDS,))
        self._load = Template(load.block(seed), (load.PIDS, load.VPIDS))

    @property
    def fewest(self) -> int:
        """Events of the shortest capture: one story, and one event of the load."""
        return len(self._before) + len(self._story) + 1

    def write(self, stream: IO[bytes], events: int) -> Mix:
        """Write a capture of exactly so many events. Raises ValueError for fewer than :attr:`fewest`."""
        if events < self.fewest:
            raise ValueError(f"a capture has at least {self.fewest} events")
        counts = _counts(self._before.codes)
        stream.write(_head())
        stream.write(self._before.data.data)
        story_and_load = len(self._load) * STORY_EVERY / load.LENGTH + len(self._story)
        stories = max(1, round(events / story_and_load))
        left = events - len(self._before) - stories * len(self._story)
        # Even a short capture lasts as long as one whole story.
        stretch = max(1.0, stories * STORY_EVERY / (left / len(self._load) * load.LENGTH))
        waiting = Story(self._story, stories)
        for number in range(-(-left // len(self._load))):
            times = START + 1_000 + ((self._load.times + number * load.LENGTH) * stretch).astype(np.int64)
            times = times[:left]
            left -= len(times)
            waiting.until(stream, self._load, self._load.copy(number, times), times, last=not left)
            counts += _counts(self._load.codes[: len(times)])
        counts += stories * _counts(self._story.codes)
        return Mix(counts)


class Story:
    """The story's events, put between those of the load.

    Args:
        template: of one story.
        count: how often it is told.
    """

    def __init__(self, template: Template, count: int) -> None:
        self._template = template
        self._left = count
        self._number = -1
        self._times = np.empty(0, np.int64)
        self._data = np.empty(0, np.uint8)
        self._at = 0

    def until(
        self,
        stream: IO[bytes],
        load_: Template,
        data: NDArray[np.uint8],
        times: NDArray[np.int64],
        last: bool,
    ) -> None:
        """Write events of the load with those of the story between them; after the last all of the story."""
        done = 0
        while self._more() and (last or self._times[self._at] <= times[-1]):
            end = len(self._times) if last else int(np.searchsorted(self._times, times[-1], "right"))
            starts = self._template.starts
            places = load_.starts[np.searchsorted(times, self._times[self._at : end], "right")].tolist()
            for event, place in enumerate(places, self._at):
                if place > done:
                    stream.write(data[done:place].data)
                    done = place
                stream.write(self._data[starts[event] : starts[event + 1]].data)
            self._at = end
        stream.write(data[done:].data)

    def _more(self) -> bool:
        """Whether an event is left; begins the next story where one is over."""
        if self._at < len(self._times):
            return True
        if not self._left:
            return False
        self._left -= 1
        self._number += 1
        self._times = START + int(self._number * STORY_EVERY) + self._template.times
        self._data = self._template.copy(self._number, self._times)
        self._at = 0
        return True


def _counts(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.bincount(codes, minlength=len(EVENTS))


def _head() -> bytes:
    """The lists before the events."""
    stream = io.BytesIO()
    with CaptureWriter(stream) as writer:
        writer.machine(MACHINE._replace(cpus=load.CPUS))
        for interface in INTERFACES:
            writer.interface(interface)
        for account in USERS:
            if isinstance(account, User):
                writer.user(account)
            else:
                writer.group(account)
        before = [(process.entries(), process.descriptors) for process in PROCESSES]
        for entries, descriptors in (*before, *load.there_before()):
            for entry in entries:
                writer.process(entry)
            writer.descriptors(entries[0].pid, descriptors)
    return stream.getvalue()


def make(path: Path, events: int, *, seed: int = 1, packed: bool = False) -> Mix:
    """Write a capture to a file, whole or not at all."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            if packed:
                with gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as packer:
                    mix = Generator(seed).write(cast("IO[bytes]", packer), events)
            else:
                mix = Generator(seed).write(file, events)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return mix


def cached(events: int = DEFAULT_EVENTS, *, seed: int = 1, packed: bool = False) -> Path:
    """The file of a capture in the folder for temporary files, made unless it is there."""
    path = _cached_path(events, seed, packed)
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        make(path, events, seed=seed, packed=packed)
    return path


def _cached_path(events: int, seed: int, packed: bool) -> Path:
    """Named by everything that its bytes follow from."""
    sources = [Path(__file__), Path(load.__file__), *sorted(demo_path().parent.glob("*.py"))]
    known = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:8]
    name = f"load-{events}-{seed}-{known}.scap{'.gz' if packed else ''}"
    return Path(tempfile.gettempdir()) / "hopscope-benchmarks" / name


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Make a large capture to measure with.")
    parser.add_argument("--events", type=int, default=DEFAULT_EVENTS, help="default: %(default)s")
    parser.add_argument("--gzip", action="store_true", help="pack it")
    parser.add_argument("--seed", type=int, default=1, help="other durations and payloads")
    parser.add_argument("--output", type=Path, help="default: a file that later runs find again")
    arguments = parser.parse_args(argv)
    path = arguments.output or _cached_path(arguments.events, arguments.seed, arguments.gzip)
    begun = time.perf_counter()
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        mix = make(path, arguments.events, seed=arguments.seed, packed=arguments.gzip)
    except (OSError, ValueError) as error:
        print(f"generate: {error}", file=sys.stderr)
        return 2
    print(f"{path}: {path.stat().st_size:,} bytes in {time.perf_counter() - begun:.1f} s")
    print(mix.text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
