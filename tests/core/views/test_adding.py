"""What the documentation says about adding a view works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hopscope.cli import main
from hopscope.demo import demo_path
from hopscope.views.own import own_views
from hopscope.views.reference import EXAMPLE

PAGE = Path(__file__).resolve().parents[3] / "docs" / "views.md"


def test_the_view_is_checked_listed_and_printed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    assert f"```toml\n{EXAMPLE}```" in PAGE.read_text(encoding="utf-8")
    own = tmp_path / "views" / "etc_users.toml"
    own.parent.mkdir()
    own.write_text(EXAMPLE, encoding="utf-8")
    monkeypatch.setenv("HOPSCOPE_CONFIG_DIR", str(tmp_path))
    own_views.cache_clear()
    request.addfinalizer(own_views.cache_clear)

    assert main(["views", "--check", str(own)]) == 0
    assert main(["views"]) == 0
    assert "etc_users" in capsys.readouterr().out
    assert main(["view", "etc_users", str(demo_path())]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("PROGRAM")
    assert re.search(r"^fetch +shop ", printed, re.MULTILINE)
