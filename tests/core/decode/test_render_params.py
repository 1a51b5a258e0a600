"""How single parameters are printed. Every rule was tried on sysdig 0.29.3 or seen in a newer print."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopscope.decode.dialect import Dialect, dialects
from hopscope.decode.event_table import EVENTS, Param
from hopscope.decode.moment import EventMoment, Moments
from hopscope.decode.render_params import renderer

from .one_event import NothingHeard, OneEvent, some_descriptors

OLDEST, MIDDLE, NEWEST = dialects()


def rendered(
    kind: str,
    raw: bytes,
    *,
    fmt: str = "DEC",
    table: str = "",
    dialect: Dialect = OLDEST,
    known: bool = True,
    raws: list[bytes] | None = None,
    dirfd: int = -1,
    opened_by_event: bool = False,
) -> str:
    store = OneEvent(2, [raw] if raws is None else raws, known=known)
    store.descriptors = some_descriptors(opened_by_event)
    store.heard = NothingHeard(store.descriptors)
    moments = Moments(store)
    moments.dialect = dialect
    event = EventMoment(moments, 0, 0 if known else -1, store.raws, 2)
    text, resolved = renderer(Param("x", kind, fmt, table, dirfd), dialect)(event, raw)
    return f"{text}({resolved})" if resolved else text


def number(value: int, width: int = 8) -> bytes:
    return (value & ((1 << 8 * width) - 1)).to_bytes(width, "little")


@pytest.mark.parametrize(
    ("kind", "width", "value", "fmt", "text"),
    [
        ("INT32", 4, -1, "DEC", "-1"),
        ("UINT32", 4, 0xFFFFFFFF, "DEC", "-1"),  # unsigned numbers of 4 and 8 bytes print as signed
        ("UINT64", 8, (1 << 64) - 1, "DEC", "-1"),
        ("UINT16", 2, 0xFFFF, "DEC", "65535"),
        ("UINT8", 1, 255, "DEC", "255"),
        ("INT8", 1, -1, "DEC", "-1"),
        ("UINT64", 8, 0xC82044FD08, "HEX", "C82044FD08"),
        ("UINT32", 4, 0, "HEX", "0"),
        ("INT32", 4, -1, "HEX", "FFFFFFFF"),
        ("INT8", 1, -2, "HEX", "FFFFFFFE"),  # promoted before it is printed
        ("UINT32", 4, 0o644, "OCT", "0644"),
        ("UINT32", 4, 0, "OCT", "0"),
        ("PORT", 2, 8080, "HEX", "1F90"),
    ],
)
def test_integers(kind: str, width: int, value: int, fmt: str, text: str) -> None:
    assert rendered(kind, number(value, width), fmt=fmt) == text


def test_results() -> None:
    assert rendered("ERRNO", number(-11)) == "-11(EAGAIN)"
    assert rendered("ERRNO", number(60)) == "60"
    assert rendered("ERRNO", number(-4000)) == "-4000"


def test_descriptors() -> None:
    assert rendered("FD", number(4)) == "4(<4t>1.2.3.4:5->6.7.8.9:80)"
    assert rendered("FD", number(5)) == "5(<4>)"  # no protocol before a role is known
    assert rendered("FD", number(6)) == "6(<p>)"
    assert rendered("FD", number(8)) == "8(<6r>)"  # raw needs no role
    assert rendered("FD", number(99)) == "99"
    assert rendered("FD", number(-2)) == "-2(ENOENT)"
    assert rendered("FD", number(-1)) == "-1(EPERM)"
    assert rendered("FD", number(-100)) == "-100(AT_FDCWD)"
    assert rendered("FD32", number(4, 4)) == "4(<4t>1.2.3.4:5->6.7.8.9:80)"
    assert rendered("FD", number(4), known=False) == "4"
    assert rendered("FD", number(-100), known=False) == "-100"


def test_names_of_descriptors_that_are_not_ascii() -> None:
    assert rendered("FD", number(3)) == "3(<f>/etc/psswd)"
    assert rendered("FD", number(3), opened_by_event=True) == "3(<f>/etc/p..sswd)"
    assert rendered("FD", number(3), dialect=NEWEST) == "3(<f>/etc/pässwd)"


def test_threads() -> None:
    assert rendered("PID", number(100)) == "100(cat)"
    assert rendered("PID", number(101)) == "101"
    assert rendered("PID32", number(100, 4)) == "100(cat)"


def test_users_and_groups() -> None:
    assert rendered("UID", number(0, 4)) == "0(root)"
    assert rendered("GID", number(0, 4)) == "0(root)"
    assert rendered("UID", number(1234, 4)) == "1234(<NA>)"
    assert rendered("UID", number(-1, 4)) == "-1(<NONE>)"
    assert rendered("GID", number(0x80000000, 4)) == "-2147483648(<NA>)"


def test_flags_and_modes() -> None:
    assert rendered("FLAGS32", number(4097, 4), fmt="HEX", table="file_flags") == "4097(O_RDONLY|O_CLOEXEC)"
    assert (
        rendered("FLAGS16", number(129, 2), table="futex_operations") == "129(FUTEX_PRIVATE_FLAG|FUTEX_WAKE)"
    )
    assert rendered("ENUMFLAGS8", number(1, 1), table="lseek_whence") == "1(SEEK_CUR)"
    assert rendered("ENUMFLAGS32", number(1, 4), table="socket_families") == "1(AF_LOCAL)"
    assert (
        rendered("ENUMFLAGS32", number(1, 4), table="socket_families", dialect=MIDDLE)
        == "1(AF_LOCAL|AF_UNIX)"
    )
    assert rendered("FLAGS8", number(255, 1)) == "255"
    assert rendered("MODE", number(0o600, 4), fmt="OCT", table="chmod_mode") == "0600(S_IWUSR|S_IRUSR)"


def test_signals() -> None:
    assert rendered("SIGTYPE", number(17, 1)) == "17(SIGCHLD)"
    assert rendered("SIGTYPE", number(0, 1)) == "0"
    assert rendered("SIGSET", number(0b101, 4)) == "SIGHUP SIGQUIT"
    assert rendered("SIGSET", number(0, 4)) == ""


def test_times() -> None:
    assert rendered("RELTIME", number(500_000_000)) == "500000000(0.5s)"
    assert rendered("RELTIME", number(1000)) == "1000(1e-06s)"
    assert rendered("RELTIME", number(1_234_567_890_123)) == "1234567890123(1234.57s)"
    assert rendered("RELTIME", number(-1)) == "none"
    day = datetime.fromtimestamp(1_480_000_000)
    assert rendered("ABSTIME", number(1_480_000_000_000_000_007)) == f"{day:%Y-%m-%d %H:%M:%S}.000000007"


def test_system_calls() -> None:
    assert rendered("SYSCALLID", number(4, 2)) == "4(write)"
    assert rendered("SYSCALLID", number(283, 2)) == "283(newselect)"
    assert rendered("SYSCALLID", number(60000, 2)) == "<unknown syscall>"


def test_texts_keep_every_byte() -> None:
    assert rendered("CHARBUF", b"a\x07\xff\0rest") == "a\x07\udcff"
    assert rendered("CHARBUF", b"(NULL)\0") == "(NULL)"


def test_empty_parameters() -> None:
    assert rendered("CHARBUF", b"") == rendered("FSPATH", b"") == rendered("BYTEBUF", b"") == ""
    assert rendered("CHARBUF", b"", dialect=MIDDLE) == rendered("FSPATH", b"", dialect=NEWEST) == "<NA>"
    assert rendered("BYTEBUF", b"", dialect=MIDDLE) == "NULL"
    assert rendered("SOCKTUPLE", b"") == rendered("SOCKADDR", b"") == rendered("INT64", b"") == "NULL"


def test_relative_paths_say_where_they_lead() -> None:
    assert rendered("FSPATH", b"/etc/passwd\0") == "/etc/passwd"
    assert rendered("FSPATH", b"/a/../b\0") == "/a/../b"
    assert rendered("FSPATH", b"rel\0") == "rel(/home/bob/rel)"
    assert rendered("FSPATH", b"<NA>\0") == "<NA>"
    assert rendered("FSPATH", b"\0") == "(/home/bob)"
    assert rendered("FSPATH", b"\0", dialect=MIDDLE) == ""
    assert rendered("FSPATH", b"(NULL)\0") == "(NULL)(/home/bob/(NULL))"
    assert rendered("FSPATH", b"rel\0", known=False) == "rel"
    assert rendered("FSPATH", b"x\xffy\0") == "xy(/home/bob/x.y)"
    assert rendered("FSPATH", b"x\xffy\0", dialect=NEWEST) == "x\udcffy(/home/bob/x\udcffy)"


@pytest.mark.parametrize(
    ("dirfd", "text"),
    [
        (-100, "rel(/home/bob/rel)"),
        (7, "rel(/srv/rel)"),
        (3, "rel(/etc/psswd/rel)"),  # bytes that are no ASCII are dropped from the folder's name first
        (99, "rel(rel)"),  # a folder nobody knows
        (-1, "rel(rel)"),
    ],
)
def test_paths_relative_to_a_descriptor(dirfd: int, text: str) -> None:
    assert rendered("FSRELPATH", b"rel\0", raws=[number(dirfd), b"rel\0"], dirfd=0) == text


def test_a_path_whose_descriptor_is_not_stored_is_relative_to_the_process() -> None:
    assert rendered("FSRELPATH", b"rel\0", raws=[b"rel\0"], dirfd=3) == "rel(/home/bob/rel)"
    assert rendered("FSRELPATH", b"rel\0", raws=[b"\1", b"rel\0"], dirfd=0) == "rel(/home/bob/rel)"


def test_buffers() -> None:
    assert rendered("BYTEBUF", b"a\nb\0") == "a.b."
    assert rendered("BYTEBUF", b"x" * 100) == "x" * 77 + "..."
    assert rendered("BYTEBUF", b"x" * 100, dialect=NEWEST) == "x" * 100


def test_sockets() -> None:
    assert rendered("SOCKADDR", b"\x02\1\2\3\4\x50\0") == "1.2.3.4:80"
    assert rendered("SOCKADDR", b"\x0a" + bytes(16) + b"\x90\x1f") == ":::8080"
    assert rendered("SOCKADDR", b"\x01/run/\xffx\0") == "/run/x"
    assert rendered("SOCKADDR", b"\x10") == "family 16"
    assert rendered("SOCKADDR", b"\x02\1") == "INVALID IPv4"
    assert rendered("SOCKTUPLE", b"\x02\1\2\3\4\5\0\6\7\x08\x09\x50\0") == "1.2.3.4:5->6.7.8.9:80"
    assert rendered("SOCKTUPLE", b"\x0a\0") == "INVALID IPv6"
    assert rendered("SOCKTUPLE", b"\x01" + number(0xFFFF88) + number(2) + b"/x\0") == "ffff88->2 /x"
    assert rendered("SOCKTUPLE", b"\x01" + number(1) + number(0) + b"\0") == "1->0 "


def test_lists_of_descriptors() -> None:
    raw = (
        number(4, 2)
        + number(4)
        + b"\1\0"
        + number(3)
        + b"\x41\0"
        + number(99)
        + b"\5\0"
        + number(-1)
        + b"\xff\xff"
    )
    assert rendered("FDLIST", raw) == "4:41 3:f41 99:?5 18446744073709551615:?ffffffff"
    assert rendered("FDLIST", b"\0\0") == ""


def test_dynamic_parameters() -> None:
    assert rendered("DYN", b"\1" + number(-11), table="bpf_dynamic_param") == "-11(EAGAIN)"
    assert rendered("DYN", b"\2" + number(7, 4), table="sockopt_dynamic_param") == "7"
    assert rendered("DYN", b"\x4f", table="sockopt_dynamic_param") == "INVALID DYNAMIC PARAMETER"


@pytest.mark.parametrize(
    "kind", ["INT8", "UINT64", "ERRNO", "FD", "PID", "UID", "FLAGS32", "MODE", "RELTIME", "SIGSET"]
)
def test_wrong_lengths_are_named(kind: str) -> None:
    assert rendered(kind, b"\1\2\3") == "<3 bytes>"


KINDS = sorted({(param.type, param.format, param.table) for event in EVENTS for param in event.params})


@given(st.sampled_from(KINDS), st.binary(max_size=60), st.sampled_from(dialects()), st.booleans())
def test_no_bytes_raise(kind: tuple[str, str, str], raw: bytes, dialect: Dialect, known: bool) -> None:
    name, fmt, table = kind
    rendered(name, raw, fmt=fmt, table=table, dialect=dialect, known=known, raws=[raw, raw], dirfd=1)
