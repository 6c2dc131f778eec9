"""The model file: what is written reads back equal, and an error names the field."""

from __future__ import annotations

import copy
import datetime as dt
import re
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.errors import ModelError
from simulation.service_model import (
    Constant,
    Exponential,
    Lognormal,
    Quantiles,
    ServiceModel,
    Uniform,
    dump_service_model,
    leaves,
    read_service_model,
    service_model_from,
    write_service_model,
)

DOCUMENT: dict[str, Any] = yaml.safe_load("""
name: {zh: 企业开办, en: Starting a business}
start_date: 2026-03-02
calendars:
  大厅: {weekly: {mon: ["09:00-12:00", "13:00-17:00"], tue: ["09:00-17:00"]}, closed_days: [2026-04-06]}
  中国: {weekly: {fri: ["09:00-24:00"]}, country: CN}
materials:
  - {name: 申请表, minutes_to_check: 0.5, spellings: [申请表, 登记申请表]}
  - {name: 身份证, issuer_dept: 公安局}
pools: [{name: 窗口, dept: 市监局}]
members:
  - {name: 甲, serves: [窗口], calendar: 大厅, speed: 1.2, step_speeds: {受理: 2.0}}
steps:
  - name: 受理
    dept: 市监局
    place: counter
    pool: 窗口
    duration: {kind: lognormal, mean_minutes: 20, cv: 0.5}
    delay_before: {kind: quantiles, values_minutes: [0, 5, 60]}
    materials: [{material: 申请表, defect_chance: 0.1}, {material: 身份证, shared: true, shared_minutes: 0.2}]
    issues: [执照]
    return_chance: 0.05
    label: {zh: 受理, en: Intake}
  - {name: 审核, calendar: 大厅, duration: {kind: exponential, mean_minutes: 300}, reject_chance: 0.01}
  - {name: 公示, place: online, clock: elapsed, duration: {kind: uniform, low_minutes: 1, high_minutes: 9}}
flow:
  sequence:
    - step: 受理
    - parallel:
        - step: 审核
        - {wait: {kind: constant, minutes: 30}, name: 等, clock: working, calendar: 中国}
    - choice: [{step: 公示}, {sequence: []}]
      name: 是否公示
      table: {rows: [{after: [], weights: [1, 3], n: 40}, {after: [受理, 审核], weights: [1, 0]}]}
    - {loop: {step: 公示}, name: 再公示, max_rounds: 4, table: {rows: [{after: [], weights: [1, 9]}]}}
arrivals:
  - {name: 窗口, per_day: 36, calendar: 大厅, weekday_factors: [1.2, 1, 1, 1, 0.8, 1, 1], day_cv: 0.2,
     half_hour_weights: {"09:00": 2, "09:30": 1.5}}
visits:
  calendar: 大厅
  ticket_cutoff_minutes_before_close: 15
  come_back_after: {kind: uniform, low_minutes: 0, high_minutes: 1440}
  same_day_continuation: 0.4
evidence:
  steps.受理.duration: {source: measured, n: 812, low: 19, high: 21}
  visits: {source: assumed, note: {zh: 假设, en: assumed}}
""")


def _changed(path: str, value: Any) -> dict[str, Any]:
    """The document with one value replaced, deleted (`...`) or added."""
    document = copy.deepcopy(DOCUMENT)
    *steps, last = path.split("/")
    part: Any = document
    for step in steps:
        part = part[int(step) if isinstance(part, list) else step]
    key: Any = int(last) if isinstance(part, list) else last
    if value is ...:
        del part[key]
    else:
        part[key] = value
    return document


def test_what_is_written_reads_back_equal(tmp_path):
    model = service_model_from(DOCUMENT)
    path = tmp_path / "模型.yaml"
    write_service_model(model, path)
    again = read_service_model(path)
    assert again == model
    assert dump_service_model(again) == path.read_text(encoding="utf-8")
    assert list(leaves(again.flow)) == ["受理", "审核", "公示", "公示"]


def test_the_file_is_for_people(tmp_path):
    text = dump_service_model(service_model_from(DOCUMENT))
    assert "企业开办" in text  # Chinese as it is, not escaped
    assert "09:00-12:00" in text
    assert "09:30: 1.5" in text.replace("'", "")
    assert "silent" not in text  # defaults are left out
    assert yaml.safe_load(text)["steps"][0]["duration"]["kind"] == "lognormal"


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(
        [
            Constant(minutes=0),
            Lognormal(mean_minutes=1 / 3, cv=0.1),
            Exponential(mean_minutes=1e-9),
            Uniform(low_minutes=0, high_minutes=0),
            Quantiles(values_minutes=(0.1, 0.2, 1e6)),
        ]
    ),
    st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)),
)
def test_every_distribution_and_date_survives_the_file(distribution, date):
    model = service_model_from(DOCUMENT)
    step = model.steps[0].model_copy(update={"duration": distribution})
    model = model.model_copy(update={"steps": (step, *model.steps[1:]), "start_date": date})
    assert service_model_from(yaml.safe_load(dump_service_model(model))) == model


def _failing(runs_for: float = 60, repaired_by: str | None = None) -> dict:
    return {
        "runs_for": {"kind": "constant", "minutes": runs_for},
        "repair": {"kind": "constant", "minutes": 5},
        "repaired_by": repaired_by,
    }


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        ("name", ..., ["field name"]),
        ("start_date", "soon", ["field start_date"]),
        ("steps/0/colour", "red", ["field steps.0.colour"]),
        ("steps/0/pool", "柜台", ["受理", "柜台", "窗口"]),
        ("steps/0/return_chance", 1.2, ["field steps.0.return_chance", "at most 1"]),
        ("steps/0/materials/0/material", "护照", ["受理", "护照", "申请表"]),
        ("steps/0/materials/1/material", "申请表", ["受理", "twice"]),
        ("steps/0/duration/kind", "gamma", ["field steps.0.duration", "gamma", "lognormal"]),
        ("steps/0/duration/mean_minutes", -1, ["steps.0.duration.lognormal.mean_minutes"]),
        (
            "steps/0/duration/mean_minutes",
            float("inf"),
            ["steps.0.duration.lognormal.mean_minutes", "finite"],
        ),
        ("steps/0/delay_before/values_minutes", [5, 0], ["steps.0.delay_before", "ascending"]),
        ("steps/2/duration/high_minutes", 0.5, ["steps.2.duration", "below low_minutes"]),
        ("steps/1/calendar", ..., ["审核", "needs a calendar"]),
        ("steps/1/calendar", "夜班", ["审核", "夜班", "大厅"]),
        ("members/0/serves", [], ["field members.0.serves"]),
        ("members/0/serves", ["二号"], ["甲", "二号"]),
        ("members", [], ["窗口", "no member serves it"]),
        ("members/0/speed", 0, ["field members.0.speed"]),
        ("flow", {"stage": "受理"}, ["field flow", "sequence", "choice"]),
        ("flow/sequence/0/step", "签字", ["签字", "受理"]),
        ("flow/sequence/1/parallel/1/calendar", ..., ["等", "needs a calendar"]),
        ("flow/sequence/2/choice", [{"step": "公示"}], ["是否公示", "1 branches but 2 weights"]),
        ("flow/sequence/2/table/rows/0/after", ["受理"], ["after: []"]),
        ("flow/sequence/2/table/rows/1/after", [], ["context appears twice"]),
        ("flow/sequence/2/table/rows/1/weights", [1, 2, 3], ["same number of weights"]),
        ("flow/sequence/2/table/rows/0/weights", [0, 0], ["not all 0"]),
        ("flow/sequence/3/table/rows/0/weights", [1, 2, 3], ["再公示", "again, on"]),
        ("flow/sequence/3/max_rounds", 0, ["max_rounds"]),
        ("arrivals/0/calendar", "周末", ["窗口", "周末"]),
        ("arrivals/0/half_hour_weights", {"25:00": 1}, ["half_hour_weights", "25:00"]),
        ("arrivals/0/weekday_factors", [1, 1], ["weekday_factors"]),
        ("visits/calendar", "夜班", ["visits", "夜班"]),
        ("visits/same_day_continuation", 2, ["field visits.same_day_continuation"]),
        ("pools/0/name", "窗囗", ["pool", "窗口"]),  # a look-alike character
        ("materials/1/name", "申请表", ["two materials", "申请表"]),
        ("calendars/大厅/weekly/mon", ["13:00-12:00"], ["calendars.大厅", "in order"]),
        ("evidence/visits/source", "guessed", ["field evidence.visits.source", "assumed"]),
        ("arrivals/0/appointments", {"share": 0.5, "per_slot": 0}, ["appointments.per_slot", "at least 1"]),
        ("arrivals/0/appointments", {"share": 0.5, "per_slot": 1.5}, ["per_slot", "a whole number"]),
        (
            "arrivals/0/appointments",
            {"share": 0.5, "per_slot": 2, "lateness_minutes": [9, 0]},
            ["arrivals.0.appointments", "ascending"],
        ),
        (
            "arrivals/0/appointments",
            {"share": 0.5, "per_slot": 2, "lateness_minutes": [0, 9000]},
            ["lateness_minutes.1", "at most 1440"],
        ),
        ("arrivals/0/patience", {"minutes": {"kind": "constant", "minutes": -5}}, ["at least 0", "-5"]),
        ("arrivals/0/passed", ["受理", "审核", "受理"], ["arrivals.0.passed", "at most 2"]),
        ("arrivals/0/passed", ["签字"], ["arrivals 窗口", "签字"]),
        ("arrivals/0/priority", 10**30, ["arrivals.0.priority", "at most 1000000"]),
        ("steps/1/batch", {"together": True}, ["steps.1.batch", "never let go"]),
        ("steps/1/batch", {"weekly": {"wed": ["25:00"]}}, ["steps.1.batch.weekly.wed.0", "time of day"]),
        ("steps/1/batch", {"weekly": {"wed": [2000]}}, ["steps.1.batch.weekly.wed.0", "at most 1440"]),
        ("steps/1/batch", {"weekly": {"wedn": ["09:00"]}}, ["steps.1.batch.weekly.wedn", "one of: mon"]),
        ("steps/1/batch", {"weekly": {"sun": ["09:00"]}, "calendar": "大厅"}, ["审核", "never let go"]),
        ("steps/1/batch", {"size": 3, "calendar": "大厅"}, ["steps.1.batch", "of which there are none"]),
        ("steps/1/batch", {"size": 3, "together": True}, ["审核", "needs a pool"]),
        ("steps/0/batch", {"size": 3}, ["受理", "in batches"]),
        ("steps/1/stuck", {"chance": 0.1, "then": "受理"}, ["审核", "can be stuck"]),
        ("steps/0/stuck", {"chance": 0.1, "then": "受理"}, ["受理", "in a circle"]),
        ("steps/0/stuck", {"chance": 0.1, "then": "审核", "keeps_machine": True}, ["审核", "only be kept"]),
        ("steps/0/stops_clock", "maybe", ["steps.0.stops_clock", "true or false"]),
        ("members/0/failure", _failing(runs_for=1e-6), ["members.0.failure", "at least 1 minute"]),
        ("members/0/failure", _failing(repaired_by="窗口"), ["甲", "cannot repair itself"]),
        ("members/0/step_speeds", {"受理": 0}, ["members.0.step_speeds", "at least 0.001"]),
        ("limits", {"calendar": "大厅", "accepted_by": "签字"}, ["limits", "签字"]),
        (
            "limits",
            {"calendar": "大厅", "promised_working_days": -1},
            ["promised_working_days", "at least 0"],
        ),
    ],
)
def test_an_error_names_the_field_in_both_languages(path, value, named):
    with pytest.raises(ModelError) as error:
        service_model_from(_changed(path, value), "厅.yaml")
    zh, en = error.value.text.zh, error.value.text.en
    assert zh.startswith("厅.yaml：字段 ")
    assert en.startswith("厅.yaml: field ")
    for name in named:
        assert name in en
    assert not re.search("[a-z]+ [a-z]+ [a-z]+", zh)  # nothing left in English
    assert re.search("[\u4e00-\u9fff]", zh.removeprefix("厅.yaml：字段 "))


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"name: [", "not valid YAML"),
        ("name: 企业".encode("gb18030"), "not valid YAML"),
        (b"", "model"),
        (b"- 1\n- 2\n", "model"),
    ],
)
def test_files_that_are_no_model(tmp_path, content, named):
    path = tmp_path / "m.yaml"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=named) as error:
        read_service_model(path)
    assert error.value.text.zh.startswith("m.yaml：")


def test_a_model_that_cannot_be_written_says_so(tmp_path):
    with pytest.raises(ModelError, match="cannot be written"):
        write_service_model(service_model_from(DOCUMENT), tmp_path / "no folder" / "m.yaml")


def test_a_missing_file(tmp_path):
    with pytest.raises(ModelError, match=r"no\.yaml: cannot be opened"):
        read_service_model(tmp_path / "no.yaml")


def test_parts_are_found_by_name_and_cannot_be_changed():
    model: ServiceModel = service_model_from(DOCUMENT)
    assert model.step("审核").reject_chance == 0.01
    assert model.material("身份证").issuer_dept == "公安局"
    assert list(model.assumptions) == ["visits"]
    with pytest.raises(ModelError, match="no step '签字'; known: 受理, 审核, 公示"):
        model.step("签字")
    with pytest.raises(ModelError, match="no material"):
        model.material("护照")
    with pytest.raises(ValueError, match="frozen"):
        model.steps[0].priority = 3  # type: ignore[misc]
