"""Which halls are watched: today's, and beside it the one after a scenario, under the same applicants."""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st

from dashboards import session
from dashboards.analyst.link import keep_in_link, start_from_link
from dashboards.analyst.scenario_editor import scenario_name
from dashboards.jobs import Answer
from dashboards.logs import OpenLog, sample_scenarios
from dashboards.words import Words
from mining.text import Text
from simulation.horizon import Horizon, plan_horizon
from simulation.redesign import Scenario
from simulation.service_model import ServiceModel
from simulation.trace import WatchedRun

TODAY = "today"
DRAFT = "draft"
DAYS, WARM_UP_DAYS, DRAIN_DAYS = 20, 20, 250
SEED = 1
MOST_REPLICATIONS = 200


@dataclass(frozen=True)
class Choice:
    """What can be watched: a model, the scenario beside it, and how long it is run."""

    name: Text
    model: ServiceModel
    scenario: Scenario | None
    days: int = DAYS
    warm_up_days: int = WARM_UP_DAYS
    drain_days: int = DRAIN_DAYS
    seed: int = SEED


@dataclass(frozen=True, eq=False)
class Side:
    """A hall that was run: `key` is "before" or "after"."""

    key: str
    model: ServiceModel
    watched: WatchedRun


@dataclass(frozen=True, eq=False)
class WatchedHalls:
    """The halls side by side and the measured days; both met the same applicants with the same luck."""

    choice: Choice
    horizon: Horizon
    replication: int
    sides: tuple[Side, ...] = field(repr=False)

    @property
    def before(self) -> Side:
        """Today's hall."""
        return self.sides[0]

    def title(self, side: Side) -> str:
        """The word for a side: before, after, or today where there is nothing to compare."""
        return side.key if len(self.sides) > 1 else "watch_now"


def choose_halls(w: Words, opened: OpenLog) -> WatchedHalls:
    """The choice of scenario and replication, and the halls once they are run."""
    choices = _choices(w, opened)
    keys = list(choices)
    scenario_column, replication_column = st.columns([4, 1], vertical_alignment="bottom")
    with scenario_column:
        start_from_link("watch_scenario", "scenario", keys, _default(keys))
        key = st.selectbox(
            w("watch_scenario"),
            keys,
            format_func=lambda key: w.of(choices[key].name),
            key="watch_scenario",
            help=w("watch_scenario_help"),
        )
    with replication_column:
        numbers = [str(number) for number in range(1, MOST_REPLICATIONS + 1)]
        if "watch_replication" not in st.session_state:
            asked = st.query_params.get("replication", "1")
            st.session_state["watch_replication"] = int(asked) if asked in numbers else 1
        replication = st.number_input(
            w("watch_replication"),
            1,
            MOST_REPLICATIONS,
            key="watch_replication",
            help=w("watch_replication_help"),
        )
    keep_in_link("scenario", key)
    keep_in_link("replication", replication)
    return _run(opened, choices[key], int(replication) - 1)


def _choices(w: Words, opened: OpenLog) -> dict[str, Choice]:
    """Results of this session, the latest first, then the draft, ready scenarios, today's hall alone."""
    found: dict[str, Choice] = {}
    answers = session.answers(opened)
    for number, answer in enumerate(answers):
        found[f"result-{len(answers) - number}"] = _of_answer(answer, len(answers) - number)
    model = answers[0].question.model if answers else session.service_model(opened, true_model=True)
    redesigns = tuple(session.draft(opened).redesigns)
    if redesigns and not any(answer.question.scenario.redesigns == redesigns for answer in answers):
        name = session.draft(opened).name or scenario_name(list(redesigns))
        scenario = Scenario(name=name, redesigns=redesigns)
        found[DRAFT] = Choice(_titled("watch_draft", name), model, scenario)
    for key, scenario in sample_scenarios(opened).items():
        found[key] = Choice(_titled("watch_ready", scenario.name), model, scenario)
    found[TODAY] = Choice(_titled("watch_today", model.name), model, None)
    return found


def _default(keys: list[str]) -> str:
    """The latest result or the draft, else the ready scenario with most in it, else today's hall."""
    if keys[0] == DRAFT or keys[0].startswith("result-"):
        return keys[0]
    return keys[max(len(keys) - 2, 0)]


def _of_answer(answer: Answer, number: int) -> Choice:
    question = answer.question
    return Choice(
        _titled("watch_result", question.scenario.name, n=number),
        question.model,
        question.scenario,
        question.days,
        question.warm_up_days,
        question.drain_days,
        question.seed,
    )


def _titled(key: str, name: Text, **values: object) -> Text:
    from dashboards.words import words

    return Text(zh=words("zh")(key, name=name.zh, **values), en=words("en")(key, name=name.en, **values))


def _run(opened: OpenLog, choice: Choice, replication: int) -> WatchedHalls:
    horizon = plan_horizon(
        choice.model, days=choice.days, warm_up_days=choice.warm_up_days, drain_days=choice.drain_days
    )
    models = {"before": choice.model}
    if choice.scenario is not None:
        models["after"] = choice.scenario.apply(choice.model)
    sides = tuple(
        Side(key, model, session.watched_run(opened, model, horizon, choice.seed, replication))
        for key, model in models.items()
    )
    return WatchedHalls(choice, horizon, replication, sides)
