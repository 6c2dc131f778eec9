"""Applicants have one id each; a planted share comes again half a log later."""

import pytest

from sample_logs.planting.applicants import true_applicants, write_applicants


def test_a_planted_share_of_the_second_half_are_people_of_the_first(setting, many):
    plan = setting(several_matters_share=0.2)
    log = write_applicants(many(2000), plan)
    people = log.cases.sort_values("ts_apply", kind="stable")["applicant_hash"].tolist()
    assert len(set(people[:1000])) == 1000
    again = [n for n in range(1000, 2000) if people[n] in set(people[:1000])]
    # 1,000 draws of .2: three standard errors are .038
    assert len(again) / 1000 == pytest.approx(0.2, abs=0.038)
    assert all(people[n] == people[n - 1000] for n in again)
    assert true_applicants(log, plan) == {"people": 2000 - len(again), "with_several_matters": len(again)}


def test_equal_seeds_equal_people(setting, many):
    log = many(200)
    first = write_applicants(log, setting(3)).cases["applicant_hash"]
    assert first.equals(write_applicants(log, setting(3)).cases["applicant_hash"])
    assert not first.equals(write_applicants(log, setting(4)).cases["applicant_hash"])
