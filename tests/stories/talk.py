"""What is said in the stories: HTTP, SQL, Redis, FastCGI-like and unknown bytes."""

from __future__ import annotations

import json
import struct


def get(path: str, host: str, headers: dict[str, str] | None = None) -> bytes:
    """An HTTP/1.1 request."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    return (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: story/1.0\r\nAccept: */*\r\n{lines}\r\n".encode()
    )


def reply(status: str, body: bytes, kind: str = "application/json") -> bytes:
    """An HTTP/1.1 response."""
    head = (
        f"HTTP/1.1 {status}\r\nServer: story\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def document(**values: object) -> bytes:
    """A JSON body."""
    return json.dumps(values).encode()


def query(statement: str) -> bytes:
    """A simple query of PostgreSQL."""
    text = statement.encode() + b"\0"
    return b"Q" + struct.pack(">I", len(text) + 4) + text


def rows(values: list[str]) -> bytes:
    """Its answer: one row a value, complete, ready."""
    out = (
        b"T" + struct.pack(">IH", 4 + 2 + 2 + 18, 1) + b"v\0" + struct.pack(">IHIHIH", 0, 0, 25, 0xFFFF, 0, 0)
    )
    for value in values:
        raw = value.encode()
        out += b"D" + struct.pack(">IHI", 4 + 2 + 4 + len(raw), 1, len(raw)) + raw
    done = f"SELECT {len(values)}".encode() + b"\0"
    out += b"C" + struct.pack(">I", 4 + len(done)) + done
    return out + b"Z" + struct.pack(">I", 5) + b"I"


def command(*words: str) -> bytes:
    """A Redis command."""
    return f"*{len(words)}\r\n".encode() + b"".join(f"${len(w)}\r\n{w}\r\n".encode() for w in words)


def bulk(text: str | None) -> bytes:
    """A Redis value."""
    return b"$-1\r\n" if text is None else f"${len(text)}\r\n{text}\r\n".encode()


def binary(number: int, text: str) -> bytes:
    """A message of a protocol that nobody knows: a kind, a length, a number, a text."""
    raw = text.encode()
    return struct.pack("<BHI", 0x81, len(raw), number) + raw
