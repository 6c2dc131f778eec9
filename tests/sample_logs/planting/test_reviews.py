"""Reviews and complaints follow from waits and returns, worse with volume only where that is planted."""

import pandas as pd
import pytest

from sample_logs.plan import Complaints, Reviews
from sample_logs.planting.applicants import write_applicants
from sample_logs.planting.reviews import true_complaints, true_reviews, write_reviews


def reviewed(log, plan):
    return write_reviews(write_applicants(log, plan), plan)


def test_a_planted_share_reviews_its_service(setting, many):
    plan = setting(reviews=Reviews(share=0.35))
    log = reviewed(many(4000), plan)
    assert len(log.reviews) / 4000 == pytest.approx(0.35, abs=0.023)
    assert set(log.reviews["rating_1to5"]) == {1.0, 2.0, 3.0, 4.0, 5.0}
    ends = log.events.set_index("case_id")["ts_end"]
    assert (log.reviews["ts"].to_numpy() == ends[log.reviews["case_id"]].to_numpy()).all()
    assert true_reviews(log, plan)["bad"] == (log.reviews["rating_1to5"] <= 2).sum()


def test_who_waits_longer_and_who_is_sent_back_is_less_satisfied(setting, log_of):
    plan = setting(reviews=Reviews(share=1.0))
    rows = [f"P-{n} 申报 03-02 09:00 {'11:00 11:20' if n % 2 else '09:00 09:20'} 通过" for n in range(600)]
    ratings = reviewed(log_of(*rows), plan).reviews.set_index("case_id")["rating_1to5"]
    waited = [case for case in ratings.index if int(case[2:]) % 2]
    # two hours cost 2.4 of the latent scale
    assert ratings[waited].mean() < ratings.drop(waited).mean() - 0.7


def test_reviews_get_worse_with_volume_only_where_it_is_planted(setting, many):
    log = many(6000)
    # every other week is twice as full
    week = log.events["ts_start"].dt.isocalendar().week
    thin = log.of_cases(log.events.loc[(week % 2 == 0) | (log.events.index % 2 == 0), "case_id"])
    plan = setting(reviews=Reviews(share=1.0, worse_with_volume=("一号",)))
    planted = true_reviews(reviewed(thin, plan), plan)
    assert planted["weekly_rank_correlation_of_volume_and_bad_share"]["一号"] > 0.7
    plain = reviewed(thin, setting(reviews=Reviews(share=1.0)))
    weeks = plain.reviews.set_index("case_id")["rating_1to5"].groupby(
        thin.events.set_index("case_id")["ts_start"].dt.isocalendar().week
    )
    assert weeks.apply(lambda r: (r <= 2).mean()).std() < 0.03


def test_complaints_close_in_time_unless_planted(setting, many):
    log = many(9000)
    calm, late = (
        setting(complaints=Complaints(limit_working_days=5)),
        setting(complaints=Complaints(limit_working_days=5, late_share=1.0)),
    )
    in_time, overdue = reviewed(log, calm), reviewed(log, late)
    assert true_complaints(in_time, calm)["overdue"] == 0
    found = true_complaints(overdue, late)
    assert found["complaints"] == len(overdue.complaints) > 0
    # those of the last week are still within their limit when the log ends
    assert 0 < found["overdue"] <= found["complaints"]
    closed = overdue.complaints.dropna(subset=["ts_close"])
    assert (closed["ts_close"] > closed["ts_open"] + pd.Timedelta(days=5)).all()
    assert set(overdue.complaints["applicant_hash"]) <= set(overdue.cases["applicant_hash"])
