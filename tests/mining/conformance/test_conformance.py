"""A log against an official way: each kind of deviation by hand, groups, returns, costs, files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mining.conformance.check import check_conformance
from mining.conformance.model import OfficialModel, read_official_model
from mining.conformance.notes import conformance_notes
from mining.conformance.step_list import StepListError
from mining.event_log import EventLog, sort_events
from mining.process_map import discover_bpmn_xml
from mining.reading import read_event_log
from mining.working_time import OFFICE_HOURS

MONDAY = pd.Timestamp("2026-03-02 09:00")
STEPS = "name: {zh: 表, en: list}\nsteps: [a, b, c, d]\n"


def log_of_sequences(sequences: Sequence[str | list[str]], **columns: list[object]) -> EventLog:
    """One case a sequence of steps (a letter each), an hour between them, from Monday 9:00 on."""
    rows = [
        {"case_id": f"c{n:03d}", "activity": step, "time": MONDAY + pd.Timedelta(hours=k)}
        for n, steps in enumerate(sequences)
        for k, step in enumerate(steps)
    ]
    frame = pd.DataFrame(rows).assign(**columns)
    frame["time"] = frame["time"].astype("datetime64[ms]")
    frame = frame.assign(ts_end=frame["time"], file_row=np.arange(2, len(frame) + 2))
    return EventLog(events=sort_events(frame.astype({"case_id": "str", "activity": "str"})))


@pytest.fixture
def model(tmp_path: Path) -> Callable[[str], OfficialModel]:
    def make(text: str) -> OfficialModel:
        path = tmp_path / "steps.yaml"
        path.write_text(text, encoding="utf-8")
        return read_official_model(path)

    return make


def found(log: EventLog, official: OfficialModel) -> set[tuple[str, str, int]]:
    result = check_conformance(log, official, OFFICE_HOURS)
    return {(each.kind, each.step, each.cases) for each in result.deviations}


@pytest.mark.parametrize(
    ("steps", "deviations"),
    [
        ("abcd", set()),
        ("acd", {("skipped", "b", 1)}),
        ("abbcd", {("repeated", "b", 1)}),
        ("abxcd", {("inserted", "x", 1)}),
        ("ab", {("unfinished", "c", 1), ("unfinished", "d", 1)}),
    ],
)
def test_each_kind_of_deviation(model, steps, deviations):
    assert found(log_of_sequences([steps]), model(STEPS)) == deviations


def test_a_step_done_too_late_is_in_the_wrong_order_once(model):
    ((kind, step, cases),) = found(log_of_sequences(["acbd"]), model(STEPS))
    assert (kind, cases) == ("wrong_order", 1)
    assert step in ("b", "c")


def test_parts_of_a_list(model):
    text = (
        "name: {zh: 表, en: list}\nsteps:\n  - a\n  - {optional: b}\n"
        "  - {parallel: [c, {sequence: [d, e]}]}\n"
        "  - {choice: [f, g]}\n  - {repeat: h}\n"
    )
    fitting = ["abcdefh", "adcefh", "adecghhh"]
    result = check_conformance(log_of_sequences(fitting), model(text), OFFICE_HOURS)
    assert (result.fitting_cases, result.deviations, result.token_fitness) == (3, (), 1.0)
    # e before d, and both of a choice
    wrong = check_conformance(log_of_sequences(["aecdfh", "acdefgh"]), model(text), OFFICE_HOURS)
    assert wrong.fitting_cases == 0
    assert {each.kind for each in wrong.deviations} == {"wrong_order", "inserted"}


def test_a_step_repeated_because_it_was_returned_is_no_deviation_unless_the_list_says_so(model):
    sequence = ["a", "b", "b", "c", "d"]
    results = {"result": ["通过", "补正", "通过", "通过", "通过"]}
    log = log_of_sequences([sequence], **results)
    assert found(log, model(STEPS)) == set()
    strict = STEPS + "steps_may_repeat_after_return: false\n"
    assert found(log, model(strict)) == {("repeated", "b", 1)}


def test_shares_and_fitness_count_cases_not_variants(model):
    # 30 cases of abcd, 10 of acd: token replay of acd misses one token of four consumed
    result = check_conformance(log_of_sequences(["abcd"] * 30 + ["acd"] * 10), model(STEPS), OFFICE_HOURS)
    assert (result.fitting_cases, result.cases_checked, result.variants) == (30, 40, 2)
    assert result.fitting_share == 0.75
    assert result.fitting_share_low < 0.75 < result.fitting_share_high
    (skip,) = result.deviations
    assert (skip.share, skip.times) == (0.25, 10)
    assert 0.8 < result.token_fitness < 1


def test_what_a_deviation_costs(model):
    # like cases: two hours from a to d with b, three hours more where b is done twice
    sequences = ["abcd"] * 40 + ["abbbbcd"] * 20
    result = check_conformance(log_of_sequences(sequences), model(STEPS), OFFICE_HOURS)
    (repeated,) = result.deviations
    assert repeated.cost.days is not None
    # 9:00 to 12:00 against 9:00 to 15:00 over lunch (12 to 13): 3 h and 5 h of a day of 7
    assert repeated.cost.days == pytest.approx(2 / 7, abs=0.01)
    assert repeated.cost.low <= repeated.cost.days <= repeated.cost.high


def test_names_are_matched_by_spelling_and_never_guessed(model):
    official = model("name: {zh: 表, en: list}\nsteps: [受理, 审核 A, 发证]\n")
    log = log_of_sequences([["受理", "审核Ａ", "归档"]])
    result = check_conformance(log, official, OFFICE_HOURS)
    assert result.match.renamed == (("审核Ａ", "审核 A"),)
    assert result.match.unmatched == (("归档", 1),)
    assert result.match.never_done == ("发证",)
    assert any("归档" in note.zh for note in conformance_notes(result))


def test_a_log_that_shares_no_step_with_the_model_is_refused(model):
    with pytest.raises(StepListError):
        check_conformance(log_of_sequences(["xyz"]), model(STEPS), OFFICE_HOURS)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("steps: [a]\n", "name"),
        ("name: {zh: 表, en: list}\nsteps: []\n", "steps"),
        ("name: {zh: 表, en: list}\nsteps: [{parallel: [a]}]\n", "parallel"),
        ("name: {zh: 表, en: list}\nsteps: [{opt: a}]\n", "opt"),
        ("name: {zh: 表, en: list}\nsteps: [a, a]\n", "a"),
        ("- a\n- b\n", "steps.yaml"),
    ],
)
def test_a_bad_list_is_named_by_its_field(model, text, named):
    with pytest.raises(StepListError) as raised:
        model(text)
    for language in ("zh", "en"):
        assert "steps.yaml" in raised.value.in_language(language)
    assert named in raised.value.in_language("en")


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "model.txt"
    path.write_text("a", encoding="utf-8")
    with pytest.raises(StepListError, match=r"model\.txt.*allowed"):
        read_official_model(path)


def test_a_model_found_in_a_log_fits_it(tmp_path):
    log = log_of_sequences(["abcd"] * 5 + ["acbd"] * 5)
    path = tmp_path / "found.bpmn"
    path.write_text(discover_bpmn_xml(log).text, encoding="utf-8")
    result = check_conformance(log, read_official_model(path), OFFICE_HOURS)
    assert (result.fitting_share, result.token_fitness, result.deviations) == (1.0, 1.0, ())


@pytest.mark.shared_data
def test_the_textbook_log_fits_the_model_found_in_it(shared_data, tmp_path):
    log = read_event_log(shared_data / "running-example.xes")
    path = tmp_path / "found.bpmn"
    path.write_text(discover_bpmn_xml(log).text, encoding="utf-8")
    result = check_conformance(log, read_official_model(path), OFFICE_HOURS)
    assert (result.cases_checked, result.fitting_share) == (6, 1.0)


DECLARATIONS = """
name: {zh: 国内报销, en: Domestic declarations}
steps:
  - repeat:
      sequence:
        - Declaration SUBMITTED by EMPLOYEE
        - choice:
            - sequence:
                - {optional: Declaration APPROVED by ADMINISTRATION}
                - {optional: Declaration APPROVED by BUDGET OWNER}
                - Declaration FINAL_APPROVED by SUPERVISOR
            - sequence:
                - choice: [Declaration REJECTED by ADMINISTRATION, Declaration REJECTED by SUPERVISOR]
                - Declaration REJECTED by EMPLOYEE
  - Request Payment
  - Payment Handled
"""


@pytest.mark.shared_data
def test_declarations_against_the_way_written_by_hand(shared_data, model):
    log = read_event_log(shared_data / "BPIC2020_DomesticDeclarations.xes.gz")
    checked = check_conformance(log, model(DECLARATIONS), OFFICE_HOURS)
    assert checked.aligned_narrowly == checked.cases_not_checked == 0
    # counted on the log itself: cases whose steps, as one text, are the two ways of the list
    again = r"(?:S(?:A?B?F|(?:a|s)e))*"
    letters = {
        "Declaration SUBMITTED by EMPLOYEE": "S",
        "Declaration APPROVED by ADMINISTRATION": "A",
        "Declaration APPROVED by BUDGET OWNER": "B",
        "Declaration FINAL_APPROVED by SUPERVISOR": "F",
        "Declaration REJECTED by ADMINISTRATION": "a",
        "Declaration REJECTED by SUPERVISOR": "s",
        "Declaration REJECTED by EMPLOYEE": "e",
        "Request Payment": "R",
        "Payment Handled": "P",
    }
    texts = (
        log.events["activity"].map(lambda name: letters.get(name, "?")).groupby(log.events["case_id"]).sum()
    )
    fits = texts.str.fullmatch(again + r"S(?:A?B?F|(?:a|s)e)RP")
    assert checked.fitting_cases == int(fits.sum()) > 9_000
    pre_approved = log.events.loc[log.events["activity"] == "Declaration APPROVED by PRE_APPROVER", "case_id"]
    inserted = {each.step: each for each in checked.by_kind("inserted")}
    assert inserted["Declaration APPROVED by PRE_APPROVER"].cases == pre_approved.nunique()
    assert not inserted["Declaration APPROVED by PRE_APPROVER"].in_model
