"""What counts as a credential and what does not, in texts, bytes, lists and values."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopscope import redaction
from hopscope.redaction import redact, redact_bytes
from hopscope.redaction.engine import MASK, is_secret_name
from hopscope.redaction.lists import redact_arguments, redact_environment, redact_value
from hopscope.redaction.rules import Rule, rules

S = "s3cr3t-Val.ue"

CREDENTIALS = (
    f"PASSWORD={S}",
    f"mysql --password={S} db",
    f"--password {S}",
    f"password = '{S}'",
    f'{{"password":"{S}"}}',
    f"{{'token': '{S}'}}",
    f'{{"password" : "{S}"',
    f'"Authorization": "Bearer {S}"',
    f'{{"a":"{{\\"secret\\":\\"{S}\\"}}"}}',
    f'{{"name":"DB_PASSWORD","value":"{S}"}}',
    f"Authorization: Bearer {S}\r\nHost: x",
    f"GET / HTTP/1.1..Host: x..Authorization: Basic {S}..Accept: */*",
    f'proxy-authorization: Digest username="x", response="{S}"',
    f"curl -H X-Api-Key: {S}",
    f"Set-Cookie: sid={S}; Path=/; HttpOnly",
    f"Cookie: a=1; b={S}\r\nX: y",
    f"x-vault-token: {S}",
    f"https://user:{S}@host/path?x=1",
    f"redis://:{S}@host",
    f"/auth?access_token={S}#x",
    f"AWS_SECRET_ACCESS_KEY={S}",
    f"GITHUB_TOKEN={S}",
    f"MYSQL_PWD={S}",
    f"SECRET_KEY_BASE={S}",
    f"aws_secret_access_key = {S}",
    f'export API_KEY="{S} with blanks"',
    f'password=\\"{S}\\"',
    f"password: {S}",
    f"db:\n  password: {S}\n  host: x",
    f"clientSecret: {S}",
    f"Server=x;Password={S};Database=y",
    f"user=a&password={S}&b=c",
    f"user%5Bpassword%5D={S}",
    f"passwd[new]={S}",
    f"env=PATH=/bin.DB_PASSWORD={S}.HOME=/root",
    f"//registry.npmjs.org/:_authToken={S}",
    f"mysql -uroot -p{S} -e select",
    f"mysql -p {S}",
    f"sh -c mysql -p{S}",
    f"curl -u bob:{S} http://x",
    f"-----BEGIN RSA PRIVATE KEY-----\n{S}\nabc==\n-----END RSA PRIVATE KEY-----",
    f"-----BEGIN OPENSSH PRIVATE KEY-----\n{S}\nabc",
    f"USER me\r\nPASS {S}\r\n",
    f"*3\r\n$4\r\nAUTH\r\n$2\r\nme\r\n$13\r\n{S}\r\n",
)
ORDINARY = (
    "Enter your password please",
    "the secret of success",
    "a token ring",
    "/etc/passwd",
    "passwd: files systemd",
    "PWD=/root OLDPWD=/tmp",
    "max_tokens=100",
    "tokens: 5",
    "SSH_AUTH_SOCK=/tmp/x",
    "key=value",
    "public_key=abc",
    "/var/run/secrets/kubernetes.io/serviceaccount/token",
    "mkdir -p /a/b",
    "ssh -p 22 host",
    "docker run -p 80:80 nginx",
    "res=0 fd=3(<f>/etc/passwd) key=5",
    "sig=15(SIGTERM)",
    "session=5 sid=9",
    "monkey=banana keyboard=us",
    "bearer certificates are",
    "http://host:80/path",
    "http://host/a:b",
    "git@github.com:x/y",
    "2001:db8::1",
    "name=/run/secrets/db_password",
    "author=me",
    "secretName: db-creds",
    "Content-Type: application/json",
    "SELECT password FROM users",
    "kubectl get secret -n x",
    "cookie clicker",
    "passthrough=1",
    "compass=north",
    "disk-usage",
    "task-manager",
    "User-Agent: curl/7",
    "password=",
    '"password": null',
    '"token": true',
    "PASSWORD_FILE=/run/x",
    "GET /v2/keys/skydns/local HTTP/1.1",
    "redis-cli -h host",
    "authorization failed",
    "PASS 12 tests",
    "$5 a day, $6 tomorrow",
    "eyJust a name",
)


@pytest.fixture(autouse=True)
def _off_again() -> Iterator[None]:
    yield
    redaction.set_redacting(False)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_every_rule_masks_its_example_and_no_more(rule: Rule) -> None:
    assert redact(rule.example) == rule.masked
    masked = redact_bytes(rule.example.encode()).decode()
    assert len(masked) == len(rule.example)
    before, _, after = rule.masked.partition(MASK)
    assert masked.startswith(before + "*")
    assert masked.endswith(after.rpartition(MASK)[2])


@pytest.mark.parametrize("text", CREDENTIALS)
def test_credentials_are_masked_in_text_and_bytes(text: str) -> None:
    assert "s3cr3t" not in redact(text)
    assert "Val" not in redact(text)
    masked = redact_bytes(text.encode())
    assert len(masked) == len(text)
    assert b"s3cr3t" not in masked
    assert b"Val" not in masked


@pytest.mark.parametrize("text", CREDENTIALS)
def test_masking_again_changes_nothing(text: str) -> None:
    assert redact(redact(text)) == redact(text)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_stays(text: str) -> None:
    assert redact(text) == text
    assert redact_bytes(text.encode()) is not None
    assert redact_bytes(text.encode()) == text.encode()


def test_what_surrounds_a_credential_stays() -> None:
    assert (
        redact(f"POST /login user=me&password={S}&remember=1")
        == f"POST /login user=me&password={MASK}&remember=1"
    )
    assert redact(f"Cookie: a={S}\r\nAccept: text/html") == f"Cookie: {MASK}\r\nAccept: text/html"
    assert redact(f"PATH=/bin.DB_TOKEN={S}.HOME=/root") == f"PATH=/bin.DB_TOKEN={MASK}.HOME=/root"


def test_the_dots_of_a_masked_line_end_where_the_credential_ended() -> None:
    """The reference prints line ends as dots; what was masked before must not swallow the next header."""
    masked = redact_bytes(f"Cookie: a={S}\r\nAccept: x\r\npassword={S}\r\n".encode()).decode()
    assert redact(masked.replace("\r\n", "..")) == f"Cookie: {MASK}..Accept: x..password={MASK}.."


def test_no_event_has_an_argument_that_looks_like_a_credential() -> None:
    from hopscope.decode.event_table import EVENTS

    line = " ".join(f"{param.name}=value" for event in EVENTS for param in event.params)
    assert redact(line) == line


def test_arguments_are_masked_by_program_and_option() -> None:
    assert redact_arguments("/usr/bin/mysql", ["-u", "root", "-p", "my pass", "-h", "x", "-pfoo bar"]) == [
        "-u", "root", "-p", MASK, "-h", "x", f"-p{MASK}",
    ]  # fmt: skip
    assert redact_arguments("curl", ["-u", "a:b c", "-H", "Authorization: Bearer abc", "https://x"]) == [
        "-u", f"a:{MASK}", "-H", f"Authorization: Bearer {MASK}", "https://x",
    ]  # fmt: skip
    assert redact_arguments("docker", ["login", "-u", "x", "-p", "y z"])[-1] == MASK
    assert redact_arguments("docker", ["run", "-p", "80:80"]) == ["run", "-p", "80:80"]
    assert redact_arguments("x", ["--token", "a b", "--token-file", "f", "--password=a b"]) == [
        "--token", MASK, "--token-file", "f", f"--password={MASK}",
    ]  # fmt: skip
    assert redact_arguments("sh", ["-c", "mysql -pfoo db"]) == ["-c", f"mysql -p{MASK} db"]


def test_variables_are_masked_by_name_with_all_of_their_value() -> None:
    assert redact_environment(["PATH=/bin", "DB_PASSWORD=a b, c", "X=https://u:p@h/", "PWD=/x", "odd"]) == [
        "PATH=/bin", f"DB_PASSWORD={MASK}", f"X=https://u:{MASK}@h/", "PWD=/x", "odd",
    ]  # fmt: skip


def test_values_of_json_are_masked_by_their_key() -> None:
    value = {"labels": {"token": "x", "app": "y", "token_count": "3"}, "list": [f"PASSWORD={S}"], "number": 5}
    assert redact_value(value) == {
        "labels": {"token": MASK, "app": "y", "token_count": "3"}, "list": [f"PASSWORD={MASK}"], "number": 5,
    }  # fmt: skip


def test_nothing_changes_while_it_is_off() -> None:
    text = f"PASSWORD={S}"
    assert redaction.shown(text) == text
    assert redaction.shown_bytes(text.encode()) == text.encode()
    redaction.set_redacting(True)
    assert redaction.shown(text) == f"PASSWORD={MASK}"
    assert redaction.shown_bytes(text.encode()) == b"PASSWORD=" + b"*" * len(S)


def test_a_cut_leaves_no_beginning_of_a_credential() -> None:
    redaction.set_redacting(True)
    text = "x" * 90 + " AKIAIOSFODNN7EXAMPLE"
    assert redaction.shown(text, 100) == "x" * 90 + " " + MASK
    assert redaction.shown_bytes(text.encode(), 100) == b"x" * 90 + b" " + b"*" * 9


def test_evidence_names_no_word_of_a_credential() -> None:
    from hopscope.trail.content import in_common

    sent, passed_on = (
        f"GET x\r\nX-Api-Key: {S}\r\nfrom: shelf".encode(),
        f"X-Api-Key: {S}\r\nshelf 7".encode(),
    )
    (plain,) = in_common(sent, passed_on, None, None)
    redaction.set_redacting(True)
    (masked,) = in_common(sent, passed_on, None, None)

    assert S.lower() in plain.words
    assert "s3cr3t" not in masked.words
    assert "shelf" in masked.words
    assert masked.strength == plain.strength


UNITS = (
    "password",
    "password=",
    "password: ",
    "--password ",
    "mysql ",
    "mysql -p",
    "curl -u ",
    "://",
    "://a:",
    "http://a:b@",
    "eyJ",
    "eyJaaaaaaaaaa.",
    "Authorization:",
    "Cookie: a;",
    "cookie:",
    "Cookie: a; ",
    '"password":',
    'password":"',
    '\\"token\\":\\"',
    "\\",
    '"',
    "'",
    "&",
    "a=",
    "&a=",
    ";",
    ".A=",
    "-----BEGIN PRIVATE KEY-----",
    "-----END PRIVATE KEY-----",
    "-----",
    "$6$",
    "sk-",
    "xox",
    "a",
    " ",
    "\t",
    "\n",
    "-",
    "--",
    "_",
    "bearer ",
    "?sig=",
    "*",
    "****..",
    "docker login ",
    'secret","value":"',
    "token =",
    "token = ",
    "\r",
    "a.b.c:",
    "AUTH\r\n$1\r\n",
)
"""What patterns begin with or stop at, repeated to hurt."""


@pytest.mark.parametrize("unit", UNITS)
def test_time_grows_with_the_text_and_no_faster(unit: str) -> None:
    for before in ("", "password=", '"token":"', "mysql ", "Cookie: ", "eyJ"):
        text = before + unit * (40_000 // len(unit))
        begun = time.process_time()
        redact(text)
        assert time.process_time() - begun < 4, before  # where it grows with the square, minutes


@given(st.lists(st.sampled_from([*UNITS, S, "=", ":", "value", MASK, "é", "\udcff"]), max_size=30))
def test_bytes_keep_their_number_whatever_they_are(parts: list[str]) -> None:
    data = "".join(parts).encode("utf-8", "surrogateescape")
    masked = redact_bytes(data)

    assert len(masked) == len(data)
    assert all(new in (old, ord("*")) for old, new in zip(data, masked, strict=True))


@pytest.mark.parametrize("name", ["PASSWORD", "--api-key", "db_pass", "Cookie", "X-Api-Key", "clientSecret"])
def test_names_that_tell(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name", ["PWD", "OLDPWD", "content_key", "tokens", "password_file", "keyboard", "pass"]
)
def test_names_that_do_not(name: str) -> None:
    assert not is_secret_name(name)
