"""Act one: a program looks up a name, and the DNS server asks the key-value store and an upstream server.

The name has fewer dots than ``ndots``, so the resolver library tries it with each domain of the search
list first. Three of those names lie in the cluster's zone and do not exist; the fourth does not lie in
it, is forwarded to an upstream server that never answers, and costs two time-outs. The name as typed
comes last.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from hopscope.demo import messages
from hopscope.demo.cast import (
    CLIENT_POD,
    DNS_POD,
    DNS_SERVICE,
    DNSD,
    KVD,
    SHIM,
    STORE_POD,
    UPSTREAM,
    endpoint,
    mapped,
)
from hopscope.demo.recorder import MICROSECOND, MILLISECOND, SECOND, Actor, Recorder

HOST = "inventory.shop.svc.cluster.local"
SEARCH = ("shop.svc.cluster.local", "svc.cluster.local", "cluster.local", "corp.example")
RESOLV_CONF = f"search {' '.join(SEARCH)}\nnameserver {DNS_SERVICE}\noptions ndots:5 timeout:9\n".encode()

UPSTREAM_PATIENCE = 4.0 * SECOND
"""How long the DNS server waits for the upstream server each time."""

SENDER, WORKER, FORWARDER, RECEIVER = (DNSD.thread(i) for i in range(4))
STORE_WORKER = KVD.thread(2)
LOGGER = SHIM.thread(1)

STORE_FD, QUERY_FD, LOG_FD = 3, 6, 2
WORK = 0x9A_0E78
"""Address of the futex on which the worker waits."""


@dataclass(frozen=True, slots=True)
class Question:
    """One of the two questions that the resolver library asks at once about a name."""

    name: str
    kind: str
    identity: int
    port: int

    def query(self) -> bytes:
        """The message."""
        return messages.question(self.name, self.kind, self.identity)


class Lookup:
    """The resolver's thread, the DNS server and the key-value store.

    Args:
        recorder: where it is written down.
        client: the thread that asks.
    """

    def __init__(self, recorder: Recorder, client: Actor) -> None:
        self._tape = recorder
        self._client = client

    def wait_for_work(self) -> None:
        """Before anything happens every server thread waits."""
        tape = self._tape
        tape.enter(RECEIVER, "recvmsg", fd=QUERY_FD)
        tape.enter(WORKER, "futex", addr=WORK, op=0, val=0)
        tape.enter(FORWARDER, "futex", addr=WORK + 8, op=0, val=0)
        tape.enter(SENDER, "epoll_wait", maxevents=128)
        tape.enter(STORE_WORKER, "epoll_wait", maxevents=128)

    def read_configuration(self) -> None:
        """What the resolver library reads first."""
        tape, client = self._tape, self._client
        tape.call(client, "stat", {}, {"res": 0, "path": "/etc/resolv.conf"})
        tape.read_file(client, "/etc/nsswitch.conf", b"hosts: files dns\n", 3)
        tape.read_file(client, "/etc/resolv.conf", RESOLV_CONF, 3)
        tape.read_file(client, "/etc/hosts", f"127.0.0.1 localhost\n{CLIENT_POD} checkout\n".encode(), 3)

    def resolve(self, address: str) -> None:
        """Try the search list, then the name as typed."""
        names = [f"{HOST}.{domain}" for domain in SEARCH] + [HOST]
        for position, name in enumerate(names):
            port = 40_112 + 1_873 * position
            first = 0x3A10 + 0x51 * position
            pair = (Question(name, "A", first, port), Question(name, "AAAA", first + 0x2B7, port))
            self._ask(pair)
            if not name.endswith(messages.ZONE):
                replies = self._forward(pair)
            else:
                replies = [self._look_into_store(one, address if name == HOST else "") for one in pair]
            self._receive(pair, replies)

    # --- the client ------------------------------------------------------------------------------

    def _ask(self, pair: tuple[Question, Question]) -> None:
        """Both questions leave with one sendmmsg; old captures record no descriptor and no bytes of it."""
        tape, client = self._tape, self._client
        way = (endpoint(CLIENT_POD, pair[0].port), endpoint(DNS_SERVICE, 53))
        tape.call(client, "socket", {"domain": 2, "type": 0x802, "proto": 0}, {"fd": 3})
        tape.call(client, "connect", {"fd": 3, "addr": way[1]}, {"res": 0, "tuple": way}, 6 * MICROSECOND)
        tape.call(client, "poll", {"fds": [(3, 4)], "timeout": 0}, {"res": 1, "fds": [(3, 4)]})
        tape.enter(client, "sendmmsg")
        tape.wait(60 * MICROSECOND)
        self._accept_questions(pair)
        tape.leave(client, "sendmmsg")
        tape.enter(client, "poll", fds=[(3, 1)], timeout=9_000)

    def _receive(self, pair: tuple[Question, Question], replies: list[bytes]) -> None:
        tape, client = self._tape, self._client
        way = (endpoint(DNS_SERVICE, 53), endpoint(CLIENT_POD, pair[0].port))
        tape.wait(30 * MICROSECOND)
        tape.leave(client, "poll", res=1, fds=[(3, 1)])
        for number, reply in enumerate(replies):
            if number:
                tape.call(client, "poll", {"fds": [(3, 1)], "timeout": 8_990}, {"res": 1, "fds": [(3, 1)]})
            tape.call(
                client,
                "recvfrom",
                {"fd": 3, "size": 2048},
                {"res": len(reply), "data": reply, "tuple": way},
            )
        tape.close(client, 3)
        tape.wait(8 * MICROSECOND)

    # --- the DNS server --------------------------------------------------------------------------

    def _accept_questions(self, pair: tuple[Question, Question]) -> None:
        """The receiving thread takes both messages from the socket that all clients share."""
        tape = self._tape
        for question in pair:
            query = question.query()
            # A socket of both families sees IPv4 clients as mapped addresses and its own address as none.
            way = (mapped(CLIENT_POD, question.port), (bytes(16), 53))
            tape.leave(RECEIVER, "recvmsg", res=len(query), size=len(query), data=query, tuple=way)
            tape.wake(RECEIVER, WORK)
            tape.enter(RECEIVER, "recvmsg", fd=QUERY_FD)
            tape.wait(9 * MICROSECOND)

    def _look_into_store(self, question: Question, address: str) -> bytes:
        """Ask the store on one thread, read its answer on another, and reply."""
        tape = self._tape
        key = "/".join(reversed(question.name.split(".")))
        request = messages.get(f"/v1/keys/dns/{key}", f"{STORE_POD}:2379", "dnsd/1.8")
        tape.wait(140 * MICROSECOND)
        tape.leave(WORKER, "futex", res=0)
        tape.write(WORKER, STORE_FD, request)
        tape.enter(WORKER, "futex", addr=WORK, op=0, val=0)
        found = self._answer_request(request, key, address)
        tape.wait(25 * MICROSECOND)
        tape.leave(SENDER, "epoll_wait", res=1)
        tape.read(SENDER, STORE_FD, found)
        reply = self._reply_to(question, address)
        self._send_reply(SENDER, question, reply)
        tape.call(SENDER, "read", {"fd": STORE_FD, "size": 4096}, {"res": -11, "data": b""})
        tape.wake(SENDER, WORK)
        tape.enter(SENDER, "epoll_wait", maxevents=128)
        return reply

    @staticmethod
    def _reply_to(question: Question, address: str) -> bytes:
        if not address:
            return messages.no_such_name(question.name, question.kind, question.identity)
        if question.kind == "A":
            return messages.answer(question.name, "A", question.identity, address)
        return messages.no_data(question.name, question.kind, question.identity)

    def _send_reply(self, thread: Actor, question: Question, reply: bytes) -> None:
        way = ((bytes(16), 53), mapped(CLIENT_POD, question.port))
        self._tape.wait(80 * MICROSECOND)
        self._tape.call(
            thread,
            "sendmsg",
            {"fd": QUERY_FD, "size": len(reply), "tuple": way},
            {"res": len(reply), "data": reply},
            30 * MICROSECOND,
        )

    # --- the key-value store ---------------------------------------------------------------------

    def _answer_request(self, request: bytes, key: str, address: str) -> bytes:
        tape = self._tape
        if address:
            body = json.dumps({"key": f"/dns/{key}", "value": {"host": address}})
            status = "200 OK"
        else:
            body = json.dumps({"code": 404, "message": "Key not found", "key": f"/dns/{key}"})
            status = "404 Not Found"
        found = messages.response(status, body.encode() + b"\n", "application/json", "kvd/3.2")
        tape.wait(18 * MICROSECOND)
        tape.leave(STORE_WORKER, "epoll_wait", res=1)
        tape.read(STORE_WORKER, 9, request)
        tape.wait(190 * MICROSECOND)
        tape.write(STORE_WORKER, 9, found)
        tape.call(STORE_WORKER, "read", {"fd": 9, "size": 4096}, {"res": -11, "data": b""})
        tape.enter(STORE_WORKER, "epoll_wait", maxevents=128)
        return found

    # --- the upstream server that never answers --------------------------------------------------

    def _forward(self, pair: tuple[Question, Question]) -> list[bytes]:
        tape = self._tape
        tape.wait(120 * MICROSECOND)
        tape.leave(WORKER, "futex", res=0)
        for fd, question in enumerate(pair, 7):
            self._send_upstream(WORKER, question, fd, 54_272 + fd)
        tape.enter(WORKER, "futex", addr=WORK, op=0, val=0)
        tape.now += int(UPSTREAM_PATIENCE)
        tape.leave(FORWARDER, "futex", res=0)
        for fd, question in enumerate(pair, 7):
            self._give_up(fd)
            self._send_upstream(FORWARDER, question, fd, 42_126 + fd)
        tape.enter(FORWARDER, "futex", addr=WORK + 8, op=0, val=0)
        tape.now += int(UPSTREAM_PATIENCE)
        tape.leave(FORWARDER, "futex", res=0)
        replies = []
        for fd, question in enumerate(pair, 7):
            self._give_up(fd)
            self._complain(question)
            reply = messages.server_failure(question.name, question.kind, question.identity)
            self._send_reply(FORWARDER, question, reply)
            replies.append(reply)
        tape.enter(FORWARDER, "futex", addr=WORK + 8, op=0, val=0)
        return replies

    def _send_upstream(self, thread: Actor, question: Question, fd: int, port: int) -> None:
        tape = self._tape
        way = (endpoint(DNS_POD, port), endpoint(UPSTREAM, 53))
        tape.call(thread, "socket", {"domain": 2, "type": 0x80802, "proto": 0}, {"fd": fd})
        tape.call(thread, "connect", {"fd": fd, "addr": way[1]}, {"res": 0, "tuple": way}, 5 * MICROSECOND)
        tape.generic(thread, "epoll_ctl")
        tape.write(thread, fd, question.query(), 110 * MICROSECOND)
        tape.call(thread, "read", {"fd": fd, "size": 512}, {"res": -11, "data": b""})

    def _give_up(self, fd: int) -> None:
        self._tape.generic(FORWARDER, "epoll_ctl")
        self._tape.close(FORWARDER, fd)

    def _complain(self, question: Question) -> None:
        """The server's log goes through a pipe to the container runtime, which keeps it in a file."""
        tape = self._tape
        line = f"dnsd: {question.name} {question.kind}: read udp {UPSTREAM}:53: i/o timeout\n".encode()
        tape.write(FORWARDER, LOG_FD, line)
        tape.wait(15 * MICROSECOND)
        tape.read(LOGGER, 11, line, 32_768)
        tape.write(LOGGER, 21, line, 9 * MICROSECOND)
        tape.wait(0.02 * MILLISECOND)
