"""Exports of queue machines: tickets as a log, tickets beside a log, and the real queue of a bank."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from mining.errors import LogError
from mining.event_log import TICKET_COLUMNS
from mining.reading import read_event_log
from mining.reading.tickets import SERVICE

TICKETS = (
    "大厅名称,排队号码,业务类型,窗口名称,员工名称,取号时间,叫号时间,"
    "开始服务时间,办理时长(秒),状态,取号方式,评价\n"
    """市民中心,A001,社保,3,E01,2026-03-02 09:00,2026-03-02 09:10,2026-03-02 09:11,300,完成,现场取号,非常满意
市民中心,A002,社保,3号窗,E01,2026-03-02 09:01,2026-03-02 09:20,,,过号,远程取号,
市民中心,B001,户籍,4号窗,E02,2026-03-02 09:05,2026-03-02 09:30,2026-03-02 09:31,60,退办,预约取号,0
市民中心,A001,社保,3号窗,E01,2026-03-03 09:05,2026-03-03 09:30,2026-03-03 09:31,60,3完成受理,现场取号,不满意
市民中心,A003,社保,3号窗,E01,,,,,完成,现场取号,
"""
)
BANK_COLUMNS = """
tickets:
  ticket_no: call_id
  date: date
  ts_ticket: [q_start, vru_exit]
  ts_left: [q_exit, vru_exit]
  ts_start: ser_start
  ts_end: ser_exit
  business: type
  officer: server
  priority: priority
  status: outcome
zero_clock: none
values:
  status: {AGENT: 完成, HANG: 弃号}
  officer: {NO_SERVER: ""}
not_personal: officer
"""


def codes(log) -> dict[str, int]:
    return {issue.code: issue.rows for issue in log.quality.issues}


def test_a_file_of_tickets_is_a_log_with_one_event_a_ticket(text_file):
    log = read_event_log(text_file("t.csv", TICKETS, "gb18030"))
    assert log.events["case_id"].tolist() == [
        "市民中心/2026-03-02/A001",
        "市民中心/2026-03-02/A002",
        "市民中心/2026-03-02/B001",
        "市民中心/2026-03-03/A001",
    ]
    assert set(log.events["activity"]) == {SERVICE}
    assert log.events["result"].tolist() == ["通过", "弃号", "退回", "通过"]
    assert log.events["item_name"].tolist() == ["社保", "社保", "户籍", "社保"]
    first, second = log.events.iloc[0], log.events.iloc[1]
    assert [first[name] for name in ("ts_ticket", "ts_call", "ts_start", "ts_end", "time")] == [
        pd.Timestamp(f"2026-03-02 09:{minute}") for minute in ("00", "10", "11", "16", "16")
    ]
    assert second[["ts_start", "ts_end"]].isna().all()
    assert second["time"] == pd.Timestamp("2026-03-02 09:20")
    assert [(row.file, row.file_row) for row in log.quality.rejected] == [("t.csv", 6)]
    assert (log.quality.rows_read, log.quality.events_kept) == (5, 4)
    assert log.quality.mapping["ticket_no"] == "排队号码"
    assert log.cases["rating_1to5"].dropna().tolist() == [5.0, 2.0]


def test_the_tickets_are_there_as_a_table_too(text_file):
    tickets = read_event_log(text_file("t.csv", TICKETS)).tickets
    assert list(tickets.columns) == list(TICKET_COLUMNS)
    assert {name: str(kind) for name, kind in tickets.dtypes.items()} == TICKET_COLUMNS
    assert tickets["status"].tolist() == ["完成", "弃号", "退办", "完成"]
    assert tickets["ticket_type"].tolist() == ["现场", "远程", "预约", "现场"]
    assert tickets["case_id"].notna().all()


def test_headers_of_a_queue_machine_with_durations_in_seconds(text_file):
    text = (
        "CHQUEUE_NO,CHQUEUE_TICKETTIME,CHQUEUE_WAITTIME,CHQUEUE_BLTIME,CHQUEUE_CALLTIME,CHQUEUE_STIME\n"
        "A1,20260302090000,600,120,,20260302091030\nA2,,60,30,20260302091500,20260302091500\n"
    )
    log = read_event_log(text_file("q.csv", text))
    assert log.tickets["ts_call"].tolist()[0] == pd.Timestamp("2026-03-02 09:10")
    assert log.tickets["ts_end"].tolist() == [
        pd.Timestamp("2026-03-02 09:12:30"),
        pd.Timestamp("2026-03-02 09:15:30"),
    ]
    assert log.tickets["ts_ticket"].tolist()[1] == pd.Timestamp("2026-03-02 09:14")
    assert log.tickets["status"].tolist() == ["完成", "完成"]
    found = codes(log)
    assert found["status_from_times"] == 2
    assert found["duration_unit_assumed"] == 2


def test_a_number_that_comes_twice_on_a_day_is_two_cases(text_file):
    text = (
        "票号,取号时间,叫号时间\nA1,2026-03-02 09:00,2026-03-02 09:10\nA1,2026-03-02 15:00,2026-03-02 15:10\n"
    )
    log = read_event_log(text_file("q.csv", text))
    assert log.events["case_id"].tolist() == ["2026-03-02/A1", "2026-03-02/A1#2"]
    assert codes(log)["tickets_share_number"] == 1


def test_clocks_that_disagree_and_a_ticket_after_its_service(text_file):
    text = (
        "票号,取号时间,叫号时间,开始服务时间,结束服务时间\n"
        "A1,2026-03-02 09:00:00,2026-03-02 09:10:02,2026-03-02 09:10:01,2026-03-02 09:20:00\n"
        "A2,2026-03-02 12:00:00,,2026-03-02 09:10:00,2026-03-02 09:20:00\n"
        "A3,2026-03-02 09:00:00,,2026-03-02 09:30:00,2026-03-02 09:20:00\n"
    )
    log = read_event_log(text_file("q.csv", text))
    assert log.tickets["ts_call"].tolist()[0] == pd.Timestamp("2026-03-02 09:10:01")
    assert log.tickets["ts_ticket"].isna().tolist() == [False, True, False]
    assert log.tickets["ts_start"].isna().tolist() == [False, False, True]
    found = codes(log)
    assert (found["ts_call_after_ts_start"], found["ts_ticket_after_ts_start"]) == (1, 1)
    assert found["end_before_start"] == 1


def test_day_and_clock_in_two_columns_across_midnight(text_file):
    header = "票号,日期,取号时间,叫号时间,开始服务时间,结束服务时间"
    text = f"{header}\nA1,2026-03-02,23:50:00,23:58:00,23:59:00,0:05:00\n"
    event = read_event_log(text_file("q.csv", text)).events.iloc[0]
    assert event["ts_ticket"] == pd.Timestamp("2026-03-02 23:50")
    assert event["ts_end"] == pd.Timestamp("2026-03-03 00:05")


EVENTS = """办件编号,环节名称,大厅,排队号,开始时间,结束时间
P1,受理,市民中心,A001,2026-03-02 09:11,2026-03-02 09:14
P1,缴费,市民中心,A001,2026-03-02 09:14,2026-03-02 09:16
P2,受理,市民中心,A001,2026-03-03 09:31,2026-03-03 09:32
P3,受理,市民中心,A777,2026-03-03 09:31,2026-03-03 09:32
"""


def test_tickets_beside_a_log_are_linked_by_number_day_and_hall(text_file):
    log = read_event_log(text_file("a.csv", EVENTS), tables={"tickets": text_file("t.csv", TICKETS)})
    assert log.n_events == 4
    assert log.tickets["case_id"].tolist()[0] == "P1"
    assert log.tickets["case_id"].isna().tolist() == [False, True, True, False]
    assert log.tickets["case_id"].tolist()[3] == "P2"
    # only the first event of a ticket gets its times
    assert log.events["ts_ticket"].isna().tolist() == [False, True, False, True]
    assert log.events["ts_ticket"].tolist()[0] == pd.Timestamp("2026-03-02 09:00")
    found = codes(log)
    assert (found["tickets_without_event"], found["events_without_ticket"]) == (2, 1)
    assert found["ts_ticket_from_tickets"] == 2


def test_another_hall_is_not_linked(text_file):
    other = TICKETS.replace("市民中心", "南区大厅")
    log = read_event_log(text_file("a.csv", EVENTS), tables={"tickets": text_file("t.csv", other)})
    assert log.tickets["case_id"].isna().all()
    assert codes(log)["tickets_without_event"] == 4


NAMED = """办件编号,业务,取号时间,叫号时间,开始服务时间,结束服务时间
P1,受理,2026-03-02 09:00,2026-03-02 09:11,2026-03-02 09:11,2026-03-02 09:14
P2,受理,2026-03-03 09:20,2026-03-03 09:31,2026-03-03 09:31,2026-03-03 09:32
P9,受理,2026-03-03 09:40,2026-03-03 09:41,2026-03-03 09:41,2026-03-03 09:42
,受理,2026-03-03 09:50,2026-03-03 09:51,2026-03-03 09:51,2026-03-03 09:52
"""


@pytest.mark.parametrize("with_numbers", [True, False])
def test_tickets_that_name_a_case_of_the_log_are_not_without_event(text_file, with_numbers):
    events = EVENTS if with_numbers else EVENTS.replace("排队号", "备注")
    log = read_event_log(text_file("a.csv", events), tables={"tickets": text_file("t.csv", NAMED)})
    assert log.tickets["case_id"].tolist()[:3] == ["P1", "P2", "P9"]
    without = log.quality.issue("tickets_without_event")  # that of a case the log has not, and that of none
    assert (without.rows, without.examples) == (2, ("row 4", "row 5"))


def test_an_unclear_number_is_not_linked(text_file):
    twice = TICKETS + TICKETS.splitlines()[1].replace("09:00", "15:00").replace("09:1", "15:1") + "\n"
    log = read_event_log(text_file("a.csv", EVENTS), tables={"tickets": text_file("t.csv", twice)})
    assert log.tickets["case_id"].notna().sum() == 1
    assert "2 of them" in log.quality.issue("tickets_without_event").message.en


def test_a_table_of_events_with_ticket_times_stays_one(text_file):
    text = (
        "办件编号,环节名称,取号时间,叫号时间,开始时间,结束时间\nP1,受理,2026-03-02 09:00,,,2026-03-02 09:30\n"
    )
    log = read_event_log(text_file("a.csv", text))
    assert log.activities == ["受理"]
    assert log.tickets.empty


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("票号,取号方式\nA1,现场取号\n", "no column ts_ticket"),
        ("票号,取号时间\n", "no rows"),
        ("票号,取号时间\nA1,soon\n", "none of the 1 rows"),
    ],
)
def test_tickets_that_cannot_be_used(text_file, text, word):
    with pytest.raises(LogError) as caught:
        read_event_log(text_file("t.csv", text))
    assert word in caught.value.text.en
    assert caught.value.text.zh.startswith("t.csv：")


@pytest.mark.shared_data
def test_the_queue_of_a_bank(shared_data: Path, text_file):
    """The counts of its publishers: 42,078 calls, 31,402 answered, 10,366 hung up, 310 phantom calls."""
    path = shared_data / "queue" / "anonymous_bank_august1999.csv.gz"
    log = read_event_log(path, text_file("bank.yaml", BANK_COLUMNS))
    assert log.n_cases == log.n_events == 42_078
    assert log.tickets["status"].value_counts().to_dict() == {"完成": 31_402, "弃号": 10_366, "PHANTOM": 310}
    # 0:00:00 is no time, and a service may end past midnight
    begun = log.tickets["ts_start"].dropna()
    assert begun.dt.date.nunique() == 31
    assert (begun.dt.strftime("%H:%M:%S") == "00:00:00").sum() <= 1
    assert codes(log)["past_midnight"] == 40
    waited = (
        log.tickets["ts_call"].fillna(log.tickets["ts_end"]) - log.tickets["ts_ticket"]
    ).dt.total_seconds()
    assert (waited > 0).sum() == pytest.approx(25_962, rel=0.002)
    assert waited[waited > 0].mean() == pytest.approx(116, abs=0.5)
    served = (log.tickets["ts_end"] - log.tickets["ts_start"]).dt.total_seconds()
    assert served[log.tickets["status"] == "完成"].mean() == pytest.approx(183.5, rel=0.01)
    assert "NO_SERVER" not in set(log.tickets["officer"].dropna())
    assert log.tickets["officer"].nunique() == 31
