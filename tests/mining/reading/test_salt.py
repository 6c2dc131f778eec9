"""The salt of a project."""

from __future__ import annotations

import os
import stat

import pytest

from mining.errors import LogError
from mining.reading.salt import project_salt


def test_a_salt_is_made_once_and_kept_for_its_owner(monkeypatch, tmp_path):
    monkeypatch.setenv("ONEWINDOW_DATA", str(tmp_path / "data"))
    first = project_salt("大厅")
    assert project_salt("大厅") == first != project_salt("税务")
    if os.name == "posix":
        mode = stat.S_IMODE((tmp_path / "data" / "大厅.salt").stat().st_mode)
        assert mode == 0o600


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a b", "x" * 65])
def test_names_that_are_no_file_are_refused(name):
    with pytest.raises(LogError, match="project name"):
        project_salt(name)


def test_a_damaged_salt_is_not_used(monkeypatch, tmp_path):
    monkeypatch.setenv("ONEWINDOW_DATA", str(tmp_path))
    (tmp_path / "x.salt").write_text("short", encoding="ascii")
    with pytest.raises(LogError, match=r"x\.salt"):
        project_salt("x")
