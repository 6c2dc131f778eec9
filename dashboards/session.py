"""What one person has open: language, log, draft of redesigns, results. The only place that names its keys.

Values derived from a sample are shared by all people, those from an upload belong to one session.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ParamSpec, Protocol, TypeVar, cast

import streamlit as st

from dashboards.jobs import Answer, Job, Question
from dashboards.logs import DEFAULT_SAMPLE, OpenLog, open_sample, sample_is_ready, sample_key
from dashboards.mining_report import MiningReport, checked_quality, mine_everything
from dashboards.words import Words, words
from mining.findings import Proposal
from mining.quality import QualityReport
from mining.text import Language, Text
from mining.working_time import WorkingCalendar
from simulation.engines.program import build_program
from simulation.horizon import Horizon
from simulation.redesign import AnyRedesign
from simulation.service_model import ServiceModel
from simulation.simulate import ready_engine, run_program
from simulation.trace import WatchedRun

P = ParamSpec("P")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
LANGUAGE_PARAMETER = "lang"
QUICK_SECONDS = 0.5  # a simulation done by then needs no progress bar


class OfOpenLog(Protocol[T_co]):
    """A function of an open log, remembered by the log's content."""

    def __call__(self, opened: OpenLog, /, *args: object) -> T_co: ...


@dataclass
class Draft:
    """The scenario somebody is putting together for one log; `proposed` waits to be tried on the model."""

    log_key: str
    name: Text | None = None
    redesigns: list[AnyRedesign] = field(default_factory=list)
    proposed: list[Proposal] = field(default_factory=list)


def remembered(compute: Callable[..., T]) -> OfOpenLog[T]:
    """Remember `compute(opened, *args)` by content: for all people if a sample, else for this session."""

    def keyed(key: str, args: tuple[object, ...], _opened: OpenLog) -> T:
        return compute(_opened, *args)

    keyed.__qualname__ = keyed.__name__ = f"remembered_{compute.__name__}"
    keyed.__module__ = compute.__module__
    shared = st.cache_resource(keyed, show_spinner=False, max_entries=16)
    private = st.cache_resource(keyed, show_spinner=False, max_entries=16, scope="session")

    def ask(opened: OpenLog, /, *args: object) -> T:
        store = shared if opened.origin == "sample" else private
        return cast(T, store(opened.key, args, opened))

    return ask


def language() -> Language:
    """The language of the link (`?lang=`), else of this session so far, else of the browser."""
    asked = st.query_params.get(LANGUAGE_PARAMETER)
    if asked not in ("zh", "en"):
        asked = st.session_state.get("language") or _browser_language()
    chosen: Language = "zh" if asked == "zh" else "en"
    st.session_state["language"] = chosen
    if st.query_params.get(LANGUAGE_PARAMETER) != chosen:
        st.query_params[LANGUAGE_PARAMETER] = chosen
    return chosen


def _browser_language() -> Language:
    return "zh" if (st.context.locale or "").lower().startswith("zh") else "en"


def set_language(chosen: Language) -> None:
    """Change the language of session and link."""
    st.session_state["language"] = chosen
    st.query_params[LANGUAGE_PARAMETER] = chosen


def current_words() -> Words:
    """The words of the session's language."""
    return words(language())


def opened_log() -> OpenLog:
    """The log in use: an upload if there is one, else the sample; makes the sample on first use."""
    opened = st.session_state.get("opened")
    if isinstance(opened, OpenLog):
        return opened
    name = st.session_state.get("sample", DEFAULT_SAMPLE)
    w = current_words()
    with st.spinner(w("loading_sample") if sample_is_ready(name) else w("making_sample"), show_time=True):
        return _shared_sample(name, sample_key(name))


@st.cache_resource(show_spinner=False, max_entries=8)
def _shared_sample(name: str, key: str) -> OpenLog:
    return open_sample(name)


def use_sample(name: str) -> None:
    """Look at a sample from now on."""
    st.session_state.pop("opened", None)
    st.session_state["sample"] = name


def short_key(text: str) -> str:
    """A key of fixed length for a content told by a longer text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:32]


def use_log(opened: OpenLog) -> None:
    """Look at this uploaded log from now on."""
    st.session_state["opened"] = opened


def quality_report(opened: OpenLog) -> tuple[QualityReport, WorkingCalendar]:
    """What reading and the checks of the whole log found, and the working hours they were held against."""
    with st.spinner(current_words()("checking_log"), show_time=True):
        return _quality_report(opened)


@remembered
def _quality_report(opened: OpenLog) -> tuple[QualityReport, WorkingCalendar]:
    return checked_quality(opened.log)


def mining_report(opened: OpenLog) -> MiningReport:
    """Map, variants, measures and findings of the log, with a spinner the first time."""
    with st.spinner(current_words()("mining"), show_time=True):
        return _mining_report(opened)


@remembered
def _mining_report(opened: OpenLog) -> MiningReport:
    return mine_everything(opened.log)


def service_model(opened: OpenLog, *, true_model: bool) -> ServiceModel:
    """The model to simulate: the sample's own, or one calibrated from the log.

    Raises an `OnewindowError` where the log does not hold enough to calibrate one.
    """
    if true_model and opened.sample is not None:
        return _true_model(opened)
    with st.spinner(current_words()("calibrating"), show_time=True):
        return _calibrated_model(opened)


@remembered
def _true_model(opened: OpenLog) -> ServiceModel:
    from sample_logs import load_service

    return load_service(opened.sample or DEFAULT_SAMPLE)


@remembered
def _calibrated_model(opened: OpenLog) -> ServiceModel:
    from simulation.calibration import calibrate

    return calibrate(opened.log)


def watched_run(
    opened: OpenLog, model: ServiceModel, horizon: Horizon, seed: int, replication: int
) -> WatchedRun:
    """One replication of a hall with all its records, as an experiment with this horizon runs it."""
    with st.spinner(
        current_words()("watch_simulating", name=model.name.in_language(language())), show_time=True
    ):
        return _watched_run(opened, model, horizon, seed, replication)


@remembered
def _watched_run(
    opened: OpenLog, model: ServiceModel, horizon: Horizon, seed: int, replication: int
) -> WatchedRun:
    program = build_program(model, horizon.n_days)
    cohort_days = (horizon.first_day, horizon.last_day)
    run = run_program(program, seed, replication, engine=ready_engine(), cohort_days=cohort_days)
    return WatchedRun(program, run)


def draft(opened: OpenLog) -> Draft:
    """The redesigns put together so far for this log; another log begins with none."""
    found = st.session_state.get("draft")
    if not isinstance(found, Draft) or found.log_key != opened.key:
        found = st.session_state["draft"] = Draft(opened.key)
    return found


def propose(opened: OpenLog, proposal: Proposal) -> None:
    """Put what a finding proposes into the draft; the what-if page tries it on the model."""
    draft(opened).proposed.append(proposal)


def job() -> Job | None:
    """The simulation of this session, running or just ended."""
    found = st.session_state.get("job")
    return found if isinstance(found, Job) else None


def start_job(question: Question) -> None:
    """Simulate in the background, waiting only for a quick answer; an earlier job of this session is
    cancelled."""
    earlier = job()
    if earlier is not None:
        earlier.cancel()
    st.session_state["job"] = Job(question).start()
    st.session_state["job"].join(QUICK_SECONDS)


def forget_job() -> None:
    """Clear a job that ended without an answer."""
    st.session_state.pop("job", None)


def collect_answer() -> bool:
    """Keep the answer of a job that is done; True if there was one."""
    ended = job()
    if ended is None or ended.answer is None:
        return False
    st.session_state.setdefault("answers", []).append(ended.answer)
    forget_job()
    return True


def answers(opened: OpenLog) -> list[Answer]:
    """The answers of this session about this log, the latest first."""
    kept: list[Answer] = st.session_state.get("answers", [])
    return [answer for answer in reversed(kept) if answer.question.log_key == opened.key]
