"""Where a person's own things lie."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def data_dir() -> Path:
    """The folder that holds ``bookmarks/``: ``HOPSCOPE_DATA_DIR``, else the user's data folder of the system.

    On Linux the latter honours ``XDG_DATA_HOME``.
    """
    return _chosen("HOPSCOPE_DATA_DIR") or platformdirs.user_data_path("hopscope", appauthor=False)


def state_dir() -> Path:
    """The folder of what may be lost without harm, a history: ``HOPSCOPE_STATE_DIR``, else the system's.

    On Linux the latter honours ``XDG_STATE_HOME``.
    """
    return _chosen("HOPSCOPE_STATE_DIR") or platformdirs.user_state_path("hopscope", appauthor=False)


def config_dir() -> Path:
    """The folder of what a person set up: ``HOPSCOPE_CONFIG_DIR``, else the system's.

    On Linux the latter honours ``XDG_CONFIG_HOME``.
    """
    return _chosen("HOPSCOPE_CONFIG_DIR") or platformdirs.user_config_path("hopscope", appauthor=False)


def _chosen(variable: str) -> Path | None:
    folder = os.environ.get(variable)
    return Path(folder) if folder else None
