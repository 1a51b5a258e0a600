"""What filters accept of the story in small_store."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from hopscope.errors import FilterError
from hopscope.fields import FIELDS, decoded, field_value
from hopscope.filters import compile_filter
from hopscope.filters.operators import OPERATORS
from hopscope.filters.transformers import TRANSFORMERS
from small_store import SmallStore, numbers

STORE = SmallStore()


def accepted(text: str) -> list[int]:
    return numbers(compile_filter(text).mask(STORE))


ALL = list(range(15))
CURL, RESOLVER, NGINX, BASH = [0, 1, 2, 3, 4], [5, 6, 7], [8, 9, 10, 11], [12, 13]
NO_THREAD = [14]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("proc.name=curl", CURL),
        ("proc.name!=curl", RESOLVER + NGINX + BASH),
        ("not proc.name=curl", RESOLVER + NGINX + BASH + NO_THREAD),
        ("not proc.name exists", NO_THREAD),
        ("proc.name in (curl, bash)", CURL + BASH),
        ("proc.name in ()", []),
        ("proc.name intersects (curl)", CURL),
        ("proc.name startswith re", RESOLVER),
        ("proc.name endswith url", CURL),
        ("proc.name contains URL", []),
        ("proc.name icontains URL", CURL),
        ("proc.name glob c*l", CURL),
        ("proc.name glob C*L", []),
        ("proc.name iglob C*L", CURL),
        ("proc.name glob c*", CURL),
        ("proc.name glob c", []),
        ("proc.name regex 'c.*'", CURL),
        ("proc.name regex 'ur'", []),
        ("proc.name < d", CURL + BASH),
        ("proc.name >= nginx", RESOLVER + NGINX),
        ("proc.pid=301", CURL + RESOLVER),
        ("proc.pid<=0x12d", CURL + RESOLVER + BASH),
        ("proc.pid > 99999999999999999999", []),
        ("proc.pid < 99999999999999999999", CURL + RESOLVER + NGINX + BASH),
        ("proc.pid != -99999999999999999999", CURL + RESOLVER + NGINX + BASH),
        ("thread.tid in (302, 0)", RESOLVER + NO_THREAD),
        ("thread.ismain=false", RESOLVER),
        ("proc.name=curl and evt.dir=< or proc.name=bash", [1, 3, 4, *BASH]),
        ("proc.name=curl and (evt.dir=< or proc.name=bash)", [1, 3, 4]),
        ("not (proc.name=curl or proc.name=bash)", RESOLVER + NGINX + NO_THREAD),
        ("not (proc.name=curl and evt.dir=<)", [0, 2, *RESOLVER, *NGINX, *BASH, *NO_THREAD]),
    ],
)
def test_operators_and_missing_values(text: str, rows: list[int]) -> None:
    assert accepted(text) == sorted(rows)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("fd.ip=10.0.0.1", [6, 7, 8, 9]),
        ("fd.ip=10.0.0.2", [6, 7, 8, 9]),
        ("fd.ip!=10.0.0.1", [5]),
        ("fd.ip!=10.0.0.9", [5, 6, 7, 8, 9]),
        ("fd.ip!=::1", [5, 6, 7, 8, 9]),
        ("fd.ip in (10.0.0.9, 10.0.0.1)", [6, 7, 8, 9]),
        ("fd.net=10.0.0.0/30", [6, 7, 8, 9]),
        ("fd.net!=10.0.0.1/32", [5]),
        ("fd.net=2001:db8::/32", []),
        ("fd.cnet=10.0.0.1/32", [6, 7, 8, 9]),
        ("fd.snet=10.0.0.1/32", []),
        ("fd.port=80", [6, 7, 8, 9]),
        ("fd.port!=80", [5]),
        ("fd.port!=81", [5, 6, 7, 8, 9]),
        ("fd.port<100", [5, 6, 7, 8, 9]),
        ("fd.port=0", [5]),
        ("fd.port>100", [6, 7, 8, 9]),
        ("fd.port>40000", []),
        ("fd.cport<100", []),
        ("fd.cport=40000", [6, 7, 8, 9]),
        ("fd.sport in (80, 443)", [6, 7, 8, 9]),
        ("fd.sport=http", [6, 7, 8, 9]),
        ("fd.lport=40000", [6, 7, 8, 9]),
        ("fd.rport=40000", []),
        ("fd.lip=10.0.0.2", []),
        ("fd.rip=10.0.0.2", [6, 7, 8, 9]),
    ],
)
def test_ends_of_connections(text: str, rows: list[int]) -> None:
    assert accepted(text) == rows


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('evt.buffer contains "\\xff"', [7]),
        ("evt.buffer contains local", [3]),
        ("evt.buffer bcontains 47455420", [7]),
        ("evt.buffer bstartswith 68", [12]),
        ("evt.buffer startswith h", [12]),
        ("evt.buffer endswith ost", [3]),
        ("evt.buffer = hi", [12]),
        ("evt.buffer != hi", [3, 7, 9]),
        ("evt.buffer exists", [3, 7, 9, 12]),
        ("evt.buffer contains o and proc.name=nginx", []),
        ("evt.around[1480000000007000000]=1", [7, 8, 9]),
        ("fd.name pmatch (/etc)", [1, 2, 3]),
        ("fd.name pmatch (/et)", []),
        ("fd.name pmatch (/usr, /no/)", [4]),
        ("fd.name pmatch (/etc/hosts)", [1, 2, 3]),
        ("fd.types in (pipe)", BASH[:1]),
        ("fd.types intersects (pipe, ipv6)", [8, 9, 12]),
        ("proc.aname=bash", CURL + RESOLVER),
        ("proc.aname!=bash", []),
        ("proc.aname[1]=bash", CURL + RESOLVER),
        ("proc.aname[0]=bash", BASH),
        ("proc.apid in (400, 300)", CURL + RESOLVER),
        ("evt.rawarg.fd<0", [4]),
        ("evt.rawarg.res>=5", [3, 7]),
        ("evt.type.is.open=1", [0, 1, 4]),
    ],
)
def test_fields_with_their_own_ways(text: str, rows: list[int]) -> None:
    assert accepted(text) == rows


@pytest.mark.parametrize(
    ("text", "position", "message", "hint"),
    [
        ("proc.nam=a", 0, "there is no field proc.nam", "perhaps proc.name is meant"),
        ("evt.num=1 and fd.nam=a", 14, "there is no field fd.nam", "perhaps fd.name is meant"),
        ("zzz.qqq=a", 0, "there is no field zzz.qqq", ""),
        ("proc.nmae", 0, "there is no field proc.nmae", "perhaps proc.name is meant"),
        ("proc.name=a or fd.nmae conains b", 15, "there is no field fd.nmae", "perhaps fd.name is meant"),
        ("proc.pid[1]=a", 0, "proc.pid takes no argument", "write proc.pid"),
        ("evt.arg=a", 0, "evt.arg needs an argument", "write evt.arg[name or position]"),
        ("proc.pid=abc", 9, "a number was expected and not 'abc'", ""),
        ("evt.latency>1ms", 12, "a number was expected and not '1ms'", "durations are in ns: 1000000"),
        ("evt.failed=yes", 11, "true or false was expected and not 'yes'", ""),
        (
            "fd.ip=10.0.0.0/8", 6, "an IP address was expected and not '10.0.0.0/8'",
            "networks are compared with fd.net, fd.cnet, fd.snet …",
        ),
        ("fd.net=10.0.0.1", 7, "a network was expected and not '10.0.0.1'", "such as 10.0.0.1/24"),
        ("fd.port=nosuchservice", 8, "a port was expected and not 'nosuchservice'", ""),
        ("evt.type in (open, opn)", 19, "there is no event type 'opn'", "perhaps open is meant"),
        ("evt.type contains ope", 18, "there is no event type 'ope'", "perhaps open is meant"),
        (
            "evt.buffer bcontains 0g", 21, "bytes in hexadecimal digits were expected and not '0g'",
            "such as 0a1bff",
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_field_is_refused(text: str, position: int, message: str, hint: str) -> None:
    with pytest.raises(FilterError) as caught:
        compile_filter(text)
    assert (str(caught.value), caught.value.position, caught.value.hint) == (message, position, hint)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("evt.num contains 1", "an integer"),
        ("evt.failed < true", "true or false"),
        ("fd.cip > 10.0.0.1", "an IP address"),
        ("evt.buffer glob a", "bytes"),
        ("proc.name bcontains 00", "text"),
        ("evt.latency startswith 1", "a duration in ns"),
    ],
)
def test_operators_must_suit_the_type(text: str, kind: str) -> None:
    with pytest.raises(FilterError) as caught:
        compile_filter(text)
    operator = text.split()[1]
    assert f"is {kind} and cannot be asked with {operator}" in str(caught.value)
    assert caught.value.position == text.index(operator)
    assert "it can be asked with =" in caught.value.hint


def test_regular_expressions_that_are_none_are_refused() -> None:
    with pytest.raises(FilterError) as caught:
        compile_filter("proc.name regex '['")
    assert caught.value.position == 16
    assert "is no regular expression" in str(caught.value)


def test_only_rows_within_are_decided() -> None:
    within = np.zeros(len(STORE), dtype=np.bool_)
    within[[1, 7, 14]] = True
    for text in ("proc.name=curl", "not proc.name=curl", "evt.buffer exists", "proc.name=x or evt.num>0"):
        whole = compile_filter(text).mask(STORE)
        assert numbers(compile_filter(text).mask(STORE, within)) == numbers(whole & within)


class CountingStore(SmallStore):
    """Notes which payloads were read event by event, and whether all were searched together."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[int] = []
        self.searched = False

    def payload(self, row: int) -> bytes | None:
        self.read.append(row)
        return super().payload(row)

    def payload_spans(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        spans = super().payload_spans()
        self.searched, self.read = True, []
        return spans


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("len(evt.buffer)=9 and proc.name=nginx", [9]),
        ("len(evt.buffer)=9 and not proc.name=nginx", [3, 7, 12]),
        ("len(evt.buffer)=9 and proc.name=nobody", []),
        ("len(evt.buffer)=9 or proc.name=nginx", [3, 7, 12]),
        ("proc.name=nginx and (len(evt.buffer)=9 or evt.num>100)", []),
        ("evt.buffer contains x and proc.name=nobody", []),
    ],
)
def test_payloads_are_read_only_where_nothing_cheaper_decides(text: str, read: list[int]) -> None:
    store = CountingStore()
    compile_filter(text).mask(store)
    assert (store.read, store.searched) == (read, False)


@pytest.mark.parametrize(
    "operator", ["contains x", "bcontains 78", "startswith x", "endswith x", "= x", "exists"]
)
def test_payloads_are_searched_together(operator: str) -> None:
    store = CountingStore()
    compile_filter(f"evt.buffer {operator}").mask(store)
    assert store.searched


class DecodingStore(SmallStore):
    """Counts how often parameters are looked at."""

    looked = 0

    def raw_params(self, row: int) -> list[bytes]:
        self.looked += 1
        return super().raw_params(row)


def test_texts_are_decoded_once_and_only_of_types_that_have_them() -> None:
    store = DecodingStore()
    assert numbers(compile_filter("evt.arg.name contains hosts").mask(store)) == [1]
    looked = store.looked
    assert 0 < looked <= 3
    assert numbers(compile_filter("evt.arg.name contains such").mask(store)) == [4]
    assert store.looked == looked


def test_what_does_not_fit_into_the_bounds_is_decoded_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MOST_EVENTS", "MOST_CHARACTERS"):
        store = DecodingStore()
        with monkeypatch.context() as patch:
            patch.setattr(decoded, name, 1)
            for _ in range(2):
                assert numbers(compile_filter("evt.arg.name contains hosts").mask(store)) == [1]
        assert store.looked >= 4


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("toupper(proc.name)=CURL", CURL),
        ("tolower(toupper(proc.name))=curl", CURL),
        ("toupper(proc.name)!=CURL", RESOLVER + NGINX + BASH),
        ("not toupper(proc.name)=CURL", RESOLVER + NGINX + BASH + NO_THREAD),
        ("toupper(proc.name) exists", CURL + RESOLVER + NGINX + BASH),
        ("len(proc.name)=4", CURL + BASH),
        ("len(proc.name)>4", RESOLVER + NGINX),
        ("len(proc.name) in (5, 8)", RESOLVER + NGINX),
        ("len(evt.buffer)>2", [3, 7]),
        ("len(evt.buffer)=2", [12]),
        ("basename(fd.name) exists and basename(fd.name)=fd.name", []),
        ("basename(fd.name)=val(fd.filename) and fd.type=file", [1, 2, 3]),
        ("span.id=val(proc.pid)", []),
        ("proc.pid!=val(span.id)", []),
        ("proc.name=val(proc.name)", CURL + RESOLVER + NGINX + BASH),
        ("proc.name!=val(proc.name)", []),
        ("not proc.name=val(proc.name)", NO_THREAD),
        ("proc.pid!=val(thread.tid)", RESOLVER),
        ("proc.pid<val(thread.tid)", RESOLVER),
        ("evt.num>val(thread.tid)", [14]),
        ("tolower(proc.name)=toupper(proc.name)", []),
        ("proc.cmdline startswith val(proc.name)", CURL + RESOLVER + NGINX + BASH),
        ("proc.name contains val(proc.cmdline)", None),
        ("evt.buffer=val(evt.buffer)", [3, 7, 9, 12]),
        ("len(proc.name)<val(proc.pid)", CURL + RESOLVER + NGINX + BASH),
        ("proc.name glob val(proc.name)", CURL + RESOLVER + NGINX + BASH),
        ("b64(proc.name)=b64(proc.name)", CURL + RESOLVER + NGINX + BASH),
    ],
)
def test_functions_and_fields_on_the_right(text: str, rows: list[int] | None) -> None:
    found = accepted(text)
    assert found == (sorted(rows) if rows is not None else by_rows("proc.name", "proc.cmdline"))


def by_rows(longer: str, shorter: str) -> list[int]:
    """Events at which one text holds the other, asked event by event."""
    pairs = ((row, field_value(STORE, row, longer), field_value(STORE, row, shorter)) for row in ALL)
    return [row for row, one, other in pairs if one is not None and other is not None and other in one]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Y3VybA==", "curl"),
        ("Y3VybA", "curl"),
        ("Y3Vy\nbA==", "curl"),
        ("/w==", "\udcff"),
        ("", ""),
        ("A", ""),
    ],
)
def test_base64_is_read_without_what_is_none(text: str, plain: str) -> None:
    assert TRANSFORMERS["b64"].apply(text) == plain
    assert TRANSFORMERS["b64"].apply(text.encode()) == os.fsencode(plain)


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("tolower(evt.num)=1", 8, "tolower() takes text, and evt.num is an integer"),
        ("len(evt.num)=1", 4, "len() takes text or bytes, and evt.num is an integer"),
        ("tolower(len(proc.name))=1", 12, "tolower() takes text, and proc.name is text"),
        ("tolower(proc.aname)=a", 8, "proc.aname has no single value and cannot be given to tolower()"),
        ("proc.name=val(proc.aname)", 14, "proc.aname has no single value and cannot be compared with val()"),
        ("proc.name=val(evt.num)", 14, "proc.name is text and evt.num is an integer"),
        ("len(proc.name) contains 1", 15, "len(proc.name) is an integer and cannot be asked with contains"),
        ("proc.name regex val(proc.pname)", 10, "regex cannot compare with a field"),
        ("len(proc.name)=x", 15, "a number was expected and not 'x'"),
        ("tolower(proc.nme)=x", 8, "there is no field proc.nme"),
        ("proc.name=val(proc.nme)", 14, "there is no field proc.nme"),
    ],
)
def test_wrong_functions_are_shown_at_their_place(text: str, position: int, message: str) -> None:
    with pytest.raises(FilterError) as caught:
        compile_filter(text)
    assert str(caught.value) == message
    assert caught.value.position == position


def test_fields_of_a_filter_are_told_without_functions() -> None:
    assert compile_filter("tolower(proc.name)=val(proc.pname)").fields() == ["proc.name", "proc.pname"]


def test_fields_of_a_filter() -> None:
    text = "proc.name=a and (fd.name=b or not proc.name=c) and proc.aname[2]=d"
    assert compile_filter(text).fields() == ["proc.name", "fd.name", "proc.aname[2]"]


def _atoms() -> Iterator[str]:
    yield from (
        "proc.name=curl",
        "fd.port=80",
        "evt.dir=<",
        "evt.buffer exists",
        "fd.name exists",
        "evt.num>105",
    )


formulas = st.recursive(
    st.sampled_from(list(_atoms())),
    lambda child: (
        st.builds("not ({})".format, child)
        | st.builds("({}) and ({})".format, child, child)
        | st.builds("({}) or ({})".format, child, child)
    ),
    max_leaves=8,
)


def _by_hand(text: str, atoms: dict[str, frozenset[int]]) -> frozenset[int]:
    """Set algebra on the text, independent of the parser."""
    expression = text
    for i, atom in enumerate(atoms):
        expression = expression.replace(atom, f"S[{i}]")
    expression = expression.replace("not (", "U - (").replace(") and (", ") & (").replace(") or (", ") | (")
    found = eval(expression, {"S": list(atoms.values()), "U": frozenset(ALL)})
    assert isinstance(found, frozenset)
    return found


@given(formulas)
def test_combinations_follow_set_algebra(text: str) -> None:
    atoms = {atom: frozenset(accepted(atom)) for atom in _atoms()}
    assert frozenset(accepted(text)) == _by_hand(text, atoms)


literals = st.sampled_from(
    ["1", "-1", "x", "10.0.0.1", "10.0.0.0/8", "true", "open", "http", "0x10", "[", "''"]
)


@given(
    st.sampled_from(sorted(FIELDS)),
    st.sampled_from(sorted(OPERATORS)),
    literals,
    st.none() | st.sampled_from("01a"),
    st.sampled_from(["", *TRANSFORMERS]),
    st.sampled_from(["", "val", *TRANSFORMERS]),
    st.sampled_from(sorted(FIELDS)),
)
def test_every_combination_is_decided_or_refused(
    name: str, operator: str, value: str, argument: str | None, left: str, right: str, other: str
) -> None:
    operand = {"exists": "", "in": f"({value})", "intersects": f"({value})", "pmatch": f"({value})"}
    field = name if argument is None else f"{name}[{argument}]"
    field = f"{left}({field})" if left else field
    value = f"{right}({other})" if right else value
    text = f"{field} {operator} {operand.get(operator, value)}"
    try:
        ready = compile_filter(text)
    except FilterError:
        return
    mask = ready.mask(STORE)
    assert mask.dtype == np.bool_
    assert len(mask) == len(STORE)
