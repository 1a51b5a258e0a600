"""What many descriptors become, as columns: what :mod:`descriptor_events` does, for many calls at once.

An object for each descriptor and a text for each of its ends take longer than everything else that is done
for an opened file or a connection, so both are made only once for each different value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.addresses import Endpoint, address_text
from hopscope.decode.gathering import gather_records
from hopscope.decode.paths import join_path
from hopscope.state import descriptor_events as descriptors
from hopscope.state.descriptor_log import CLIENT, SERVER, Shape
from hopscope.state.texts import many_texts
from hopscope.state.thread_log import Thread

if TYPE_CHECKING:
    from hopscope.state.told import Told

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Objects = NDArray[np.object_]

_DTYPES: dict[str, Any] = {
    "role": np.int8, "listening": np.bool_, "connected": np.bool_, "local_is_client": np.int8,
    "source": np.uint64, "peer": np.uint64, "ino": np.uint64, "dev": np.int64, "open_flags": np.int64,
}  # fmt: skip
_NOTHING = Shape("", "")
_TUPLE4 = np.dtype([("family", "u1"), ("ip", "<u4"), ("port", "<u2"), ("ip2", "<u4"), ("port2", "<u2")])
_ADDRESS4 = np.dtype([("family", "u1"), ("ip", "<u4"), ("port", "<u2")])
_INET = 2
_WITH_PORTS = frozenset({"tcp", "udp", ""})


class ShapeColumns:
    """Shapes, one entry each, by the names of :class:`Shape`."""

    def __init__(self, columns: dict[str, NDArray[Any]]) -> None:
        self.columns = columns

    @classmethod
    def of_nothing(cls, count: int) -> ShapeColumns:
        """So many shapes that say nothing."""
        return cls(
            {
                name: np.full(count, value, _DTYPES.get(name, np.object_))
                for name, value in _NOTHING._asdict().items()
            }
        )

    def __getitem__(self, place: int) -> Shape:
        return Shape(*(column[place : place + 1].tolist()[0] for column in self.columns.values()))

    def only(self, chosen: Mask | Ints) -> ShapeColumns:
        """The chosen shapes."""
        return ShapeColumns({name: column[chosen] for name, column in self.columns.items()})

    def set(self, places: Ints, **values: Any) -> None:
        """Say more of shapes: arrays as long as ``places``, or one value for all of them."""
        for name, value in values.items():
            self.columns[name][places] = value

    def copy(self, places: Ints, sources: Ints) -> None:
        """Make shapes the same as others."""
        for column in self.columns.values():
            column[places] = column[sources]

    def put(self, places: Sequence[int] | Ints, shapes: Sequence[Shape | None]) -> Mask:
        """Set whole shapes, but for those that are None; which are not."""
        known = np.array([shape is not None for shape in shapes], np.bool_)
        some = [shape for shape in shapes if shape is not None]
        at = np.asarray(places, np.int64)[known]
        for (name, column), values in zip(self.columns.items(), zip(*some, strict=True), strict=False):
            column[at] = objects(values) if name not in _DTYPES else values
        return known


class Many(NamedTuple):
    """Calls of one kind.

    Attributes:
        shapes: where to put what their descriptors become.
        places: int64, of each among these shapes. A connect finds the shape of its socket one place before.
        told, chosen: the calls, and which of these.
        makers: thread of each.
    """

    shapes: ShapeColumns
    places: Ints
    told: Told
    chosen: Ints
    makers: Sequence[Thread]

    def values(self, *sources: str) -> list[list[Any]]:
        """Parameters as handlers are told them."""
        return [self.told.values(source, self.chosen) for source in sources]

    def numbers(self, *sources: str) -> Ints:
        """The number from the first of these sources that is stored, 0 where none is."""
        return self.told.numbers(sources)[0][self.chosen]

    def of(self, chosen: Mask) -> Many:
        """Some of them."""
        makers = [self.makers[at] for at in np.flatnonzero(chosen).tolist()]
        return self._replace(places=self.places[chosen], chosen=self.chosen[chosen], makers=makers)


Fill = Callable[[Many], Mask]
"""Puts shapes into their places; says of which calls it is known what they change, if anything."""


def objects(values: Any) -> Objects:
    """Values of any kind as an array of objects, tuples as they are."""
    return np.fromiter(values, np.object_, len(values))


def constant(shape: Shape) -> Fill:
    """All become the same."""

    def fill(many: Many) -> Mask:
        many.shapes.set(many.places, **shape._asdict())
        return np.ones(len(many.places), np.bool_)

    return fill


def files(many: Many) -> Mask:
    """As :func:`hopscope.state.descriptor_events.file_shape`, none from the directory of a descriptor."""
    raws = [
        descriptors.opened_name(exit_name, enter_name)
        for exit_name, enter_name in zip(*many.values("<name", ">name"), strict=True)
    ]
    known = np.array([raw is not None for raw in raws], np.bool_)
    texts = many_texts([raw or b"" for raw in raws])
    names = [join_path(maker.main.cwd, text) for maker, text in zip(many.makers, texts, strict=True)]
    flags = many.numbers("<flags", ">flags")
    is_folder = (flags & descriptors.O_DIRECTORY) != 0
    many.shapes.set(
        many.places,
        kind=np.where(is_folder, "directory", "file").astype(np.object_),
        typechar=np.where(is_folder, "d", "f").astype(np.object_),
        name=objects(names),
        ino=many.numbers("<ino").view(np.uint64),
        dev=many.numbers("<dev"),
        open_flags=flags,
    )
    return known


def sockets(many: Many) -> Mask:
    """As :func:`hopscope.state.descriptor_events.socket_shape`, once for each kind of socket."""
    domain, known = many.told.numbers(("<domain", ">domain"))
    asked = np.stack([domain[many.chosen], many.numbers("<type", ">type"), many.numbers("<proto", ">proto")])
    different, which = np.unique(asked, axis=1, return_inverse=True)
    for number, (one, kind, protocol) in enumerate(different.T.tolist()):
        some = many.places[which.reshape(-1) == number]
        many.shapes.set(some, **descriptors.socket_shape(one, kind, protocol)._asdict())
    known = known[many.chosen]
    return known


def accepted(many: Many) -> Mask:
    """As :func:`hopscope.state.descriptor_events.accepted_shape`."""
    ends = _Ends.of(many, "<tuple")
    _connect(many, ends, l4="tcp", role=SERVER, local_is_client=0)
    others = many.of(~ends.known)
    known = ends.known.copy()
    (tuples,) = others.values("<tuple")
    known[~ends.known] = others.shapes.put(others.places, [descriptors.accepted_shape(one) for one in tuples])
    return known


def aimed(many: Many) -> Mask:
    """As :func:`hopscope.state.descriptor_events.aimed_shape`."""
    many.shapes.copy(many.places, many.places - 1)
    start, length = many.told.spans(">addr", many.chosen)
    records = gather_records(many.told.columns.data, start, _ADDRESS4)
    plain = (length == _ADDRESS4.itemsize) & (records["family"] == _INET)
    records = records[plain]
    ends, _, which = _endpoints(records["ip"], records["port"])
    many.shapes.set(many.places[plain], server=ends[which])
    known: Mask = plain.copy()
    known[~plain] = _one_by_one(many.of(~plain), descriptors.aimed_shape, ">addr")
    return known


def connected(many: Many) -> Mask:
    """As :func:`hopscope.state.descriptor_events.connected_shape`."""
    many.shapes.copy(many.places, many.places - 1)
    ends = _Ends.of(many, "<tuple")
    res, stored = many.told.numbers(("<res",))
    res, stored = res[many.chosen], stored[many.chosen]
    l4 = many.shapes.columns["l4"][many.places]
    plain = ends.known & stored & ((res >= 0) | (res == descriptors.EINPROGRESS))
    plain &= np.array([one in _WITH_PORTS for one in l4.tolist()], np.bool_)
    some = many.of(plain)
    _connect(some, ends.only(plain), l4=l4[plain], role=CLIENT, local_is_client=1)
    known: Mask = plain.copy()
    known[~plain] = _one_by_one(many.of(~plain), descriptors.connected_shape, "<res", "<tuple", "<addr")
    return known


def _one_by_one(many: Many, become: Callable[..., Shape | None], *sources: str) -> Mask:
    """Connects of other kinds."""
    olds = [many.shapes[place - 1] for place in many.places.tolist()]
    values = zip(*many.values(*sources), strict=True)
    return many.shapes.put(many.places, [become(old, *some) for old, some in zip(olds, values, strict=True)])


class _Ends(NamedTuple):
    """Both ends of connections.

    Attributes:
        known: which are connections over IPv4; the others have one entry each, those have none.
        source, destination: ends.
        name: as the reference names it where the source is the client.
    """

    known: Mask
    source: Objects
    destination: Objects
    name: Objects

    @classmethod
    def of(cls, many: Many, source: str) -> _Ends:
        """From a parameter that stores both."""
        start, length = many.told.spans(source, many.chosen)
        records = gather_records(many.told.columns.data, start, _TUPLE4)
        known = (length == _TUPLE4.itemsize) & (records["family"] == _INET)
        records = records[known]
        count = len(records)
        ends, texts, which = _endpoints(
            np.concatenate([records["ip"], records["ip2"]]),
            np.concatenate([records["port"], records["port2"]]),
        )
        one, other = which[:count], which[count:]
        names = map("{}->{}".format, texts[one].tolist(), texts[other].tolist())
        return cls(known, ends[one], ends[other], np.fromiter(names, np.object_, count))

    def only(self, chosen: Mask) -> _Ends:
        """Some of all connections; of others than those that are known none may be chosen."""
        some = chosen[self.known]
        return _Ends(chosen[chosen], self.source[some], self.destination[some], self.name[some])


def _connect(many: Many, ends: _Ends, *, l4: str | Objects, role: int, local_is_client: int) -> None:
    many.shapes.set(
        many.places[ends.known],
        kind="ipv4", typechar="4", name=ends.name, l4=l4, role=role, connected=True,
        local_is_client=local_is_client, client=ends.source, server=ends.destination,
    )  # fmt: skip


def _endpoints(address: NDArray[np.uint32], port: NDArray[np.uint16]) -> tuple[Objects, Objects, Ints]:
    """The different ends, their texts, and which each is."""
    joined = (address.astype(np.int64) << 16) | port
    different, which = np.unique(joined, return_inverse=True)
    addresses, of_end = np.unique(different >> 16, return_inverse=True)
    packed = objects([one.to_bytes(4, "little") for one in addresses.tolist()])
    written = objects([address_text(one) for one in packed.tolist()])
    ports = (different & 0xFFFF).tolist()
    made = map(partial(tuple.__new__, Endpoint), zip(packed[of_end].tolist(), ports, strict=True))
    texts = map("{}:{}".format, written[of_end].tolist(), ports)
    count = len(different)
    return np.fromiter(made, np.object_, count), np.fromiter(texts, np.object_, count), which.reshape(-1)
