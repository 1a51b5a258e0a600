"""Asks the installed sysdig, and reads what its chisels print as plain data."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

from chisel_corpus.cases import CAPTURES, Case
from chisel_corpus.made import MADE, written
from hopscope.cli.chisel_table import chisels

TABLES = frozenset(
    name
    for name, one in chisels().items()
    if one.answer and one.answer.words[0] == "top" and name != "fdcount_by"
) | {"httptop"}
"""Chisels that print one list of sums, which they can give as JSON."""

MAPS = frozenset({"spectrogram", "subsecoffset"})
COLUMNS = 80
"""Width of the terminal in which maps are drawn."""

_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_TREE = re.compile(r'^"(avg|min|max)": (\{.*?^\}),', re.DOTALL | re.MULTILINE)
_CELL = re.compile(r"((?:\x1b\[[34]8;5;\d+m){2})(.)")
_COLOUR = re.compile(r"\x1b\[([34])8;5;(\d+)m")


def answer(case: Case, folder: Path) -> Any:
    """What the reference answers, as plain data; ``folder`` takes what is written meanwhile."""
    capture = written(case.capture, folder) if case.capture in MADE else CAPTURES[case.capture]
    if case.chisel in MAPS:
        return _map(case, capture)
    target = folder / "around.scap"
    words = [case.arguments.replace("OUTPUT", str(target)), case.filter]
    command = ["sysdig", "-r", str(capture), "-c", case.chisel, *(word for word in words if word)]
    if case.chisel in TABLES:
        command[1:1] = ["-j"]
    done = subprocess.run(
        command, capture_output=True, check=False, timeout=300, cwd=folder, env={**os.environ, "TZ": "UTC"}
    )
    if case.chisel in TABLES:
        start = done.stdout.find(b"{")
        return json.loads(done.stdout[start:])["data"] if start >= 0 else []
    if case.chisel == "udp_extract":
        files = (folder / "udp_dump_files").glob("*")
        return {file.name: sha256(file.read_bytes()).hexdigest() for file in sorted(files)}
    if case.chisel == "around":
        return _events(target) if target.exists() else []
    text = done.stdout.decode("utf-8", "surrogateescape")
    if case.chisel == "flame":
        return {name: json.loads(tree) for name, tree in _TREE.findall(text)}
    return _ESCAPE.sub("", text).encode("utf-8", "replace").decode().split("\n")


def _events(capture: Path) -> list[str]:
    """Time, thread and type of each event."""
    command = ["sysdig", "-r", str(capture), "-p", "%evt.rawtime %thread.tid %evt.type %evt.dir"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()


def _map(case: Case, capture: Path) -> list[list[str]]:
    """Colours and character of each cell, line by line, as a terminal of a known width got them."""
    words = " ".join(f"'{word}'" for word in case.words)
    inside = f"stty cols {COLUMNS} rows 24; exec sysdig -r '{capture}' -c {case.chisel} {words}"
    with tempfile.NamedTemporaryFile() as typescript:
        subprocess.run(
            ["script", "-qec", inside, typescript.name],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False, timeout=300,
            env={**os.environ, "TZ": "UTC", "TERM": "xterm-256color", "SHELL": "/bin/sh"},
        )  # fmt: skip
        text = Path(typescript.name).read_text(encoding="utf-8")
    lines = []
    for line in text.split("\n"):
        cells = _CELL.findall(line)
        if len(cells) == COLUMNS:
            lines.append([_cell(colours, one) for colours, one in cells])
    return lines


def _cell(colours: str, one: str) -> str:
    """``foreground/background/character``, empty for a black one."""
    found = dict(_COLOUR.findall(colours))
    return "" if found.get("4") == "0" else f"{found.get('3', '')}/{found['4']}/{one}"
