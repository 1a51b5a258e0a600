"""What the documentation says about adding a decoder works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from hypothesis import given

from core.protocols.talk import CLIENT, SERVER, Turn, in_parts, placed, summaries, talk
from core.protocols.test_hostile import PIECES, TURNS
from hopscope.protocols import DECODERS, Decoder, decoder_for

PAGE = Path(__file__).resolve().parents[3] / "docs" / "protocols.md"


def documented() -> Decoder:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(code, str(PAGE), "exec"), names)
    return cast("Decoder", SimpleNamespace(**names))


BEANSTALK = documented()


def test_it_reads_commands_replies_and_the_jobs_behind_them() -> None:
    assert BEANSTALK.NAME not in {known.NAME for known in DECODERS}
    assert decoder_for(b"put 0 0 60 5\r\nhello\r\n") is None
    asked = b"put 0 0 60 5\r\nhello\r\nreserve\r\ndelete 7\r\n"
    said = b"INSERTED 7\r\nRESERVED 7 5\r\nhello\r\nNOT_FOUND\r\n"
    found = talk(BEANSTALK, *in_parts(CLIENT, asked, 7), *in_parts(SERVER, said, 7))

    assert summaries(found) == [
        "beanstalk put 0 0 60 5",
        "beanstalk reserve",
        "beanstalk delete 7",
        "beanstalk INSERTED 7",
        "beanstalk RESERVED 7 5",
        "beanstalk NOT_FOUND",
    ]
    assert placed(found)[:2] == [(CLIENT, 0, 21), (CLIENT, 21, 30)]
    assert [one.message.failed for one in found] == [False] * 5 + [True]
    assert BEANSTALK.parts(b"reserve\r\n")[0].lines[0].text == "reserve\\x0d\\x0a"


@given(payload=PIECES, turns=TURNS)
def test_it_bears_any_bytes(payload: bytes, turns: list[Turn]) -> None:
    assert not BEANSTALK.sniff(payload) or BEANSTALK.decode(payload) is not None
    BEANSTALK.parts(payload)
    talk(BEANSTALK, *turns)
