"""Simulations in the background: progress, answers, errors a person can act on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from dashboards.jobs import HallsOfToday, Job, Question
from mining.text import same
from sample_logs import load_service
from simulation.experiment import Settings
from simulation.redesign import RemoveStep, Scenario
from simulation.whatif import prepare


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


def test_the_next_question_about_a_hall_simulates_only_the_change(executor: ThreadPoolExecutor) -> None:
    first = Job(question("名称核准审核"), executor).start()
    first.join(60)
    again = Job(question("名称核准审核"), executor).start()
    again.join(60)
    assert first.answer is not None
    assert again.answer is not None
    assert (again.state, again.done) == ("done", 4)
    assert again.answer.before is first.answer.before
    assert again.answer.after is not first.answer.after
    assert again.answer.comparison.kpis == first.answer.comparison.kpis


def test_the_halls_asked_for_longest_ago_are_forgotten(executor: ThreadPoolExecutor) -> None:
    today, service = HallsOfToday(most=2), load_service("A")
    how = [Settings(1, 1, 0, 0, seed, "simpy") for seed in (1, 2, 3)]
    halls = [prepare(service, settings) for settings in how]
    today.keep(halls[0])
    today.keep(halls[1])
    assert today.find(service, how[0]) is halls[0]  # asked for again, so seed 2 goes first
    today.keep(halls[2])
    assert [today.find(service, settings) for settings in how] == [halls[0], None, halls[2]]
    assert today.find(load_service("B"), how[0]) is None


def test_a_scenario_that_does_not_fit_is_an_error_in_both_languages(executor: ThreadPoolExecutor) -> None:
    job = Job(question("没有的环节"), executor).start()
    job.join(60)
    assert (job.state, job.answer) == ("failed", None)
    assert job.error is not None
    assert "没有的环节" in job.error.in_language("zh")
    assert "没有的环节" in job.error.in_language("en")
