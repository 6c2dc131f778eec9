"""Live what-ifs: today's kept runs answer like two experiments made for the question."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import pytest

from mining.text import same
from sample_logs import load_scenarios, load_service
from simulation import whatif
from simulation.comparison import compare
from simulation.errors import RedesignError
from simulation.experiment import Settings, run_experiment
from simulation.redesign import RemoveStep, Scenario
from simulation.whatif import WhatIf, prepare

SETTINGS = Settings(replications=3, days=4, warm_up_days=3, drain_days=30, seed=9, engine="simpy")
SERVICE = load_service("A")


@pytest.fixture(scope="module")
def today() -> WhatIf:
    return prepare(SERVICE, SETTINGS)


def test_an_answer_is_that_of_two_experiments(today: WhatIf) -> None:
    scenario = load_scenarios("A")["A_one_window_parallel_shared"]
    how: dict[str, Any] = asdict(SETTINGS)
    before, after = (run_experiment(m, **how) for m in (SERVICE, scenario.apply(SERVICE)))
    assert today.answer(scenario).to_json("en") == compare(before, after, scenario).to_json("en")


def test_only_the_changed_hall_is_simulated(today: WhatIf, monkeypatch: pytest.MonkeyPatch) -> None:
    simulated = []

    def counted(model: Any, replications: int, **how: Any) -> Any:
        simulated.append(model)
        return run_experiment(model, replications, **how)

    monkeypatch.setattr(whatif, "run_experiment", counted)
    step = "名称核准审核"
    scenario = Scenario(name=same("one step less"), redesigns=(RemoveStep(step=step),))
    comparison = today.answer(scenario)
    assert simulated == [scenario.apply(SERVICE)]
    assert comparison.before is today.before
    assert comparison.kpi("steps_per_journey_mean").difference < 0


def test_no_change_is_no_difference(today: WhatIf) -> None:
    comparison = today.answer(Scenario(name=same("as today")))
    assert all(each.difference == each.ci_low == each.ci_high == 0 for each in comparison.kpis)
    assert comparison.after.replications == today.before.replications


def test_what_does_not_fit_is_told(today: WhatIf) -> None:
    with pytest.raises(RedesignError, match="没有的环节"):
        today.answer(Scenario(name=same("x"), redesigns=(RemoveStep(step="没有的环节"),)))


def test_progress_counts_the_changed_hall_alone(today: WhatIf) -> None:
    seen: list[tuple[int, int]] = []
    today.answer(Scenario(name=same("x")), on_progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_settings_are_those_of_today(today: WhatIf) -> None:
    answer = today.answer(Scenario(name=same("x")))
    assert answer.after.settings == replace(SETTINGS)
