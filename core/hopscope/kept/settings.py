"""What a person set up for the screen, in a file that is written by hand."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hopscope.kept.folders import config_dir
from hopscope.text import visible

FILE_NAME = "config.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings; those that cannot be used are left out.

    Attributes:
        theme: name of the colours, empty where none is set.
        keys: for names of actions the keys that do them, instead of those they have.
        problems: sentences about what cannot be used.
    """

    theme: str = ""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def settings_path() -> Path:
    """The file: ``config.toml`` in the user's folder of settings."""
    return config_dir() / FILE_NAME


def load_settings() -> Settings:
    """The settings as they lie on the disk; none where there is no file. Never raises."""
    path = settings_path()
    try:
        stored = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        return Settings(problems=(f"cannot read {visible(str(path))}: {error.strerror}",))
    except ValueError as error:  # neither TOML nor, below it, UTF-8
        return Settings(problems=(f"{visible(str(path))} is no TOML: {visible(str(error))}",))
    theme = stored.get("theme", "")
    keys = stored.get("keys", {})
    return Settings(
        theme if isinstance(theme, str) else "",
        {name: _keys(one) for name, one in keys.items() if _keys(one)} if isinstance(keys, dict) else {},
        tuple(f"{FILE_NAME}: {problem}" for problem in _problems(stored)),
    )


def _keys(value: object) -> tuple[str, ...]:
    """One key or a list of them, empty for anything else."""
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(one, str) and one.strip() for one in values):
        return ()
    return tuple(one.strip() for one in values)


def _problems(stored: Mapping[str, Any]) -> Iterator[str]:
    for name, value in stored.items():
        if name == "theme":
            if not isinstance(value, str):
                yield "theme is no text"
        elif name != "keys":
            yield f"there is no setting {visible(name)}; there are theme and keys"
        elif not isinstance(value, dict):
            yield "keys is no table"
        else:
            yield from (
                f"{visible(action)} has neither a key nor a list of keys"
                for action, keys in value.items()
                if not _keys(keys)
            )
