"""Captures of several machines: what has the same numbers on two of them stays apart."""

from __future__ import annotations

from pathlib import Path

from core.timeline.lab import Lab, Machine, connect, exchange
from hopscope.conversation import messages_of
from hopscope.conversation.exchange import owner_of
from hopscope.timeline import open_timeline

REQUEST = b"GET /shop HTTP/1.1\r\nHost: shop\r\n\r\n"


def test_messages_of_machines(tmp_path: Path) -> None:
    lab = Lab()
    front, back = (Machine(lab, name, f"10.0.0.{i}", {100: "app"}) for i, name in ((1, "front"), (2, "back")))
    for machine in (front, back):
        machine.call("pipe", 100, {}, res=0, fd1=20, fd2=21, ino=77)
        machine.send(100, 21, b'{"msg":"from ' + machine.name.encode() + b'"}\n')
    connect(front, 100, back, 100, 80, 40000, 1000)
    exchange(front, 100, 3, back, 100, 7, REQUEST, 1000)
    store = open_timeline([machine.save(tmp_path) for machine in (front, back)])
    messages = messages_of(store)

    said = {
        (owner_of(messages, one).machine, messages.sentence(one)) for one in messages.exchanges().tolist()
    }
    assert said == {
        ("front", "JSON from front"),
        ("back", "JSON from back"),
        ("front", "GET /shop -> no answer"),
        ("back", "GET /shop -> no answer"),
    }
    assert len(set(messages.channel.tolist())) == 4
