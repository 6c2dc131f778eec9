"""Avoidable visits: each trigger by hand, what is no extra visit, back-office work is no presence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mining.diagnostics.avoidable_visits import find_avoidable_visits
from mining.diagnostics.corrections import find_corrections
from mining.diagnostics.visit_triggers import TRIGGERS, find_triggers
from mining.errors import MissingColumnsError
from mining.event_log import BACK_OFFICE, COUNTER, PASS, REJECT, RETURN, EventLog
from mining.journeys import count_visits, find_visits
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]
Row = dict[str, object]


def at(case: str, step: str, dept: str, when: str, **columns: object) -> Row:
    """Half an hour at a counter, or in the back office where `place` says so."""
    day, clock = when.split()
    hour, minute = clock.split(":")
    end = f"{day} {int(hour) + (int(minute) + 30) // 60:02d}:{(int(minute) + 30) % 60:02d}"
    return {
        "case_id": case,
        "activity": step,
        "dept": dept,
        "place": COUNTER,
        "result": PASS,
        "start": when,
        "end": end,
        **columns,
    }


def triggers_of(log: EventLog) -> list[str]:
    """The triggers of the extra visits, in order."""
    visits = find_visits(log)
    assert visits is not None
    return [TRIGGERS[code] for code in find_triggers(log, visits).trigger if code >= 0]


ONE_OF_EACH: list[tuple[str, list[Row]]] = [
    (
        "return_for_correction",
        [at("a", "登记", "市监局", "0 09:00", result=RETURN), at("a", "登记", "市监局", "1 09:00")],
    ),
    (  # the back office returns it, and the counter takes it in again
        "return_for_correction",
        [
            at("a", "受理", "市监局", "0 09:00"),
            at("a", "审核", "市监局", "0 10:00", place=BACK_OFFICE, result=RETURN),
            at("a", "受理", "市监局", "1 09:00"),
        ],
    ),
    (
        "pick_up_only",
        [
            at("a", "登记", "市监局", "0 09:00"),
            at("a", "审核", "市监局", "0 10:00", place=BACK_OFFICE),
            at("a", "领取执照", "市监局", "1 09:00", result=None),
        ],
    ),
    (
        "next_office_after_wait",
        [
            at("a", "登记", "市监局", "0 09:00"),
            at("a", "审核", "市监局", "0 10:00", place=BACK_OFFICE),
            at("a", "核税", "税务局", "1 09:00"),
        ],
    ),
    (
        "same_office_after_wait",
        [
            at("a", "名称", "市监局", "0 09:00"),
            at("a", "审核", "市监局", "0 10:00", place=BACK_OFFICE),
            at("a", "登记", "市监局", "1 09:00"),
        ],
    ),
    ("next_counter_without_wait", [at("a", "社保", "人社局", "0 16:00"), at("a", "开户", "银行", "1 09:00")]),
    ("unknown", [at("a", "社保", "未知", "0 16:00"), at("a", "开户", "银行", "1 09:00")]),
    (  # collecting and going on to the next counter is not only collecting
        "same_office_after_wait",
        [
            at("a", "登记", "市监局", "0 09:00"),
            at("a", "审核", "市监局", "0 10:00", place=BACK_OFFICE),
            at("a", "领取执照", "市监局", "1 09:00", result=None),
            at("a", "刻章", "公安局", "1 10:00"),
        ],
    ),
]


@pytest.mark.parametrize(("trigger", "rows"), ONE_OF_EACH)
def test_the_trigger_of_one_extra_visit(log_of: LogMaker, trigger: str, rows: list[Row]) -> None:
    log = log_of(rows)
    assert triggers_of(log) == [trigger]
    assert count_visits(log).tolist() == [2]


def test_a_second_return_with_a_new_reason(log_of: LogMaker) -> None:
    # first 章程, then 章程 and 身份证: the third visit would have been spared by saying both at once
    rows = [
        at("a", "登记", "市监局", "0 09:00", result=RETURN, reason="章程"),
        at("a", "登记", "市监局", "1 09:00", result=RETURN, reason="公司章程；身份证"),
        at("a", "登记", "市监局", "2 09:00"),
    ]
    assert triggers_of(log_of(rows)) == ["return_for_correction", "second_return_with_a_new_reason"]
    same = [{**row, "reason": "章程"} for row in rows]
    assert triggers_of(log_of(same)) == ["return_for_correction"] * 2
    unsaid = [{**row, "reason": None} for row in rows]
    assert not find_corrections(log_of(unsaid)).new_reason.any()


def test_a_ticket_without_service_makes_the_next_day_a_visit_in_vain(log_of: LogMaker) -> None:
    row = at("a", "登记", "市监局", "1 09:00")
    row["ts_ticket"] = log_of([at("x", "x", "x", "0 16:30")]).events["ts_start"][0]
    assert triggers_of(log_of([row])) == ["not_served_before"]


def test_a_rejection_nobody_came_back_from_is_no_return(log_of: LogMaker) -> None:
    rows = [
        at("a", "登记", "市监局", "0 09:00", result=REJECT),
        at("b", "登记", "市监局", "0 09:00", result=REJECT),
    ]
    rows.append(at("b", "登记", "市监局", "1 09:00"))
    assert find_corrections(log_of(rows)).returned.tolist() == [False, True, False]


def test_one_day_at_several_counters_is_one_visit(log_of: LogMaker) -> None:
    rows = [at("a", "登记", "市监局", "0 09:00", result=RETURN), at("a", "登记", "市监局", "0 11:00")]
    rows += [
        at("a", "审核", "市监局", "1 09:00", place=BACK_OFFICE),
        at("a", "复核", "市监局", "2 09:00", place=BACK_OFFICE),
    ]
    assert triggers_of(log_of(rows)) == []


def journeys(n: int, rows: list[Row]) -> list[Row]:
    return [{**row, "case_id": f"{row['case_id']}{number:02d}"} for number in range(n) for row in rows]


def test_finding_of_returns_proposes_to_fetch_what_was_at_fault(log_of: LogMaker) -> None:
    # 10 of 30 journeys come twice because of a licence that the market authority issued itself
    twice = [
        at("r", "核税", "税务局", "0 09:00", result=RETURN, reason="营业执照"),
        at("r", "核税", "税务局", "1 09:00"),
    ]
    rows = journeys(10, twice) + journeys(20, [at("p", "核税", "税务局", "0 09:00")])
    papers = [
        {
            "case_id": f"r{n:02d}",
            "activity": "核税",
            "dept": "税务局",
            "material_name": "营业执照",
            "issuer_dept": "市监局",
        }
        for n in range(10)
    ]
    (finding,) = find_avoidable_visits(log_of(rows, papers), OFFICE_HOURS)
    assert finding.where == {"trigger": "return_for_correction", "steps": ["核税"], "departments": ["税务局"]}
    assert (finding.cases, finding.share) == (10, 0.3333)
    # two working days in the log: 10 visits x 1 hour x 250 / 2
    assert finding.hours_lost_per_year == 1250.0
    assert finding.evidence["documents_at_fault"] == {"营业执照": 10}
    overall = finding.evidence["overall"]
    assert isinstance(overall, dict)
    assert (overall["visits_per_journey_mean"], overall["at_most_one_visit_share"]) == (1.33, 0.6667)
    (proposal,) = finding.proposes
    assert (proposal.lever, proposal.parameters) == (
        "share_materials",
        {"materials": ["营业执照"], "mode": "fetched"},
    )
    assert finding.example_cases == ("r00", "r01", "r02", "r03", "r04")


def test_next_counters_left_for_another_day_propose_one_window(log_of: LogMaker) -> None:
    rows = journeys(5, [at("s", "社保", "人社局", "0 16:00"), at("s", "开户", "银行", "1 09:00")])
    rows += journeys(5, [at("t", "开户", "银行", "0 16:00"), at("t", "社保", "人社局", "1 09:00")])
    (finding,) = find_avoidable_visits(log_of(rows), OFFICE_HOURS)
    assert finding.where["trigger"] == "next_counter_without_wait"
    assert [p.parameters for p in finding.proposes] == [{"pools": ["人社局", "银行"]}]


def test_a_fifth_of_the_journeys_is_still_below_the_alarm(log_of: LogMaker) -> None:
    twice = [at("r", "核税", "税务局", "0 09:00", result=RETURN), at("r", "核税", "税务局", "1 09:00")]
    once = [at("p", "核税", "税务局", "0 09:00")]
    assert find_avoidable_visits(log_of(journeys(2, twice) + journeys(8, once)), OFFICE_HOURS) == []
    assert find_avoidable_visits(log_of(journeys(3, twice) + journeys(8, once)), OFFICE_HOURS) != []


def test_a_log_that_does_not_know_who_was_there_says_so(log_of: LogMaker) -> None:
    log = log_of([{"case_id": "a", "activity": "受理", "end": "0 09:00"}])
    with pytest.raises(MissingColumnsError, match="visit_id") as caught:
        find_avoidable_visits(log, OFFICE_HOURS)
    assert "跑动次数" in caught.value.in_language("zh")
