"""Tickets: one a service, and beside them people who did not come or did not stay."""

import pandas as pd
import pytest

from sample_logs.plan import Tickets
from sample_logs.planting.tickets import true_tickets, write_tickets


def test_every_service_has_its_ticket_with_its_times(setting, log_of):
    plan = setting(tickets=Tickets(booked_share=0, no_show_share=0, abandoned_share=0))
    log = write_tickets(
        log_of(
            "P-1 申报 03-02 09:00 09:10 09:20 通过",
            "P-2 申报 03-02 08:59 09:20 09:30 补正",
            "P-1 初审 03-03 - 09:00 12:00 通过",
        ),
        plan,
    )
    first, second = log.tickets.to_dict("records")
    assert (first["ticket_no"], first["status"]) == ("A001", "退办")
    assert (second["ticket_no"], second["status"]) == ("A002", "完成")
    assert second["ts_ticket"] == pd.Timestamp("2026-03-02 09:00")
    assert second["ts_call"] == second["ts_start"] == pd.Timestamp("2026-03-02 09:10")
    assert "case_id" not in log.tickets.columns


def test_shares_are_those_of_the_plan_and_the_truth_counts_them(setting, many):
    plan = setting(tickets=Tickets(booked_share=0.4, no_show_share=0.15, abandoned_share=0.05))
    log = write_tickets(many(5000), plan)
    tickets = log.tickets
    booked, gone = tickets["ticket_type"] == "预约", tickets["status"] == "弃号"
    # standard errors: .007 of 5,000 at .4, .008 of 2,350 at .15, .004 of 3,150 at .05
    assert (booked & ~gone).sum() / 5000 == pytest.approx(0.4, abs=0.021)
    assert gone[booked].mean() == pytest.approx(0.15, abs=0.024)
    assert gone[~booked].mean() == pytest.approx(0.05, abs=0.012)
    assert true_tickets(log, plan) == {
        "tickets": len(tickets),
        "booked": int(booked.sum()),
        "no_shows": int((booked & gone).sum()),
        "left_before_the_call": int((~booked & gone).sum()),
    }
    assert tickets.loc[gone, ["ts_call", "ts_start", "ts_end", "window"]].isna().all(axis=None)
    assert tickets.loc[booked, "ts_booked"].notna().all()
    assert not tickets.duplicated(["ticket_no", "ts_ticket", "ts_booked"]).any()


def test_a_service_without_a_queue_machine_has_no_tickets(setting, many):
    plan = setting(tickets=None)
    log = write_tickets(many(10), plan)
    assert log.tickets.empty
    assert true_tickets(log, plan) == {}
