"""Act two: the program fetches the page from a service address that is translated on the way."""

from __future__ import annotations

from hopscope.demo import messages
from hopscope.demo.cast import CLIENT_POD, HTTPD, SHIM, WEB_POD, WEB_SERVICE, endpoint
from hopscope.demo.lookup import HOST
from hopscope.demo.recorder import MICROSECOND, Actor, Recorder

WORKER = HTTPD.thread()
LOGGER = SHIM.thread(0)
CLIENT_PORT = 38_220
SERVER = "httpd/2.6"

PAGE = b"".join(
    [
        b"<!DOCTYPE html>\n<title>Inventory</title>\n<h1>In stock</h1>\n<table>\n",
        *(
            b"<tr><td>%s</td><td>%d</td></tr>\n" % (name, count)
            for name, count in (
                (b"anvil", 3),
                (b"bellows", 14),
                (b"crucible", 15),
                (b"dies", 92),
                (b"flux", 65),
            )
        ),
        b"</table>\n",
    ]
)


def connect(tape: Recorder, client: Actor) -> None:
    """The client connects to the service; the server accepts on the pod's address."""
    seen_by_client = (endpoint(CLIENT_POD, CLIENT_PORT), endpoint(WEB_SERVICE, 80))
    seen_by_server = (endpoint(CLIENT_POD, CLIENT_PORT), endpoint(WEB_POD, 8080))
    tape.call(client, "socket", {"domain": 2, "type": 1, "proto": 6}, {"fd": 3})
    tape.call(client, "fcntl", {"fd": 3, "cmd": 5}, {"res": 0})
    address = {"fd": 3, "addr": seen_by_client[1]}
    tape.call(client, "connect", address, {"res": -115, "tuple": seen_by_client}, 90 * MICROSECOND)
    tape.call(client, "poll", {"fds": [(3, 4)], "timeout": 0}, {"res": 1, "fds": [(3, 4)]})
    tape.call(client, "getsockname", {}, {})
    tape.leave(WORKER, "epoll_wait", res=1)
    tape.call(
        WORKER,
        "accept",
        {"flags": 0},
        {"fd": 3, "tuple": seen_by_server, "queuepct": 0, "queuelen": 0, "queuemax": 128},
        5 * MICROSECOND,
    )
    tape.generic(WORKER, "epoll_ctl")


def fetch(tape: Recorder, client: Actor) -> None:
    """Request and response: the head by writev, the body by sendfile, both read at once."""
    request = messages.get("/stock", HOST, "fetch/4.1")
    top = messages.head("200 OK", len(PAGE), "text/html", SERVER)
    tape.call(
        client,
        "sendto",
        {"fd": 3, "size": len(request), "tuple": None},
        {"res": len(request), "data": request},
        14 * MICROSECOND,
    )
    tape.enter(client, "poll", fds=[(3, 1)], timeout=1000)
    serve(tape, request, top)
    tape.wait(180 * MICROSECOND)
    tape.leave(client, "poll", res=1, fds=[(3, 1)])
    whole = top + PAGE
    tape.call(
        client,
        "recvfrom",
        {"fd": 3, "size": 16_384},
        {"res": len(whole), "data": whole, "tuple": None},
    )
    tape.write(client, 1, PAGE)
    tape.close(client, 3)


def serve(tape: Recorder, request: bytes, top: bytes) -> None:
    """The web server's worker reads the request, sends the file and logs."""
    tape.wait(10 * MICROSECOND)
    tape.call(
        WORKER,
        "recvfrom",
        {"fd": 3, "size": 1024},
        {"res": len(request), "data": request, "tuple": None},
    )
    tape.call(WORKER, "stat", {}, {"res": 0, "path": "/srv/www/stock.html"}, 9 * MICROSECOND)
    tape.open(WORKER, "/srv/www/stock.html", 11, 0x41)
    tape.call(WORKER, "fstat", {"fd": 11}, {"res": 0})
    tape.call(WORKER, "writev", {"fd": 3, "size": len(top)}, {"res": len(top), "data": top}, 50 * MICROSECOND)
    tape.call(
        WORKER,
        "sendfile",
        {"out_fd": 3, "in_fd": 11, "offset": 0, "size": len(PAGE)},
        {"res": len(PAGE), "offset": len(PAGE)},
        25 * MICROSECOND,
    )
    line = f'{CLIENT_POD} "GET /stock HTTP/1.1" 200 {len(PAGE)} "fetch/4.1"\n'.encode()
    tape.write(WORKER, 5, line)
    tape.close(WORKER, 11)
    tape.call(
        WORKER,
        "recvfrom",
        {"fd": 3, "size": 1024},
        {"res": -11, "data": b"", "tuple": None},
    )
    tape.read(LOGGER, 12, line, 32_768)
    tape.write(LOGGER, 22, line, 9 * MICROSECOND)


def hang_up(tape: Recorder) -> None:
    """The server sees the end of the connection."""
    tape.wait(20 * MICROSECOND)
    tape.call(WORKER, "recvfrom", {"fd": 3, "size": 1024}, {"res": 0, "data": b"", "tuple": None})
    tape.close(WORKER, 3)
    tape.enter(WORKER, "epoll_wait", maxevents=512)
