"""Values and texts of fields in the story of small_store."""

from __future__ import annotations

import pytest

from hopscope.fields import FIELDS, UnknownFieldError, field_text, field_value, resolve
from hopscope.fields.field import ArgumentForm, FieldType
from small_store import SmallStore

STORE = SmallStore()

OPEN, OPENED, READ, FAILED_OPEN, CONNECTED, SENT, ACCEPTED, REFUSED = 0, 1, 3, 4, 6, 7, 8, 9
MOVED, SWITCH, PIPED, GENERIC, NOBODY = 10, 11, 12, 13, 14


@pytest.mark.parametrize(
    ("row", "name", "text"),
    [
        (OPEN, "evt.num", "101"),
        (OPENED, "evt.reltime", "000001500"),
        (OPENED, "evt.rawtime", "1480000000000001500"),
        (OPENED, "evt.time.iso8601", "2016-11-24T15:06:40.000001500+0000"),
        (CONNECTED, "evt.latency", "4996000"),
        (CONNECTED, "evt.latency.human", "4.99ms"),
        (CONNECTED, "evt.deltatime", "4996000"),
        (OPENED, "evt.type", "open"),
        (GENERIC, "evt.type", "getpid"),
        (GENERIC, "evt.category", "process"),
        (PIPED, "evt.category", "ipc"),
        (SENT, "evt.category", "net"),
        (SWITCH, "syscall.type", "<NA>"),
        (SENT, "evt.io_dir", "write"),
        (REFUSED, "evt.io_dir", "read"),
        (FAILED_OPEN, "evt.res", "ENOENT"),
        (OPENED, "evt.res", "SUCCESS"),
        (OPEN, "evt.res", "<NA>"),
        (FAILED_OPEN, "evt.rawres", "-2"),
        (FAILED_OPEN, "evt.failed", "true"),
        (FAILED_OPEN, "evt.count.error.file", "1"),
        (REFUSED, "evt.count.error.net", "1"),
        (REFUSED, "evt.buflen", "<NA>"),
        (READ, "evt.buflen.file.in", "9"),
        (READ, "evt.buflen.out", "<NA>"),
        (READ, "evt.arg.data", "localhost"),
        (READ, "evt.arg[0]", "9"),
        (READ, "evt.arg[7]", "<NA>"),
        (READ, "evt.rawarg.res", "9"),
        (OPENED, "evt.info", "fd=3(<f>/etc/hosts) name=/etc/hosts flags=1(O_RDONLY) "),
        (OPENED, "evt.is_open_read", "true"),
        (FAILED_OPEN, "evt.is_open_write", "true"),
        (OPEN, "evt.is_open_read", "false"),
        (CONNECTED, "proc.name", "resolver"),
        (CONNECTED, "proc.pid", "301"),
        (CONNECTED, "thread.tid", "302"),
        (CONNECTED, "proc.duration", "4996000"),
        (OPENED, "proc.duration", "<NA>"),
        (CONNECTED, "proc.nthreads", "2"),
        (OPENED, "proc.nthreads", "1"),
        (OPENED, "proc.cmdline", "curl -v http://web/"),
        (ACCEPTED, "proc.exeline", "/usr/sbin/nginx -g daemon off;"),
        (OPENED, "proc.args[1]", "http://web/"),
        (OPENED, "proc.args[2]", "<NA>"),
        (CONNECTED, "proc.env", "A=1"),
        (PIPED, "proc.env[TERM]", "xterm"),
        (ACCEPTED, "proc.cwd", "/"),
        (MOVED, "proc.cwd", "/srv/"),
        (OPENED, "proc.pname", "bash"),
        (OPENED, "proc.aname[1]", "bash"),
        (OPENED, "proc.aname[2]", "<NA>"),
        (OPENED, "proc.ppid", "300"),
        (OPENED, "proc.sname", "bash"),
        (CONNECTED, "proc.loginshellid", "300"),
        (ACCEPTED, "proc.loginshellid", "<NA>"),
        (ACCEPTED, "proc.vpid", "9"),
        (OPEN, "proc.fdopencount", "1"),
        (OPENED, "proc.fdopencount", "2"),
        (ACCEPTED, "proc.fdusage", "2.0"),
        (PIPED, "proc.stdout.name", "pipe:[5]"),
        (NOBODY, "proc.name", "<NA>"),
        (NOBODY, "thread.tid", "0"),
        (OPENED, "fd.num", "3"),
        (OPEN, "fd.num", "-1"),
        (SWITCH, "fd.num", "<NA>"),
        (OPENED, "fd.name", "/etc/hosts"),
        (FAILED_OPEN, "fd.name", "/no/such"),
        (FAILED_OPEN, "fd.directory", "/no"),
        (OPENED, "fd.directory", "/etc"),
        (OPENED, "fd.filename", "hosts"),
        (FAILED_OPEN, "fd.typechar", "f"),
        (OPEN, "fd.type", "<NA>"),
        (SENT, "fd.cip", "10.0.0.1"),
        (SENT, "fd.sport", "80"),
        (SENT, "fd.lport", "40000"),
        (ACCEPTED, "fd.rport", "80"),
        (SENT, "fd.l4proto", "tcp"),
        (OPENED, "fd.l4proto", "<NA>"),
        (CONNECTED, "fd.name_changed", "true"),
        (SENT, "fd.name_changed", "false"),
        (OPENED, "fd.dev.major", "8"),
        (OPENED, "fd.uid", "3013"),
        (OPENED, "fd.containername", ":/etc/hosts"),
        (OPENED, "fd.containerdirectory", ":/etc"),
        (ACCEPTED, "container.name", "web"),
        (OPENED, "container.image", "<NA>"),
        (ACCEPTED, "container.mount[/da*]", "/data:/var/www:ro:false:rprivate"),
        (ACCEPTED, "container.mount.dest[/data]", "/var/www"),
        (ACCEPTED, "container.mount.source[0]", "/data"),
        (ACCEPTED, "container.mount.source[1]", "<NA>"),
        (ACCEPTED, "container.privileged", "false"),
        (ACCEPTED, "container.label.tier", "front"),
        (ACCEPTED, "k8s.pod.labels", "app:shop, role:web"),
        (ACCEPTED, "k8s.pod.label.role", "web"),
        (ACCEPTED, "k8s.svc.name", "front, all"),
        (ACCEPTED, "k8s.ns.name", "shop"),
        (ACCEPTED, "k8s.rs.name", "<NA>"),
        (OPENED, "k8s.pod.name", "<NA>"),
        (OPENED, "user.name", "ann"),
        (OPENED, "user.homedir", "/home/ann"),
        (ACCEPTED, "user.loginuid", "-1"),
        (ACCEPTED, "group.name", "root"),
        (OPENED, "group.name", "<NA>"),
    ],
)
def test_text_of_a_field_at_an_event(row: int, name: str, text: str) -> None:
    assert field_text(STORE, row, name) == text


def test_values_have_their_own_types() -> None:
    assert field_value(STORE, OPENED, "evt.num") == 102
    assert field_value(STORE, SENT, "evt.failed") is False
    assert field_value(STORE, SENT, "fd.cip") == b"\x0a\0\0\x01"
    assert field_value(STORE, SENT, "fd.port") == (40000, 80)
    assert field_value(STORE, SENT, "proc.aname") == ("bash",)
    assert field_value(STORE, READ, "evt.buffer") == b"localhost"
    assert field_value(STORE, NOBODY, "proc.pid") is None


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_every_field_answers_at_every_event(name: str) -> None:
    field = FIELDS[name]
    arguments = {"evt.rawarg": "res", "evt.type.is": "open", "evt.around": "1480000000000000000"}
    use = name if field.form is not ArgumentForm.REQUIRED else f"{name}[{arguments.get(name, '0')}]"
    for row in range(len(STORE)):
        assert isinstance(field_text(STORE, row, use), str)


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_every_field_says_what_it_is(name: str) -> None:
    field = FIELDS[name]
    assert field.help
    assert len(field.help) < 90
    assert (field.form is ArgumentForm.NONE) == (not field.argument_help)
    assert field.usage.startswith(name)


def test_dotted_arguments_belong_to_the_longest_field() -> None:
    assert resolve("evt.arg.res").argument.text == "res"
    assert resolve("evt.type.is.open").field.name == "evt.type.is"
    assert resolve("k8s.pod.label.app.kubernetes.io/name").argument.text == "app.kubernetes.io/name"
    assert resolve("evt.rawarg.data").type is FieldType.BYTES
    assert resolve("evt.rawarg.res").type is FieldType.INTEGER


@pytest.mark.parametrize(
    ("name", "argument", "hint"),
    [
        ("proc.nme", None, "perhaps proc.name is meant"),
        ("fd.por", None, "perhaps fd.port is meant"),
        ("proc.name.x", None, "perhaps proc.name is meant"),
        ("proc.aname", "x", "write proc.aname[level]"),
        ("evt.arg.nosuchargument", None, "write evt.arg[name or position]"),
        ("k8s.pod.label", None, "write k8s.pod.label[key]"),
    ],
)
def test_unknown_fields_come_with_a_hint(name: str, argument: str | None, hint: str) -> None:
    with pytest.raises(UnknownFieldError) as caught:
        resolve(name, argument)
    assert caught.value.hint == hint
