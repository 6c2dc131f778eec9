"""All diagnostics together: order, what is missing, a clean hall, the planted sample, real logs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mining.diagnostics import explain_missing, find_all
from mining.diagnostics.duplicate_materials import duplicate_rate
from mining.diagnostics.registry import DEFINED
from mining.event_log import BOOKED, BY_APPLICANT, COUNTER, KEPT, PASS, RETURN, SERVED, EventLog
from mining.findings import Finding
from mining.journeys import count_visits
from mining.material_aliases import MaterialAliases, project_aliases, read_aliases
from mining.material_merges import aliases_file, apply_aliases, propose_merges
from mining.materials import normalise_material_names
from mining.options import FindingOptions
from mining.working_time import OFFICE_HOURS, WorkingCalendar, same_hours_every

LogMaker = Callable[..., EventLog]
NINE = pd.Timestamp("2026-03-02 09:00")


Rows = list[dict[str, object]]


def clean_hall(n: int = 400, seed: int = 3) -> tuple[Rows, Rows, Rows]:
    """登记 -> 审核 in one department: short waits, 5 % returned at each, each document asked for once.

    Events, materials and cases; everything is done on the day it is accepted, of five promised.
    """
    rng = np.random.default_rng(seed)
    events, papers = [], []
    for number in range(n):
        case = f"c{number:03d}"
        start = NINE + pd.Timedelta(days=number % 5, minutes=number // 5)
        for step, place, issues, name in (
            ("登记", COUNTER, "受理单", "申请书"),
            ("审核", "back_office", "执照", "受理单"),
        ):
            common = {"case_id": case, "activity": step, "dept": "市监局"}
            objected = rng.random() < 0.05
            for result in [RETURN, PASS] if objected else [PASS]:
                officer = f"甲{int(rng.integers(3))}"
                end = start + pd.Timedelta(minutes=10 * float(np.exp(0.3 * rng.standard_normal())))
                events.append(
                    {**common, "place": place, "officer": officer, "result": result, "ts_enabled": start}
                    | {
                        "ts_accept": start,
                        "start": start,
                        "end": end,
                        "issues": issues if result == PASS else None,
                    }
                )
                papers.append(
                    {**common, "material_name": name, "issuer_dept": "市监局", "ts_received": start}
                    | {"form": "原件"}
                )
                start = end
    limits = [
        {"case_id": case, "limit_promised": 5.0, "limit_statutory": 10.0, "commitment_check": KEPT}
        for case in dict.fromkeys(row["case_id"] for row in events)
    ]
    return events, papers, limits


def clean_tables() -> dict[str, Rows]:
    """What a clean hall has beside events: complaints closed, a kiosk up, appointments kept."""
    return {
        "tickets": [
            {
                "ticket_no": f"A{n:03d}",
                "ticket_type": BOOKED,
                "ts_booked": NINE,
                "ts_ticket": NINE,
                "ts_call": NINE + pd.Timedelta(minutes=5),
                "status": SERVED,
            }
            for n in range(40)
        ],
        "devices": [{"device_id": "K1", "ts": NINE, "state": "up"}],
        "complaints": [
            {"case_id": f"c{n:03d}", "ts_open": NINE, "ts_close": NINE + pd.Timedelta(days=3)}
            for n in range(4)
        ],
    }


@pytest.mark.parametrize("seed", [3, 4, 5, 6])
def test_a_clean_hall_has_no_findings_and_nothing_was_left_out(log_of: LogMaker, seed: int) -> None:
    log = log_of(*clean_hall(seed=seed), **clean_tables())
    assert find_all(log) == []
    assert explain_missing(log) == []


def test_findings_are_ranked_by_hours_of_people_then_by_the_time_cases_lie(log_of: LogMaker) -> None:
    rows = [
        {"case_id": f"c{n:03d}", "activity": step, "officer": f"o{n % 5}", "dept": dept, "end": end}
        for n in range(120)
        for step, dept, end in (
            ("受理", "甲科", "0 09:00"),
            ("审核", "乙科", "2 09:00"),
            ("复核", "乙科", "2 09:01"),
            ("受理", "甲科", "2 10:00"),
        )
    ]
    findings = find_all(log_of(rows))
    ranks = [
        (f.hours_lost_per_year or 0, f.evidence.get("case_waiting_hours_per_year") or 0) for f in findings
    ]
    assert len({finding.kind for finding in findings}) >= 3
    assert ranks == sorted(ranks, reverse=True)


def test_what_cannot_be_looked_at_is_said_in_both_languages(log_of: LogMaker) -> None:
    log = log_of([{"case_id": "a", "activity": "x", "end": "0 09:00"}])
    missing = explain_missing(log)
    assert find_all(log) == []
    # repetitions, time to reach, drift, time of cases and the times themselves need no more than ends
    assert len(missing) == len(set(missing)) == len(DEFINED) - 5
    assert all("hand-made" in text.zh and "hand-made" in text.en for text in missing)
    assert any("ts_start" in text.zh for text in missing)


def test_an_empty_log_has_no_findings() -> None:
    from mining.event_log import EVENT_COLUMNS, empty_table

    assert find_all(EventLog(events=empty_table(EVENT_COLUMNS))) == []


def test_another_calendar_gives_other_hours(log_of: LogMaker) -> None:
    rows = [
        {"case_id": f"c{n:03d}", "activity": step, "end": end}
        for n in range(40)
        for step, end in (("受理", "0 09:00"), ("审核", "2 09:00"))
    ]
    log = log_of(rows)
    weekly = same_hours_every(("mon", "tue", "wed", "thu", "fri"), "00:00-24:00")
    around_the_clock = WorkingCalendar.model_validate({"weekly": weekly})
    (office,), (always,) = find_all(log, OFFICE_HOURS), find_all(log, around_the_clock)
    lay = [finding.evidence["case_waiting_hours_per_year"] for finding in (office, always)]
    assert isinstance(lay[0], float)
    assert lay[1] == pytest.approx(lay[0] * 48 / 14, rel=1e-3)


# --- the planted sample ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[EventLog, dict[str, object]]:
    """The sample log A as its files tell it, read back with the truth beside it."""
    from mining.reading import read_event_log
    from sample_logs.generate import generate_sample

    files = generate_sample("A", tmp_path_factory.mktemp("A"), days=90, seed=1)
    log = read_event_log(files.events, materials=files.materials)
    return log, json.loads(Path(files.truth).read_text(encoding="utf-8"))


def of_kind(findings: list[Finding], kind: str) -> list[Finding]:
    return [finding for finding in findings if finding.kind == kind]


def test_the_planted_redundant_step_and_no_other(sample: tuple[EventLog, dict[str, object]]) -> None:
    log, truth = sample
    findings = find_all(log)
    planted = truth["redundant_steps"]
    assert isinstance(planted, dict)
    found = [step for f in of_kind(findings, "rubber_stamp") for step in f.where["steps"]]  # type: ignore[union-attr]
    assert found == list(planted)
    for kind in (
        "always_passes",
        "rarely_objects",
        "checked_twice",
        "ping_pong",
        "repeated_step",
        "steps_in_one_go",
    ):
        assert of_kind(findings, kind) == [], kind


def test_the_planted_duplicates(sample: tuple[EventLog, dict[str, object]]) -> None:
    log, truth = sample
    planted = truth["duplicate_materials"]
    assert isinstance(planted, dict)
    assert duplicate_rate(log) == pytest.approx(planted["rate"], abs=0.03)
    found = {
        f.where["material"]: f.evidence["duplicates"] for f in of_kind(find_all(log), "duplicate_material")
    }
    assert set(found) == set(planted["duplicates_by_material"])
    for name, n in planted["duplicates_by_material"].items():
        assert found[name] == pytest.approx(n, rel=0.02)


def test_without_merging_spellings_the_rate_is_far_too_low(
    sample: tuple[EventLog, dict[str, object]],
) -> None:
    log, truth = sample
    planted = truth["duplicate_materials"]
    assert isinstance(planted, dict)
    rate = duplicate_rate(replace(log, aliases=MaterialAliases({})))
    assert rate is not None
    assert rate < planted["rate"] - 0.10


def test_accepting_what_is_proposed_brings_most_of_it_back(
    sample: tuple[EventLog, dict[str, object]], tmp_path: Path
) -> None:
    log, truth = sample
    planted = truth["duplicate_materials"]
    assert isinstance(planted, dict)
    unmerged = replace(log, aliases=MaterialAliases({}))
    path = tmp_path / "aliases.yaml"
    path.write_text(aliases_file(unmerged), encoding="utf-8")
    assert duplicate_rate(apply_aliases(unmerged, read_aliases(path))) == duplicate_rate(unmerged)
    path.write_text(aliases_file(unmerged).replace("accept: no", "accept: yes"), encoding="utf-8")
    accepted = duplicate_rate(apply_aliases(unmerged, read_aliases(path)))
    # only 经营场所证明, which looks like nothing else, is still apart
    assert accepted == pytest.approx(planted["rate"], abs=0.04)
    of_project = project_aliases()
    assert all(
        of_project.document_of(m.name) == of_project.document_of(m.other) for m in propose_merges(unmerged)
    )


def test_the_planted_parallel_set(sample: tuple[EventLog, dict[str, object]]) -> None:
    log, truth = sample
    (finding,) = of_kind(find_all(log), "parallel_candidates")
    branches = finding.evidence["branches"]
    assert isinstance(branches, list)
    assert [branch[0] for branch in branches] in truth["parallel_steps_with_e_seal"]  # type: ignore[index, operator]
    assert len(branches) == 5
    assert finding.evidence["only_if_electronic"] == ["公章"]


def test_the_planted_slow_officer_and_no_other(sample: tuple[EventLog, dict[str, object]]) -> None:
    log, truth = sample
    named = replace(log, options=FindingOptions(show_officers=True))
    found = {f.where["officer"]: f.evidence for f in of_kind(find_all(named), "slow_officer")}
    planted = truth["slow_officers"]
    assert isinstance(planted, dict)
    assert list(found) == list(planted)
    for officer, evidence in found.items():
        low, high = evidence["service_time_factor_low"], evidence["service_time_factor_high"]
        assert isinstance(low, float)
        assert isinstance(high, float)
        assert low < planted[officer]["service_time_factor"] < high


def test_visits_and_rework_as_counted_by_hand(sample: tuple[EventLog, dict[str, object]]) -> None:
    log, _ = sample
    findings = find_all(log)
    events = log.events
    decided = events[events["result"].notna()]
    returned = decided[decided["result"] == RETURN]
    (rework,) = of_kind(findings, "rework")
    assert rework.cases == returned["case_id"].nunique()
    assert rework.evidence["cases_decided"] == decided["case_id"].nunique()
    assert rework.evidence["returns"] == len(returned)
    # what is handed in again fails for the same reason or not at all: nobody was told in two parts
    assert of_kind(findings, "two_part_notice") == []
    # the log has no limits, one channel and counters whose loads differ little
    for kind in ("late_cases", "done_at_the_limit", "resubmitted_offline", "uneven_counters", "check_order"):
        assert of_kind(findings, kind) == [], kind
    # visits differ from days in the hall only by gaps of four hours and tickets of the day before
    at_counter = events[events["place"] == COUNTER]
    days = at_counter.assign(day=at_counter["time"].dt.date).drop_duplicates(["case_id", "day"])
    overall = of_kind(findings, "avoidable_visit")[0].evidence["overall"]
    assert isinstance(overall, dict)
    assert overall["visits_per_journey_mean"] == pytest.approx(len(days) / log.n_cases, rel=0.01)
    by_trigger = overall["extra_visits_by_trigger"]
    assert isinstance(by_trigger, dict)
    extra = [n for n in by_trigger.values() if isinstance(n, int)]
    assert sum(extra) == round(sum(count_visits(log) - 1))
    assert by_trigger["unknown"] == pytest.approx(0, abs=0.01 * sum(extra))


def test_sharable_documents_are_those_public_bodies_issued(
    sample: tuple[EventLog, dict[str, object]],
) -> None:
    log, _ = sample
    table = log.materials
    asked = table[(table["source"] == BY_APPLICANT) & (table["attempt_no"] == 1)]
    share = (asked["issuer_dept"].isin(["公安局", "市监局"]) & (asked["issuer_dept"] != asked["dept"])).mean()
    found = of_kind(find_all(log), "sharable_material")
    assert {f.where["material"] for f in found} == {"公章", "法人身份证", "营业执照", "财务人员身份证"}
    overall = found[0].evidence["overall"]
    assert isinstance(overall, dict)
    assert overall["sharable_share"] == pytest.approx(share, abs=1e-4)


def test_proposals_name_documents_as_the_model_does(sample: tuple[EventLog, dict[str, object]]) -> None:
    from sample_logs.library import load_service

    log, _ = sample
    model = load_service("A")
    written = [name for material in model.materials for name in (material.name, *material.spellings)]
    names = normalise_material_names(written)
    assert all(names.canonical[material.name] == material.name for material in model.materials)
    for finding in find_all(log):
        for proposal in finding.proposes:
            if proposal.lever == "share_materials":
                assert set(proposal.parameters["materials"]) <= {m.name for m in model.materials}  # type: ignore[arg-type]


# --- real logs -------------------------------------------------------------------------------------


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("file_name", "kinds", "seconds"),
    [
        ("receipt.xes.gz", {"time_to_reach", "steps_in_one_go"}, 10),
        ("BPIC2020_DomesticDeclarations.xes.gz", {"time_to_reach"}, 10),
        ("BPIC13_incidents.xes.gz", {"ping_pong"}, 10),
    ],
)
def test_real_logs(
    real_log: Callable[[str], EventLog], file_name: str, kinds: set[str], seconds: float
) -> None:
    log = real_log(file_name)
    begin = time.process_time()
    findings = find_all(log)
    assert time.process_time() - begin < seconds
    assert kinds <= {finding.kind for finding in findings}
    # nothing here is known to be useless
    assert not {"rubber_stamp", "always_passes", "checked_twice"} & {finding.kind for finding in findings}
    # no log of these tells who was in the hall, and fewer than a tenth are returned at any step
    assert not {"avoidable_visit", "wasted_trips", "rework", "rework_at_step"} & {f.kind for f in findings}
    cases = set(log.events["case_id"])
    for finding in findings:
        assert set(finding.example_cases) <= cases
        json.dumps(finding.to_json("zh"))
