"""`onewindow mine` and `calibrate`: journeys, working hours, holidays and their options."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
import yaml

from dashboards import cli

HEADER = "办件编号,事项名称,证件号码,环节名称,开始时间,完成时间\n"
ITEMS = [("设立登记", "2026-11-23"), ("公章刻制", "2026-11-30"), ("社保登记", "2026-12-21")]  # Mondays
LOG = HEADER + "".join(
    f"{item}-{person},{item},1101011990{person:08d},{step},{day} {hour}:00,{day} {hour}:30\n"
    for person in range(20)
    for item, monday in ITEMS
    for day in [dt.date.fromisoformat(monday) + dt.timedelta(days=person % 5)]
    for step, hour in (("受理", "09"), ("办结", "15"))
)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Exit code of `onewindow ARGUMENTS`."""
    monkeypatch.setattr("sys.argv", ["onewindow", *arguments])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    code = stopped.value.code
    assert isinstance(code, int)
    return code


@pytest.fixture
def log_file(tmp_path: Path) -> str:
    path = tmp_path / "items.csv"
    path.write_text(LOG, encoding="utf-8")
    return str(path)


def mined(monkeypatch, capsys, *arguments: str) -> dict:
    assert run(monkeypatch, "mine", *arguments, "--json", "--lang", "en") == 0
    return json.loads(capsys.readouterr().out)


def test_items_are_stitched_and_the_gap_is_an_option(log_file, monkeypatch, capsys):
    journeys = mined(monkeypatch, capsys, log_file)["journeys"]
    # five working days to the second item, 15 to the third
    assert (journeys["journeys"], journeys["stitching"]["cases_by_origin"]) == (
        40,
        {"stitched": 40, "alone": 20},
    )
    assert journeys["stitching"]["max_gap_is_assumed"] is True
    assert journeys["stitching"]["journeys_by_max_gap_working_days"] == {
        "5": 40,
        "10": 40,
        "20": 20,
        "40": 20,
    }
    wider = mined(monkeypatch, capsys, log_file, "--journey-gap", "15")["journeys"]
    assert (wider["journeys"], wider["stitching"]["max_gap_is_assumed"]) == (20, False)
    assert journeys["cycle_time_calendar_days_mean"] == pytest.approx(6.5 / 24)


def test_people_read_how_it_was_stitched(log_file, monkeypatch, capsys):
    assert run(monkeypatch, "mine", log_file, "--lang", "en", "--journey-gap", "12") == 0
    text = capsys.readouterr().out
    assert "stitched: 40 cases (same applicant and topic, at most 12 working days apart)" in text
    assert "kept apart over a gap just beyond the limit: 20" in text
    assert run(monkeypatch, "mine", log_file, "--lang", "zh") == 0
    assert "间隔不超过 10 个工作日，为假定" in capsys.readouterr().out


def test_own_topics(log_file, tmp_path, monkeypatch, capsys):
    topics = tmp_path / "topics.yaml"
    topics.write_text("topics: {登记: [设立登记, 社保登记]}", encoding="utf-8")
    journeys = mined(monkeypatch, capsys, log_file, "--topics", str(topics), "--journey-gap", "20")[
        "journeys"
    ]
    assert journeys["journeys"] == 40
    assert journeys["stitching"]["topics_from"] == "topics.yaml"


def test_holidays_their_source_and_the_planners_own(log_file, tmp_path, monkeypatch, capsys):
    calendar = mined(monkeypatch, capsys, log_file)["calendar"]
    assert calendar["country"] == "CN"
    assert "names of steps are Chinese: China" in calendar["source"]
    assert calendar["warning"] is None
    assert "2026-12-22" not in calendar.get("closed_days", [])
    calendar = mined(monkeypatch, capsys, log_file, "--country", "none")["calendar"]
    assert "country" not in calendar
    overrides = tmp_path / "calendar_overrides.csv"
    overrides.write_text("date,is_workday,note\n2026-12-22,0,停电\n", encoding="utf-8")
    calendar = mined(monkeypatch, capsys, log_file, "--calendar-overrides", str(overrides))["calendar"]
    assert "2026-12-22" in calendar["closed_days"]
    assert "1 days set by calendar_overrides.csv" in calendar["source"]
    overrides.write_text("date,is_workday\n2026-12-22,perhaps\n", encoding="utf-8")
    assert run(monkeypatch, "mine", log_file, "--calendar-overrides", str(overrides), "--lang", "en") == 2
    assert "row 2: is_workday is 'perhaps'" in capsys.readouterr().err
    assert run(monkeypatch, "mine", log_file, "--country", "XX") == 2


def test_limits_that_reach_past_the_published_years_are_warned_of(tmp_path, monkeypatch, capsys):
    path = tmp_path / "limits.csv"
    rows = LOG.replace("完成时间\n", "完成时间,承诺办结时限\n", 1).replace(":30\n", ":30,20\n")
    path.write_text(rows, encoding="utf-8")
    calendar = mined(monkeypatch, capsys, str(path))["calendar"]
    assert "2027 is a guess" in calendar["warning"]
    assert run(monkeypatch, "mine", str(path), "--lang", "zh") == 0
    assert "2027 年的工作日历是推测" in capsys.readouterr().out
    report = tmp_path / "report.html"
    assert run(monkeypatch, "mine", str(path), "-o", str(report), "--lang", "en") == 0
    assert "2027 is a guess" in report.read_text(encoding="utf-8")


def test_calibrate_takes_the_hours_it_is_told(log_file, tmp_path, monkeypatch, capsys):
    hours, model = tmp_path / "hours.yaml", tmp_path / "model.yaml"
    hours.write_text("weekly: {mon: ['08:00-20:00'], wed: ['08:00-20:00']}", encoding="utf-8")
    assert run(monkeypatch, "calibrate", log_file, "-o", str(model), "--hours", str(hours)) == 0
    calendar = yaml.safe_load(model.read_text(encoding="utf-8"))["calendars"]["hall"]
    assert calendar["weekly"] == {"mon": ["08:00-20:00"], "wed": ["08:00-20:00"]}
    assert calendar["country"] == "CN"
    hours.write_text("weekly: {mon: ['8 to 8']}", encoding="utf-8")
    assert run(monkeypatch, "calibrate", log_file, "--hours", str(hours), "--lang", "en") == 2
    assert "field weekly.mon.0" in capsys.readouterr().err
