"""Simulations in the background: progress, answers, errors a person can act on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from dashboards.jobs import Job, Question
from mining.text import same
from sample_logs import load_service
from simulation.redesign import RemoveStep, Scenario


def question(step: str, replications: int = 2) -> Question:
    scenario = Scenario(name=same("test"), redesigns=(RemoveStep(step=step),))
    return Question("key", load_service("A"), True, scenario, replications, days=3, warm_up_days=1)


@pytest.fixture(scope="module")
def executor() -> object:
    with ThreadPoolExecutor(1) as threads:
        yield threads


def test_a_job_ends_with_an_answer(executor: ThreadPoolExecutor) -> None:
    job = Job(question("名称核准审核"), executor).start()
    job.join(60)
    assert (job.state, job.done, job.total) == ("done", 4, 4)
    assert job.answer is not None
    steps = job.answer.comparison.kpi("steps_per_journey_mean")
    assert steps.difference < 0


def test_a_scenario_that_does_not_fit_is_an_error_in_both_languages(executor: ThreadPoolExecutor) -> None:
    job = Job(question("没有的环节"), executor).start()
    job.join(60)
    assert (job.state, job.answer) == ("failed", None)
    assert job.error is not None
    assert "没有的环节" in job.error.in_language("zh")
    assert "没有的环节" in job.error.in_language("en")
