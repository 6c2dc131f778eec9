"""The tables of the quality report, as files for Excel."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest

from dashboards import cli
from dashboards.quality_files import issue_csv

LOG = """case_id,activity,start_time,end_time,officer
A,=HYPERLINK("x"),2026-03-02 09:00,2026-03-02 09:10,a
A,审核,2026-03-02 10:00,2026-03-02 09:30,b
B,受理,2026-03-02 09:00,2026-03-02 09:10,a
B,受理,2026-03-02 09:00,2026-03-02 09:10,a
B,审核,later,2026-03-02 11:00,b
"""


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_each_issue_about_rows_has_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text(LOG, encoding="utf-8")
    folder = tmp_path / "tables"
    arguments = [
        "onewindow",
        "mine",
        str(tmp_path / "a.csv"),
        "--quality-tables",
        str(folder),
        "--lang",
        "en",
    ]
    monkeypatch.setattr("sys.argv", arguments)
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 0
    written = {path.stem: rows(path.read_bytes()) for path in folder.iterdir()}
    assert [row["row"] for row in written["rejected_rows"]] == ["6"]
    assert [row["file_row"] for row in written["end_before_start"]] == ["3"]
    assert [row["file_row"] for row in written["duplicate_rows"]] == ["5"]
    progress = capsys.readouterr().err
    assert all(f"{name}.csv" in progress for name in written)


def test_cells_that_look_like_formulas_are_text() -> None:
    table = pd.DataFrame({"file_row": [2], "activity": ["=1+1"], "dept": [None]})
    assert rows(issue_csv(table)) == [{"file_row": "2", "activity": "'=1+1", "dept": ""}]
