"""Where one was in a capture, to go on there when it is opened again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from typing import Any

from hopscope.kept.file import KeptFile
from hopscope.kept.folders import state_dir

MOST = 200
"""Captures of which it is known; the ones that were left longest ago are forgotten."""

Session = Mapping[str, Any]
"""What can be written as JSON; only who made it knows what is in it."""


def session_key(paths: Sequence[str]) -> str:
    """What captures are known by: where they lie, their sizes and times. Empty where one is no file."""
    digest = hashlib.sha256()
    for path in paths:
        try:
            status = os.stat(path)
        except (OSError, ValueError):
            return ""
        digest.update(
            f"{os.path.abspath(path)}\0{status.st_size}\0{status.st_mtime_ns}\n".encode(errors="replace")
        )
    return digest.hexdigest()[:32]


def load_session(key: str) -> Session | None:
    """What was kept under a key, None for nothing. Raises KeptError where the file cannot be read."""
    return _file().read()[0].get(key)


def keep_session(key: str, session: Session | None) -> None:
    """Keep where one is under a key; None forgets it. Raises KeptError where it cannot be kept."""
    file = _file()
    with file.locked():
        sessions = dict(file.read_locked()[0])
        if sessions.pop(key, None) is None and session is None:
            return
        if session is not None:
            sessions[key] = session
        file.write({"sessions": dict(list(sessions.items())[-MOST:])})


def _file() -> KeptFile[Mapping[str, Session]]:
    return KeptFile(state_dir() / "sessions.json", "the places where one was", 1, _parse, dict)


def _parse(stored: Mapping[str, Any]) -> Mapping[str, Session]:
    sessions = stored.get("sessions")
    if not isinstance(sessions, dict) or not all(isinstance(one, dict) for one in sessions.values()):
        raise ValueError("it holds no places")
    return sessions
