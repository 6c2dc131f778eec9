"""Stitching items into journeys: rules worked by hand, laws, and journeys of a generated hall found again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.errors import LogError
from mining.event_log import EventLog, sort_events
from mining.journeys import count_visits, journey_ids
from mining.stitching import stitch_journeys, with_journeys
from mining.topics import Topics

TOPICS = Topics({"开办": ("设立", "刻章", "社保"), "退休": ("退休", "社保")}, "test")
MONDAY = pd.Timestamp("2026-03-02 09:00")
Case = tuple[str, str | None, str | None, float, float]  # case, applicant, item, first and last day


def log_of(cases: list[Case], shuffle: int | None = None, **more: dict[str, str | None]) -> EventLog:
    """A log of cases with two events each, `more`: columns of the table of cases by case id."""
    rows = []
    for case, _, _, first, last in cases:
        for step, day in (("受理", first), ("办结", last)):
            rows.append(
                {
                    "case_id": case,
                    "activity": step,
                    "time": MONDAY + pd.Timedelta(days=day),
                    "journey_id": more.get("journey_id", {}).get(case),
                }
            )
    events = pd.DataFrame(rows).astype({"case_id": "str", "activity": "str", "journey_id": "str"})
    events["time"] = events["time"].astype("datetime64[ms]")
    table = pd.DataFrame(
        {
            "case_id": [case[0] for case in cases],
            "applicant_hash": [case[1] for case in cases],
            "item_name": [case[2] for case in cases],
            "final_result": [more.get("final_result", {}).get(case[0]) for case in cases],
        }
    ).astype("str")
    if shuffle is not None:
        draw = np.random.default_rng(shuffle)
        events, table = events.iloc[draw.permutation(len(events))], table.iloc[draw.permutation(len(table))]
    return EventLog(
        events=sort_events(events.reset_index(drop=True).assign(file_row=np.arange(2, len(events) + 2))),
        cases=table.reset_index(drop=True),
    )


def journeys(log: EventLog, gap: int = 10, topics: Topics = TOPICS) -> list[list[str]]:
    """The cases of each journey, sorted."""
    found = stitch_journeys(log, gap, topics)
    pairs = pd.DataFrame({"journey": found.journey, "case": found.case_ids})
    return sorted(sorted(group) for group in pairs.groupby("journey")["case"].apply(list))


def doubts(log: EventLog, gap: int = 10) -> dict[str, int]:
    return {doubt.kind: doubt.cases for doubt in stitch_journeys(log, gap, TOPICS).doubts}


def test_the_example_of_the_module():
    # Friday day 4, Monday day 7: one working day; day 10 to day 28 are twelve
    log = log_of([("a", "X", "设立登记", 0, 4), ("b", "X", "刻章", 7, 10), ("c", "X", "社保登记", 28, 28)])
    assert journeys(log) == [["a", "b"], ["c"]]
    assert doubts(log) == {"apart_near_the_limit": 1, "near_journeys": 1}
    assert journeys(log, gap=12) == [["a", "b", "c"]]
    found = stitch_journeys(log, 10, TOPICS)
    assert found.sensitivity == {5: 2, 10: 2, 20: 1, 40: 1}
    assert found.journey.tolist() == ["J:a", "J:a", "c"]
    assert found.cases_by_origin == {"stitched": 2, "alone": 1}
    assert found.topic.tolist() == ["开办", "开办", "开办"]


def test_applicant_and_topic_must_be_the_same():
    log = log_of(
        [
            ("a", "X", "设立登记", 0, 1),
            ("b", "Y", "刻章", 2, 3),
            ("c", "X", "护照", 2, 3),
            ("d", "X", "刻章", 3, 4),
        ]
    )
    assert journeys(log) == [["a", "d"], ["b"], ["c"]]


def test_the_gap_counts_from_the_end_of_everything_before():
    log = log_of([("a", "X", "设立登记", 0, 30), ("b", "X", "刻章", 1, 2), ("c", "X", "社保登记", 35, 36)])
    assert journeys(log) == [["a", "b", "c"]]
    assert doubts(log)["overlapping_items"] == 1


def test_an_item_of_two_topics_goes_where_its_neighbours_are():
    log = log_of(
        [
            ("a", "X", "社保登记", 0, 1),
            ("b", "X", "退休核定", 2, 3),
            ("c", "Y", "社保登记", 0, 1),
            ("d", "Y", "刻章", 2, 3),
        ]
    )
    assert journeys(log) == [["a", "b"], ["c", "d"]]
    assert stitch_journeys(log, 10, TOPICS).topic.tolist() == ["退休", "退休", "开办", "开办"]


def test_an_explicit_journey_wins():
    log = log_of(
        [
            ("a", "X", "设立登记", 0, 1),
            ("b", "X", "刻章", 2, 3),
            ("c", "X", "社保登记", 3, 4),
            ("d", None, None, 0, 1),
        ],
        journey_id={"b": "P-1", "d": "P-1"},
    )
    assert journeys(log) == [["a", "c"], ["b", "d"]]
    assert stitch_journeys(log, 10, TOPICS).cases_by_origin == {"explicit": 2, "stitched": 2}


def test_a_granted_item_begins_anew_a_refused_one_goes_on():
    cases: list[Case] = [
        ("a", "X", "设立登记", 0, 1),
        ("b", "X", "刻章", 1, 2),
        ("c", "X", "设立登记", 3, 4),
        ("d", "X", "刻章", 4, 5),
    ]
    assert journeys(log_of(cases)) == [["a", "b"], ["c", "d"]]
    refused = log_of(cases[:1] + cases[2:], final_result={"a": "退回"})
    assert journeys(refused) == [["a", "c", "d"]]
    assert doubts(refused) == {"applied_again": 1}


def test_journeys_that_interleave_are_told_apart_where_each_item_fits_only_one():
    cases: list[Case] = [
        ("a", "X", "设立登记", 0, 2),
        ("b", "X", "设立登记", 1, 7),  # open while c is applied for: c goes with a
        ("c", "X", "刻章", 4, 5),
        ("d", "X", "刻章", 8, 9),
    ]
    assert journeys(log_of(cases)) == [["a", "c"], ["b", "d"]]
    (doubt,) = stitch_journeys(log_of(cases), 10, TOPICS).doubts
    assert (doubt.kind, doubt.cases, doubt.examples) == ("told_apart", 4, (("a", "b", "c", "d"),))


def test_journeys_that_interleave_are_left_alone():
    cases: list[Case] = [
        ("a", "X", "设立登记", 0, 2),
        ("b", "X", "设立登记", 1, 3),
        ("c", "X", "刻章", 4, 5),
        ("d", "X", "刻章", 5, 6),
    ]
    assert journeys(log_of(cases)) == [["a"], ["b"], ["c"], ["d"]]
    (doubt,) = stitch_journeys(log_of(cases), 10, TOPICS).doubts
    assert (doubt.kind, doubt.cases, doubt.examples) == ("interleaved", 4, (("a", "b", "c", "d"),))


def test_who_acts_for_many_is_set_aside():
    agent: list[Case] = [(f"g{n}", "agent", "设立登记", n, n + 0.5) for n in range(5)]
    agent.append(("h", "agent", "刻章", 6, 7))
    log = log_of([*agent, ("a", "X", "设立登记", 0, 1), ("b", "X", "刻章", 2, 3)])
    assert ["a", "b"] in journeys(log)
    found = stitch_journeys(log, 10, TOPICS)
    assert found.cases_by_origin == {"stitched": 2, "acts_for_many": 6}
    assert doubts(log) == {"acts_for_many": 6}
    # an item of no topic may be applied for every week
    weekly: list[Case] = [
        (f"w{n}", "firm", "发票领用" if n else "设立登记", 7 * n, 7 * n + 0.1) for n in range(9)
    ]
    assert stitch_journeys(log_of(weekly), 10, TOPICS).cases_by_origin == {"alone": 9}


def test_what_is_unknown_is_counted():
    log = log_of([("a", None, "设立登记", 0, 1), ("b", "X", None, 2, 3)])
    assert journeys(log) == [["a"], ["b"]]
    assert doubts(log) == {"no_applicant": 1, "no_item": 1}
    with pytest.raises(LogError, match="gap of at most -1"):
        stitch_journeys(log, -1)


def test_a_stitched_log_feeds_every_measure_and_can_be_stitched_anew():
    log = log_of([("a", "X", "设立登记", 0, 4), ("b", "X", "刻章", 7, 10), ("c", "X", "社保登记", 28, 28)])
    present = log.events.assign(place="counter")
    log = EventLog(events=present, cases=log.cases)
    once = with_journeys(log, stitch_journeys(log, 10, TOPICS))
    assert journey_ids(once).tolist() == ["J:a"] * 4 + ["c"] * 2
    assert count_visits(once).to_dict() == {"J:a": 4, "c": 1}
    assert once.cases["journey_origin"].tolist() == ["stitched", "stitched", "alone"]
    assert once.events["case_id"].equals(log.events["case_id"])
    again = stitch_journeys(once, 12, TOPICS)
    assert again.journey.tolist() == ["J:a"] * 3
    assert stitch_journeys(once, 10, TOPICS).journey.tolist() == ["J:a", "J:a", "c"]


def test_logs_without_anything_to_stitch(sequences_log):
    log = sequences_log(["ab", "c"])
    found = stitch_journeys(log)
    assert (found.n_journeys, found.cases_by_origin) == (2, {"no_applicant": 2})
    assert with_journeys(log).cases["journey_origin"].tolist() == ["no_applicant", "no_applicant"]
    empty = EventLog(events=log.events.iloc[:0])
    assert stitch_journeys(empty).n_journeys == 0
    assert with_journeys(empty).n_events == 0


CASES = st.lists(
    st.tuples(
        st.sampled_from(["X", "Y", None]),
        st.sampled_from(["设立登记", "刻章", "社保登记", "退休核定", "护照", None]),
        st.integers(0, 60),
        st.integers(0, 10),
    ),
    min_size=1,
    max_size=14,
)


def numbered(drawn: list[tuple[str | None, str | None, int, int]]) -> list[Case]:
    return [(f"c{n:02d}", who, item, day, day + length) for n, (who, item, day, length) in enumerate(drawn)]


@given(CASES, st.integers(0, 1000))
def test_the_order_of_the_rows_does_not_matter(drawn, seed):
    cases = [
        (f"c{n:02d}", who, item, first, first + days) for n, (who, item, first, days) in enumerate(drawn)
    ]
    plain, shuffled = log_of(cases), log_of(cases, shuffle=seed)
    assert journeys(plain) == journeys(shuffled)
    assert doubts(plain) == doubts(shuffled)


@given(CASES)
def test_journeys_are_of_one_applicant_and_never_lose_a_case(drawn):
    cases = [
        (f"c{n:02d}", who, item, first, first + days) for n, (who, item, first, days) in enumerate(drawn)
    ]
    found = journeys(log_of(cases))
    assert sorted(case for group in found for case in group) == [case[0] for case in cases]
    who = {case[0]: case[1] for case in cases}
    assert all(len({who[case] for case in group}) == 1 for group in found)


def generated_hall(seed: int, people: int = 2000) -> tuple[EventLog, dict[str, str]]:
    """A hall with known journeys: four services, hashes of a name (1 % shared), agents, stray items, no id.

    People come over 250 days; items of a journey follow at 0 to 6 days; 4 % of the items are refused and
    applied for again; 15 % of the people come back for another journey.
    """
    draw = np.random.default_rng(seed)
    services = [
        ["名称核准", "设立登记", "公章刻制备案", "税种核定", "社保登记", "公积金开户", "银行开户"],
        ["交易核验网签", "核税缴税", "不动产登记受理", "缮证领证"],
        ["出生医学证明签发", "预防接种证办理", "户口登记(出生)", "居民医保参保", "社会保障卡申领"],
        ["参保缴费凭证打印", "养老保险关系转移申请"],
    ]
    cases: list[Case] = []
    results: dict[str, str | None] = {}
    truth: dict[str, str] = {}
    for person in range(people):
        shared = person > 0 and draw.random() < 0.01
        applicant: str | None = f"p{person - int(shared)}"
        if draw.random() < 0.01:
            applicant = f"agent{draw.integers(0, 2)}"
        for _ in range(1 + int(draw.random() < 0.15)):
            service = services[draw.integers(0, len(services))]
            day, journey = float(draw.integers(0, 250)), f"j{len(truth)}"
            for item in service:
                for attempt in (0, 1):
                    case = f"c{len(cases):05d}"
                    last = day + float(draw.exponential(2.0))
                    failed = attempt == 0 and draw.random() < 0.04
                    cases.append((case, applicant, item, day, last))
                    results[case], truth[case] = ("退回" if failed else "通过"), journey
                    day = last + float(draw.uniform(0.1, 6.0))
                    if not failed:
                        break
        if draw.random() < 0.2:  # an item of no topic in between
            case = f"c{len(cases):05d}"
            cases.append((case, applicant, "护照办理", day, day + 1))
            results[case], truth[case] = "通过", case
    return log_of(cases, shuffle=seed, final_result=results), truth


def pairs_of(groups: pd.Series) -> set[tuple[str, str]]:
    return {
        (one, other)
        for _, cases in groups.groupby(groups).groups.items()
        for n, one in enumerate(sorted(cases))
        for other in sorted(cases)[n + 1 :]
    }


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_journeys_of_a_generated_hall_are_found_again(seed):
    log, truth = generated_hall(seed)
    found = stitch_journeys(log)
    true_pairs = pairs_of(pd.Series(truth))
    found_pairs = pairs_of(pd.Series(found.journey, index=found.case_ids))
    right = len(true_pairs & found_pairs)
    precision, recall = right / len(found_pairs), right / len(true_pairs)
    assert precision >= 0.95, precision
    assert recall >= 0.95, recall
    assert found.cases_by_origin["acts_for_many"] > 0
    assert found.gap_is_assumed


def test_items_that_go_together_are_proposed_not_used():
    draw = np.random.default_rng(5)
    cases: list[Case] = []
    for person in range(120):
        day = float(draw.integers(0, 250))
        items = ["养犬登记", "犬只免疫"] if person % 2 else [str(draw.choice(["护照", "驾照", "港澳通行证"]))]
        for item in items:
            cases.append((f"c{len(cases):04d}", f"p{person}", item, day, day + 1))
            day += 3
    log = log_of(cases)
    found = stitch_journeys(log, None, TOPICS)
    (proposal,) = found.proposals
    assert proposal.items == ("养犬登记", "犬只免疫")
    assert proposal.applicants == 60
    assert proposal.expected < 60 / 3
    assert found.cases_by_origin == {"alone": len(cases)}
    taught = Topics({"养犬": ("犬",)}, "own")
    assert stitch_journeys(log, None, taught).cases_by_origin["stitched"] == 120
    assert stitch_journeys(log, None, taught).proposals == ()
