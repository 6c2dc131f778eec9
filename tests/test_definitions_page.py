"""docs/findings.md says what the code says, and its key figures are those that are measured."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from dashboards import cli
from mining.diagnostics import definitions
from mining.event_log import EventLog
from mining.kpi_formulas import KPI_FORMULAS
from mining.measures import KPIS, measure
from mining.working_time import OFFICE_HOURS

DOCS = Path(__file__).resolve().parents[1] / "docs"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_findings", DOCS / "make_findings.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(generator: ModuleType) -> None:
    written = (DOCS / "findings.md").read_text(encoding="utf-8")
    assert written == generator.page(), "renew it with: python docs/make_findings.py"
    assert generator.main(check=True) == 0


def test_the_page_tells_every_diagnostic_in_both_languages(generator: ModuleType) -> None:
    text = generator.page()
    for definition in definitions():
        for part in (definition.name, definition.definition, definition.formula, definition.example):
            assert part.zh in text
            assert part.en in text
        for kind in definition.kinds:
            assert f"`{kind}`" in text


def test_key_figures_1_to_22_name_what_exists() -> None:
    assert [formula.number for formula in KPI_FORMULAS] == [f"K{n}" for n in range(1, 23)]
    kinds = {kind for definition in definitions() for kind in definition.kinds}
    keys = {kpi.key for kpi in KPIS}
    for formula in KPI_FORMULAS:
        assert set(formula.kinds) <= kinds, formula.number
        assert set(formula.measures) <= keys, formula.number
    assert {key for formula in KPI_FORMULAS for key in formula.measures} == keys


def test_the_worked_example_of_the_cycle_time_is_what_is_measured() -> None:
    # applied and ticket Monday 9:00, served 9:30-10:00, reviewed until Tuesday 10:00; 7 hours a day
    monday = pd.Timestamp("2026-03-02")
    times = {
        "ts_ticket": [monday + pd.Timedelta(hours=9), pd.NaT],
        "ts_start": [monday + pd.Timedelta(hours=9.5), monday + pd.Timedelta(hours=10)],
        "ts_end": [monday + pd.Timedelta(hours=10), monday + pd.Timedelta(days=1, hours=10)],
    }
    events = pd.DataFrame(
        {
            "case_id": "a",
            "activity": ["受理", "审核"],
            "place": ["counter", "back_office"],
            "file_row": [2, 3],
        }
        | {name: pd.array(values, dtype="datetime64[ms]") for name, values in times.items()}
    )
    found = measure(EventLog(events=events.assign(time=events["ts_end"])), OFFICE_HOURS)
    assert found["cycle_time_working_days_mean"] == pytest.approx(8 / 7)
    assert found["throughput_per_day"] == 0.5
    assert found["wait_minutes_mean"] == 30


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_command_prints_the_definitions(
    language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["onewindow", "definitions", "--json", "--lang", language])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 0
    document = json.loads(capsys.readouterr().out)
    assert [found["kinds"] for found in document["diagnostics"]] == [[*d.kinds] for d in definitions()]
    first = definitions()[0]
    assert document["diagnostics"][0]["definition"] == getattr(first.definition, language)
    assert [found["number"] for found in document["key_figures"]] == [f.number for f in KPI_FORMULAS]
