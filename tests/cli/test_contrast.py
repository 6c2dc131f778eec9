"""`onewindow contrast` as a user calls it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from dashboards import cli


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Exit code of `onewindow ARGUMENTS`."""
    monkeypatch.setattr("sys.argv", ["onewindow", *arguments])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    code = stopped.value.code
    assert isinstance(code, int)
    return code


def rows(first: str, days: int, minutes: int, extra: bool) -> Iterator[str]:
    """Five cases a working day: 受理, 审核 `minutes` later, and 复核 in between if `extra`."""
    for day in pd.bdate_range(first, periods=days):
        for n in range(5):
            case, begin = f"{day.date()}-{n}", day + pd.Timedelta(hours=9, minutes=3 * n)
            jitter = (day.day * 7 + n * 3) % 11
            steps = [("受理", 0), *([("复核", minutes // 2)] if extra else []), ("审核", minutes + jitter)]
            for step, offset in steps:
                yield f"{case},{step},甲,{begin + pd.Timedelta(minutes=offset)}"


@pytest.fixture
def logs(tmp_path: Path) -> tuple[Path, Path, Path]:
    head = "case_id,activity,item_name,end_time"
    before, after = [*rows("2026-01-05", 45, 150, True)], [*rows("2026-03-09", 45, 90, False)]
    paths = tmp_path / "before.csv", tmp_path / "after.csv", tmp_path / "both.csv"
    for path, lines in zip(paths, (before, after, before + after), strict=True):
        path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return paths


def test_two_logs_and_one_log_with_a_date_tell_the_same(
    logs: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after, both = (str(path) for path in logs)
    assert run(monkeypatch, "contrast", before, after, "--json", "--lang", "en") == 0
    two = json.loads(capsys.readouterr().out)
    assert run(monkeypatch, "contrast", both, "--reform-date", "2026-03-09", "--json", "--lang", "en") == 0
    one = json.loads(capsys.readouterr().out)
    assert two["kind"] == "measured"
    assert two["reform_date"] == one["reform_date"] == "2026-03-09"
    for document in (two, one):
        cycle = {each["name"]: each for each in document["measures"]}["cycle_time_working_days_mean"]
        assert cycle["crude"]["difference"] < 0
        assert cycle["crude"]["ci_high"] < 0
        assert (cycle["n_before"], cycle["n_after"]) == (225, 225)
        series = {each["name"]: each for each in document["interrupted_time_series"]}
        change = series["cycle_time_working_days_mean"]
        assert change["level_change_high"] < 0
        gone = [each for each in document["map_difference"]["steps"] if each["presence"] == "only_before"]
        assert [each["source"] for each in gone] == ["复核"]
        assert document["drift"]["before"]["pairs"]


@pytest.mark.parametrize("suffix", [".html", ".xlsx"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_reports_are_written(
    suffix: str,
    language: str,
    logs: tuple[Path, Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    target = tmp_path / f"report{suffix}"
    assert run(monkeypatch, "contrast", *map(str, logs[:2]), "-o", str(target), "--lang", language) == 0
    assert capsys.readouterr().out == ""
    if suffix == ".html":
        page = target.read_text(encoding="utf-8")
        assert "复核" in page
        assert ("实测" in page) == (language == "zh")
    else:
        sheets = pd.read_excel(target, sheet_name=None)
        assert len(sheets) == 6


def test_the_text_is_in_the_reader_s_language(
    logs: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "contrast", *map(str, logs[:2]), "--lang", "zh") == 0
    assert "同类办件" in capsys.readouterr().out
    assert run(monkeypatch, "contrast", *map(str, logs[:2]), "--lang", "en") == 0
    printed = capsys.readouterr().out
    assert "like cases" in printed
    assert "measured" in printed


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ((), "second log is needed"),
        (("--reform-date", "2026-13-01"), "2026-13-01"),
        (("--reform-date", "2030-01-01"), "no case after"),
        (("--reform-date", "2026-03-09", "--by", "age"), "'age'"),
        (("--reform-date", "2026-03-09", "--straddling", "all"), "washout"),
        (("missing.csv",), "missing.csv"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_two(
    more: tuple[str, ...],
    said: str,
    logs: tuple[Path, Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(monkeypatch, "contrast", str(logs[2]), *more, "--lang", "en", "--json") == 2
    streams = capsys.readouterr()
    assert streams.out == ""
    assert said in streams.err
    assert len(streams.err.strip().splitlines()) == 1
