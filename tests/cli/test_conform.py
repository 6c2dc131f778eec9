"""`onewindow conform` as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from dashboards import cli

STEPS = "name: {zh: 表, en: list}\nsteps: [受理, 审核, 发证]\n"


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["onewindow", *arguments])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert isinstance(stopped.value.code, int)
    return stopped.value.code


def rows(first_day: str, days: int, hours: int, prefix: str) -> str:
    """Three cases a working day: intake 9:00, review, issue `hours` after the review; one skips it."""
    lines = []
    for number, day in enumerate(pd.bdate_range(first_day, periods=days)):
        for case in range(3):
            name, minute = f"{prefix}{number:03d}-{case}", 5 * case + number % 5
            lines.append(f"{name},受理,{day:%Y-%m-%d} 09:{minute:02d}")
            if case:
                lines.append(f"{name},审核,{day:%Y-%m-%d} 10:{minute:02d}")
            lines.append(f"{name},发证,{day:%Y-%m-%d} {10 + hours}:{30 + minute:02d}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    path.write_text("办件编号,环节名称,结束时间\n" + rows("2026-03-02", 30, 6, "A"), encoding="utf-8")
    return path


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("ending", [".html", ".xlsx"])
def test_reports(log, ending, language, tmp_path, monkeypatch):
    model = tmp_path / "steps.yaml"
    model.write_text(STEPS, encoding="utf-8")
    report = tmp_path / f"report{ending}"
    assert run(monkeypatch, "conform", str(log), str(model), "-o", str(report), "--lang", language) == 0
    assert report.stat().st_size > 1_000


def test_a_log_against_a_list_of_steps(log, tmp_path, monkeypatch, capsys):
    model = tmp_path / "steps.yaml"
    model.write_text(STEPS, encoding="utf-8")
    assert run(monkeypatch, "conform", str(log), str(model), "--json", "--lang", "en") == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["cases_checked"], document["fitting_cases"]) == (90, 60)
    (skipped,) = document["deviations"]
    assert (skipped["kind"], skipped["step"], skipped["cases"]) == ("skipped", "审核", 30)
    assert run(monkeypatch, "conform", str(log), str(model), "--lang", "zh") == 0
    assert "60/90 件符合" in capsys.readouterr().out


def test_bad_models_are_one_sentence(log, tmp_path, monkeypatch, capsys):
    for name, content in (("a.txt", "x"), ("a.yaml", "steps: 1\n"), ("a.bpmn", "<x")):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        assert run(monkeypatch, "conform", str(log), str(path)) == 2
        error = capsys.readouterr().err.strip()
        assert name in error
        assert len(error.splitlines()) == 1
