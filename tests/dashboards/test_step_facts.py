"""The panel of a step: people under pseudonyms, small groups hidden."""

from __future__ import annotations

import pandas as pd

from dashboards.planner.step_facts import find_step_facts
from mining.event_log import EventLog
from mining.officer_views import officer_label
from mining.variants import find_variants


def log_with(cases: dict[str, int]) -> EventLog:
    rows = [
        {"case_id": f"{officer}{n}", "activity": step, "officer": who}
        for officer, count in cases.items()
        for n in range(count)
        for step, who in (("受理", "前台"), ("审核", officer))
    ]
    events = pd.DataFrame(rows).assign(file_row=range(len(rows)))
    times = pd.Timestamp("2026-03-02 09:00") + pd.to_timedelta(range(len(rows)), unit="min")
    events = events.assign(time=times, ts_end=times)
    return EventLog(events=events.astype({"time": "datetime64[ms]", "ts_end": "datetime64[ms]"}))


def test_officers_have_pseudonyms_and_small_groups_are_only_counted() -> None:
    log = log_with({"甲": 7, "乙": 5, "丙": 4, "丁": 1})
    facts = find_step_facts(log, find_variants(log), "审核")
    shown = [(named.name, named.count) for named in facts.officers]
    assert shown == [(officer_label(log, "甲"), 7), (officer_label(log, "乙"), 5)]
    assert (facts.officers_total, facts.officers_hidden) == (4, 2)


def test_the_most_frequent_five_are_shown() -> None:
    log = log_with({name: 5 + n for n, name in enumerate("甲乙丙丁戊己")})
    facts = find_step_facts(log, find_variants(log), "审核")
    assert [named.count for named in facts.officers] == [10, 9, 8, 7, 6]
    assert (facts.officers_total, facts.officers_hidden) == (6, 0)
