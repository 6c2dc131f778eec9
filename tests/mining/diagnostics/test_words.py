"""What names of departments and steps are taken to mean."""

from __future__ import annotations

import pytest

from mining.diagnostics.departments import is_department, is_government
from mining.diagnostics.step_words import outcome_in_name


@pytest.mark.parametrize("name", ["市公安局", "税务", "Municipality of X", "MINISTRY OF LABOUR"])
def test_public_bodies(name: str) -> None:
    assert is_government(name)


@pytest.mark.parametrize("name", ["银行", "申请人", "某公司", "taxi company"])
def test_others_are_no_public_bodies(name: str) -> None:
    assert not is_government(name)


@pytest.mark.parametrize(
    ("name", "is_one"), [("EMPTY", False), ("无", False), ("EMPLOYEE", False), ("税务局", True)]
)
def test_placeholders_and_applicants_are_no_departments(name: str, is_one: bool) -> None:
    assert is_department(name) is is_one


@pytest.mark.parametrize(
    ("step", "outcome"),
    [
        ("Declaration REJECTED by SUPERVISOR", ("declaration * by supervisor", False)),
        ("Declaration FINAL_APPROVED by SUPERVISOR", ("declaration * by supervisor", True)),
        ("初审不通过", ("初审*", False)),
        ("初审通过", ("初审*", True)),
        ("Payment Handled", None),
    ],
)
def test_outcomes_in_names(step: str, outcome: tuple[str, bool] | None) -> None:
    assert outcome_in_name(step) == outcome
