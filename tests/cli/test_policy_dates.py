"""A policy date told on the command line reaches the finding; a wrong one is a sentence and exit code 2."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from dashboards import cli


@pytest.fixture(scope="module")
def log_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Sixty working days of forty decisions; from 2026-04-13 on a third instead of a tenth is returned."""
    rng = np.random.default_rng(1)
    rows = ["办件编号,环节名称,开始时间,结束时间,办结结果"]
    for day in pd.bdate_range("2026-03-02", periods=60):
        worse = day >= pd.Timestamp("2026-04-13")
        for k in range(40):
            start = day + pd.Timedelta(hours=9, minutes=5 * k)
            result = "补正" if rng.random() < (0.33 if worse else 0.10) else "通过"
            end = start + pd.Timedelta(minutes=int(rng.integers(5, 15)))
            rows.append(f"P{day:%m%d}{k:03d},核税,{start:%Y-%m-%d %H:%M},{end:%Y-%m-%d %H:%M},{result}")
    path = tmp_path_factory.mktemp("policy") / "log.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return str(path)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["onewindow", "mine", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_a_told_date(
    log_file: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = "2026-04-13=新政"
    assert run(monkeypatch, log_file, "--policy-date", told, "--json", "--lang", "zh") == 0
    shocks = [f for f in json.loads(capsys.readouterr().out)["findings"] if f["kind"] == "policy_shock"]
    assert [(f["where"]["policy"], f["where"]["from_date"]) for f in shocks] == [("新政", "2026-04-13")]
    assert shocks[0]["evidence"]["date_was_searched_for"] is False


def test_a_wrong_date(
    log_file: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, log_file, "--policy-date", "13.4.2026") == 2
    assert "2026-02-15" in capsys.readouterr().err
