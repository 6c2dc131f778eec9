"""A less patient crowd looks like shorter waits: the comparison says so wherever it is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dashboards.printing import print_comparison
from dashboards.report import comparison_sheets, write_comparison_report
from mining.text import Language
from simulation.comparison import Comparison, compare
from simulation.experiment import Experiment, run_experiment
from simulation.service_model import service_model_from

WEEK = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
SAID: dict[Language, str] = {
    "zh": "等待变短，同时弃号率由",
    "en": "Waits fall while abandoned tickets rise from",
}


def crowd(patience_minutes: float) -> Experiment:
    """One counter asked for more than it can do, by people who wait so long on average."""
    patience = {"minutes": {"kind": "exponential", "mean_minutes": patience_minutes}}
    arrivals: dict[str, Any] = {
        "name": "到场",
        "per_day": 45,
        "calendar": "厅",
        "half_hour_weights": {f"{hour:02d}:00": 1 for hour in range(9, 17)},
        "patience": patience,
    }
    step = {
        "name": "受理",
        "place": "counter",
        "pool": "窗口",
        "duration": {"kind": "exponential", "mean_minutes": 12},
    }
    model = service_model_from(
        {
            "name": {"zh": "一个窗口", "en": "One desk"},
            "start_date": "2026-03-02",
            "calendars": {"厅": {"weekly": WEEK}},
            "pools": [{"name": "窗口"}],
            "members": [{"name": "张三", "serves": ["窗口"], "calendar": "厅"}],
            "steps": [step],
            "flow": {"step": "受理"},
            "arrivals": [arrivals],
            "visits": {"calendar": "厅"},
        }
    )
    return run_experiment(model, 5, days=10, warm_up_days=2, drain_days=5)


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return compare(crowd(90), crowd(10))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_print_report_and_json_tell_it(
    comparison: Comparison, language: Language, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert comparison.kpi("wait_minutes_mean").is_better is True
    said = [text for text in comparison.to_json(language)["cautions"]["comparison"] if SAID[language] in text]
    assert len(said) == 1
    print_comparison(comparison, language)
    assert said[0] in "".join(capfd.readouterr())
    _, notes = comparison_sheets(comparison, language)[0]
    assert said in notes
    path = tmp_path / "report.html"
    write_comparison_report([comparison], path, language)
    assert said[0] in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_more_patience_is_told_as_it_is(comparison: Comparison, language: Language) -> None:
    back = compare(comparison.after, comparison.before)
    assert back.kpi("wait_minutes_mean").is_better is False
    assert back.to_json(language)["cautions"]["comparison"] == []


def test_the_table_shows_those_who_gave_up_behind_the_wait(
    comparison: Comparison, capfd: pytest.CaptureFixture[str]
) -> None:
    print_comparison(comparison, "en")
    titles = ("Mean wait ", "90th percentile wait ", "Abandoned tickets ")
    lines = capfd.readouterr().out.splitlines()
    rows = [n for title in titles for n, line in enumerate(lines) if line.startswith(title)]
    assert rows == list(range(rows[0], rows[0] + 3))
