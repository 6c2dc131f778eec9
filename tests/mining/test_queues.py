"""Tickets from either source, and the measures of a queue worked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mining.event_log import (
    ABANDON,
    COUNTER,
    SERVED,
    TICKET_ABANDONED,
    TICKET_COLUMNS,
    EventLog,
    empty_table,
)
from mining.half_hours import HALF_HOURS
from mining.queue_measures import measure_queue
from mining.queue_records import find_queue_records
from mining.working_time import OFFICE_HOURS, WEEKDAYS, WorkingCalendar

ALWAYS = WorkingCalendar.model_validate({"weekly": dict.fromkeys(WEEKDAYS, ("00:00-24:00",))})
MONDAY = pd.Timestamp("2026-03-02")

# drawn, called, begun, ended (None: not known), business, window, status
ROWS = [
    ("09:00", "09:10", "09:11", "09:21", "社保", "1", SERVED),
    ("09:05", "09:40", "09:41", "10:11", "社保", "2", SERVED),
    ("09:10", None, None, None, "社保", None, TICKET_ABANDONED),
    ("11:50", "13:05", "13:06", "13:16", "税务", "3", SERVED),
    ("14:00", "13:59", "14:00", "14:05", "税务", "3", SERVED),
]


def at(clock: str | None) -> pd.Timestamp:
    return pd.NaT if clock is None else MONDAY + pd.Timedelta(clock + ":00")


def ticket_log() -> EventLog:
    names = ("ts_ticket", "ts_call", "ts_start", "ts_end")
    table = pd.DataFrame(
        [
            {
                **{name: at(clock) for name, clock in zip(names, row[:4], strict=True)},
                "business": row[4],
                "window": row[5],
                "status": row[6],
                "file_row": number,
            }
            for number, row in enumerate(ROWS, start=2)
        ]
    )
    table = table.astype({name: TICKET_COLUMNS[name] for name in table.columns})
    table = pd.concat([empty_table(TICKET_COLUMNS), table], ignore_index=True)
    events = pd.DataFrame({"case_id": ["a"], "activity": ["x"], "time": [MONDAY], "file_row": [2]})
    return EventLog(events=events.astype({"case_id": "str", "activity": "str"}), tickets=table)


@pytest.fixture
def event_log(hand_log) -> EventLog:
    def clock(text: str | None) -> str | None:
        return None if text is None else f"Mon {text}"

    rows = []
    for n, (drawn, called, begun, ended, dept, window, status) in enumerate(ROWS):
        more = {
            "ts_ticket": clock(drawn),
            "ts_call": clock(called),
            "dept": dept,
            "window": window,
            "place": COUNTER,
            "result": ABANDON if status == TICKET_ABANDONED else "通过",
        }
        # a ticket given up has neither start nor end: its row is known by the moment it was drawn
        rows.append((f"c{n}", "受理", clock(begun) or clock(drawn), clock(ended) or clock(drawn), more))
    return hand_log(rows)


def test_both_sources_tell_the_same(event_log):
    by_machine, by_events = find_queue_records(ticket_log()), find_queue_records(event_log)
    assert (by_machine.source, by_events.source) == ("tickets", "events")
    assert by_machine.queues == by_events.queues == ("社保", "税务")
    for name in ("queue", "ticket_ms", "called_ms", "served", "abandoned"):
        assert np.array_equal(getattr(by_machine, name), getattr(by_events, name)), name
    assert by_machine.backwards == by_events.backwards == 1
    assert list(by_machine.abandoned) == [False, False, True, False, False]


def test_a_machine_that_knows_no_calls_gives_way_to_the_events(event_log):
    silent = ticket_log().tickets.assign(ts_call=pd.NaT, ts_start=pd.NaT)
    assert find_queue_records(replace(event_log, tickets=silent)).source == "events"
    assert find_queue_records(replace(event_log, tickets=ticket_log().tickets)).source == "tickets"


def test_a_log_without_tickets_has_no_queue(hand_log):
    assert find_queue_records(hand_log([("a", "受理", "Mon 09:00", "Mon 09:10", {})])) is None


def test_a_ticket_repeated_on_the_rows_of_a_visit_counts_once(hand_log):
    more = {"ts_ticket": "Mon 09:00", "place": COUNTER}
    log = hand_log(
        [("a", "受理", "Mon 09:10", "Mon 09:20", more), ("a", "缴费", "Mon 09:20", "Mon 09:30", more)]
    )
    records = find_queue_records(log)
    assert records.ticket_ms.size == 1
    assert records.calls_known == 0
    assert measure_queue(records, OFFICE_HOURS).wait_minutes == [10]  # until the start, no call is known


def test_waits_and_services_by_hand():
    records = find_queue_records(ticket_log())
    social = measure_queue(records.of_queue(0), OFFICE_HOURS)
    assert list(social.wait_minutes) == [10, 35]
    assert list(social.response_minutes) == [1, 1]
    assert list(social.service_minutes) == [10, 30]
    assert (social.tickets, social.abandoned, social.outcomes_known) == (3, 1, 3)
    assert list(social.within(30)) == [True, False]
    # 11:50 to 13:05 with lunch: they sat there; the call before its ticket is left out
    tax = measure_queue(records.of_queue(1), OFFICE_HOURS)
    assert list(tax.wait_minutes) == [75]


def test_load_against_windows_by_hand():
    social = measure_queue(find_queue_records(ticket_log()).of_queue(0), OFFICE_HOURS)
    # 9:00: three tickets of 20 minutes each are two windows' work; window 1 is called then, window 2 at 9:40
    nine, half_past, ten = 18, 19, 20
    assert social.load[nine] == pytest.approx(3 * 20 / 30)
    assert social.load.sum() == social.load[nine]
    assert list(social.windows[[nine, half_past, ten]]) == [1, 1, 1]
    assert social.windows.sum() == 3
    assert list(np.flatnonzero(social.overloaded)) == [nine]


def test_over_night_nobody_waits():
    log = ticket_log()
    tickets = log.tickets.iloc[:1].assign(
        ts_call=pd.Series([MONDAY + pd.Timedelta("1 days 09:05:00")], dtype="datetime64[ms]")
    )
    records = find_queue_records(replace(log, tickets=tickets))
    assert list(measure_queue(records, OFFICE_HOURS).wait_minutes) == [8 * 60 + 5]
    assert list(measure_queue(records, ALWAYS).wait_minutes) == [24 * 60 + 5]


def test_without_windows_or_services_there_is_no_load():
    log = ticket_log()
    bare = replace(log, tickets=log.tickets.assign(window=None, ts_end=pd.NaT))
    measures = measure_queue(find_queue_records(bare), OFFICE_HOURS)
    assert measures.load is None
    assert measures.windows is None
    assert measures.overloaded.shape == (HALF_HOURS,)
    assert not measures.overloaded.any()


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
  status: outcome
zero_clock: none
values:
  status: {AGENT: 完成, HANG: 弃号}
  officer: {NO_SERVER: ""}
not_personal: officer
"""


@pytest.mark.shared_data
def test_a_month_of_a_bank(tmp_path):
    """31,402 calls were answered after 74 s on average and served for 183.5 s, 10,366 were given up."""
    import os
    from pathlib import Path

    from mining.reading import read_event_log

    root = Path(os.environ.get("ONEWINDOW_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
    path = root / "queue" / "anonymous_bank_august1999.csv.gz"
    if not path.exists():
        pytest.skip("the bank month is not at hand (ONEWINDOW_SHARED_DATA says where)")
    columns = tmp_path / "bank.yaml"
    columns.write_text(BANK_COLUMNS, encoding="utf-8")
    records = find_queue_records(read_event_log(path, columns))
    assert set(records.queues) == {"IN", "NE", "NW", "PE", "PS", "TT"}
    bank = measure_queue(records, ALWAYS)
    assert bank.abandoned == pytest.approx(10_366, abs=3)
    assert bank.service_minutes.mean() * 60 == pytest.approx(183.5, rel=0.01)
    assert bank.wait_minutes.mean() * 60 == pytest.approx(74, abs=1)
    # the morning is busiest: six agents' work from 10:00 on, seven or eight of them there
    assert 5.5 < bank.load.max() < 7
    assert np.argmax(bank.load) in range(19, 23)
    assert not bank.overloaded[18:24].any()
