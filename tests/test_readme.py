"""The README's example is run, and its sentence is the one the run prints."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from dashboards import cli

ROOT = Path(__file__).resolve().parents[1]


def example() -> tuple[list[list[str]], str]:
    """The commands between back-ticks before the first quoted sentence of the README, and the sentence."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    before, after = text.split("\n> ", 1)
    commands = [shlex.split(found) for found in re.findall(r"`onewindow ([^`]+)`", before)]
    return commands, after.split("\n\n", 1)[0].replace("\n> ", " ").strip()


def test_the_example_prints_the_sentence_of_the_readme(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commands, sentence = example()
    assert [command[0] for command in commands] == ["sample", "compare"]
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "sample_logs" / "scenarios", tmp_path / "sample_logs" / "scenarios")
    for command in commands:
        monkeypatch.setattr("sys.argv", ["onewindow", *command, "--lang", "en"])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        assert stopped.value.code == 0
    assert sentence in capsys.readouterr().out.splitlines()


def test_the_first_screen_of_the_readme_fits() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 45
    for picture in re.findall(r"!\[[^]]*\]\(([^)]+)\)", "\n".join(lines)):
        assert (ROOT / picture).is_file(), picture
