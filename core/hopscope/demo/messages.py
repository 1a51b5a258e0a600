"""The bytes that travel in the demo: DNS questions and answers, HTTP requests and responses."""

from __future__ import annotations

import dnslib

ZONE = "cluster.local"
_SOA_TIMES = (2026031001, 7200, 1800, 86400, 30)


def question(name: str, kind: str, identity: int) -> bytes:
    """A DNS query with recursion desired (RFC 1035)."""
    header = dnslib.DNSHeader(id=identity, rd=1, q=1)
    return bytes(dnslib.DNSRecord(header, q=dnslib.DNSQuestion(name, _kind(kind))).pack())


def answer(name: str, kind: str, identity: int, address: str) -> bytes:
    """The address of a name."""
    reply = _reply(name, kind, identity, dnslib.RCODE.NOERROR)
    reply.add_answer(dnslib.RR(name, _kind(kind), ttl=30, rdata=dnslib.A(address)))
    return bytes(reply.pack())


def no_data(name: str, kind: str, identity: int) -> bytes:
    """The name exists and has no record of this kind (RFC 2308, 2.2)."""
    reply = _reply(name, kind, identity, dnslib.RCODE.NOERROR)
    reply.add_auth(_authority())
    return bytes(reply.pack())


def no_such_name(name: str, kind: str, identity: int) -> bytes:
    """NXDOMAIN, with the zone's SOA for how long to remember it (RFC 2308, 2.1)."""
    reply = _reply(name, kind, identity, dnslib.RCODE.NXDOMAIN)
    reply.add_auth(_authority())
    return bytes(reply.pack())


def server_failure(name: str, kind: str, identity: int) -> bytes:
    """SERVFAIL: the server could not find out."""
    return bytes(_reply(name, kind, identity, dnslib.RCODE.SERVFAIL).pack())


def _kind(kind: str) -> int:
    return int(getattr(dnslib.QTYPE, kind))


def _reply(name: str, kind: str, identity: int, code: int) -> dnslib.DNSRecord:
    header = dnslib.DNSHeader(
        id=identity, qr=1, aa=int(code != dnslib.RCODE.SERVFAIL), rd=1, ra=1, rcode=code
    )
    return dnslib.DNSRecord(header, q=dnslib.DNSQuestion(name, _kind(kind)))


def _authority() -> dnslib.RR:
    soa = dnslib.SOA(f"ns.dns.{ZONE}", f"hostmaster.{ZONE}", _SOA_TIMES)
    return dnslib.RR(ZONE, dnslib.QTYPE.SOA, ttl=30, rdata=soa)


def get(path: str, host: str, agent: str) -> bytes:
    """An HTTP/1.1 request without a body (RFC 9112)."""
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {agent}\r\nAccept: */*\r\n\r\n".encode()


def head(status: str, length: int, kind: str, server: str) -> bytes:
    """Status line and fields of an HTTP/1.1 response."""
    fields = f"Server: {server}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n"
    return f"HTTP/1.1 {status}\r\n{fields}\r\n".encode()


def response(status: str, body: bytes, kind: str, server: str) -> bytes:
    """A whole HTTP/1.1 response."""
    return head(status, len(body), kind, server) + body
