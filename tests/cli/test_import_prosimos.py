"""`onewindow import-prosimos` as a user calls it."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulation.service_model import read_service_model

LOAN = Path(__file__).parents[2] / "benchmarks" / "loan_application"
FILES = (str(LOAN / "loan_application.bpmn"), str(LOAN / "loan_application.json"))


@pytest.mark.parametrize(("language", "said"), [("zh", "注意：到达"), ("en", "Note: Arrivals")])
def test_the_model_is_written_and_the_differences_are_said(onewindow, tmp_path, capsys, language, said):
    output = tmp_path / "loan.yaml"
    arguments = ("-o", str(output), "--start", "2026-03-02", "--lang", language)
    assert onewindow("import-prosimos", *FILES, *arguments) == 0
    assert said in capsys.readouterr().out
    model = read_service_model(output)
    assert len(model.steps) == 14
    assert str(model.start_date) == "2026-03-02"


@pytest.mark.parametrize(("language", "said"), [("zh", "应为 YYYY-MM-DD"), ("en", "must be a date")])
def test_a_bad_date_is_an_error(onewindow, tmp_path, capsys, language, said):
    output = tmp_path / "loan.yaml"
    assert (
        onewindow("import-prosimos", *FILES, "-o", str(output), "--start", "March", "--lang", language) == 2
    )
    assert said in capsys.readouterr().err
    assert not output.exists()


def test_files_in_the_wrong_order_are_an_error(onewindow, tmp_path, capsys):
    assert onewindow("import-prosimos", *reversed(FILES), "-o", str(tmp_path / "x"), "--lang", "en") == 2
    assert "loan_application.bpmn: not valid JSON" in capsys.readouterr().err
