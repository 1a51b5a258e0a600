"""``hopscope file``: what a file held, put together from what was read and written."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hopscope.cli.capture import open_capture
from hopscope.cli.command import Request
from hopscope.cli.output import OutputError, complain, json_array
from hopscope.conversation.file_accesses import Access, OpenFile
from hopscope.conversation.file_contents import FileContents, file_contents
from hopscope.conversation.places import machine_at
from hopscope.errors import UsageError
from hopscope.redaction import is_redacting, redact_bytes
from hopscope.store.store import Store
from hopscope.views.file_lines import file_lines


def run(request: Request) -> int:
    """Print or write the contents of a file."""
    arguments = request.arguments
    store = open_capture(arguments)
    until = None if arguments.at is None else store.row_of(arguments.at)
    found = file_contents(store, arguments.path, until)
    if arguments.output is not None:
        _write(_only(found), Path(arguments.output))
    elif arguments.json:
        request.output.lines(json_array(map(_object, found)))
    else:
        request.output.lines(line for i, one in enumerate(found) for line in _lines(one, first=not i))
    return 0


def _lines(contents: FileContents, first: bool) -> Iterator[str]:
    if not first:
        yield ""
    yield from (line.text for line in file_lines(contents))


def _only(found: list[FileContents]) -> FileContents:
    """The one file there is. Raises UsageError where there are several."""
    if len(found) == 1:
        return found[0]
    choices = ", ".join(str(one.store.number[one.opens[0].row]) for one in found[:8])
    more = " …" if len(found) > 8 else ""
    raise UsageError(
        f"{found[0].path} is {len(found)} different files in this capture; choose one with --at EVENT, "
        f"for instance {choices}{more}"
    )


def _write(contents: FileContents, target: Path) -> None:
    """Write the contents into a new file, gaps as zero bytes, and say how many there are."""
    gaps = missing = 0
    try:
        with open(target, "xb", opener=_private) as file:
            for one in contents.stretches():
                if one.data is None:
                    gaps += 1
                    missing += one.stop - one.start
                else:
                    file.seek(one.start)
                    file.write(redact_bytes(one.data) if is_redacting() else one.data)
            file.truncate(contents.size)
    except FileExistsError:
        raise UsageError(f"{target} exists already; nothing was written") from None
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror or error}") from error
    if gaps:
        holes = "one gap" if gaps == 1 else f"{gaps:,} gaps"
        complain(f"{missing:,} of {contents.size:,} bytes, in {holes}, are not in the capture; they are zero")


def _private(path: str, flags: int) -> int:
    """Open a new file that only its owner can read."""
    return os.open(path, flags, 0o600)


def _object(contents: FileContents) -> dict[str, Any]:
    store, container = contents.store, contents.in_container
    return {
        "path": contents.path,
        "container": container.name or container.id if container is not None else None,
        "host": machine_at(store, contents.container) or None,
        "inode": contents.ino or None,
        "offsets_known": contents.placed,
        "size": contents.size,
        "known_bytes": contents.known,
        "ends": contents.ends,
        "contents": [
            {"start": one.start, "stop": one.stop, **_data(one.data)} for one in contents.stretches()
        ],
        "accesses": [_access(store, opened, access) for opened, access in contents.accesses],
    }


def _data(data: bytes | None) -> dict[str, str | None]:
    """Bytes as text where they are UTF-8, else in base64; None for a gap."""
    if data is None:
        return {"text": None}
    try:
        return {"text": data.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(redact_bytes(data) if is_redacting() else data).decode("ascii")}


def _access(store: Store, opened: OpenFile, access: Access) -> dict[str, Any]:
    thread = int(store.thread[access.row])
    return {
        "event": int(store.number[access.row]),
        "time": int(store.time[access.row]),
        "process": store.threads.comm[thread] if thread >= 0 else None,
        "pid": int(store.threads.pid[thread]) if thread >= 0 else None,
        "tid": int(store.tid[access.row]),
        "kind": access.kind,
        "offset": access.offset,
        "bytes": access.size,
        "recorded": access.recorded,
        "opened": int(store.number[opened.opened]) if opened.opened >= 0 else None,
    }
