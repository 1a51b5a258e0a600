"""Several processes as one: who waits for another one of them counts for what that one does."""

from __future__ import annotations

from core.trail.scene import Scene, ip
from core.waits.telling import MILLISECOND, process_of
from hopscope.decode.names import syscall_names
from hopscope.waits import breakdown_of, waits_of

ASK, SERVE, CHILD = 10, 20, 30
CLIENT, SERVICE, POD = ip("10.0.0.1", 40000), ip("10.96.0.1", 80), ip("10.0.0.2", 8080)
WAIT4 = next(number for number, name in syscall_names().items() if name == "wait4")


def together(scene: Scene, *pids: int) -> dict[str, int]:
    waits = waits_of(scene.store)
    lives = [life for pid in pids for life in waits.threads_of(process_of(scene.store, pid))]
    found = breakdown_of(scene.store, waits.line(lives))
    assert sum(part.elapsed for part in found.parts) == found.elapsed
    return {
        part.what: round(part.elapsed / MILLISECOND) for part in found.parts if part.elapsed > MILLISECOND
    }


def served(name: str, ms: int) -> Scene:
    """A client waits for a server at a translated address, which sleeps or reads something itself."""
    scene = Scene({ASK: "ask", SERVE: "serve"})
    scene.socket(ASK, 3)
    scene.connect(ASK, 3, (CLIENT, SERVICE))
    scene.accept(SERVE, 5, (CLIENT, POD))
    scene.socket(SERVE, 6)
    scene.connect(SERVE, 6, (ip("10.0.0.2", 50000), ip("8.8.8.8", 53)))
    scene.event("recvfrom", ">", ASK, fd=3, size=9)
    scene.event(name, ">", SERVE, fd=6, size=9, interval=1)
    scene.wait(ms * MILLISECOND)
    scene.event(name, "<", SERVE, fd=6, size=9, res=5, data=b"hello")
    scene.event("recvfrom", "<", ASK, fd=3, size=9, res=5, data=b"world")
    return scene


def test_a_client_waits_for_what_its_server_waits_for() -> None:
    far = "connection 10.0.0.2:50000->8.8.8.8:53"

    assert together(served("recvfrom", 30), ASK, SERVE) == {far: 30}
    assert together(served("nanosleep", 30), ASK, SERVE) == {"sleep (nanosleep)": 30}
    assert together(served("nanosleep", 30), ASK) == {"connection 10.0.0.1:40000->10.96.0.1:80": 30}


def test_a_parent_waits_for_what_its_child_does() -> None:
    scene = Scene({ASK: "sh"})
    scene.fork(ASK, CHILD, "gzip")
    scene.event("syscall", ">", ASK, ID=WAIT4, nativeID=61)
    scene.event("nanosleep", ">", CHILD, interval=1)
    scene.wait(20 * MILLISECOND)
    scene.event("nanosleep", "<", CHILD, res=0)
    scene.event("procexit", ">", CHILD, status=0)
    scene.event("syscall", "<", ASK, ID=WAIT4)

    assert together(scene, ASK, CHILD) == {"sleep (nanosleep)": 20}


def test_a_pipe_between_two_leads_to_the_one_that_writes() -> None:
    scene = Scene({ASK: "sh"})
    scene.pipe(ASK, 4, 5, 77)
    scene.fork(ASK, CHILD, "gzip")
    scene.event("read", ">", ASK, fd=4, size=9)
    scene.event("nanosleep", ">", CHILD, interval=1)
    scene.wait(20 * MILLISECOND)
    scene.event("nanosleep", "<", CHILD, res=0)
    scene.write(CHILD, 5, b"hello")
    scene.event("read", "<", ASK, fd=4, size=9, res=5, data=b"hello")

    assert together(scene, ASK, CHILD) == {"sleep (nanosleep)": 20}
    assert together(scene, ASK) == {"pipe descriptor 4": 20}
