"""Applicants: a salted hash is all that is kept of them."""

from __future__ import annotations

import pickle

import pytest

from mining.reading import read_event_log

ID, NAME, PHONE = "330102199003070012", "欧阳测试", "13812345678"
HEADER = "办件编号,环节名称,结束时间,申请人姓名,证件号码,联系电话\n"
TEXT = HEADER + "".join(
    f"{case},受理,{time},{NAME},{number},{PHONE}\n"
    for case, time, number in [
        ("P1", "2026-03-02 09:00", ID),
        ("P2", "2026-03-02 10:00", f" {ID} "),
        ("P3", "2026-03-02 11:00", "110101198001010018"),
        ("", "2026-03-02 11:00", ID),
        ("P4", "later", ID),
    ]
)


def test_one_person_one_hash_and_nothing_in_clear(text_file):
    log = read_event_log(text_file("a.csv", TEXT))
    hashes = log.cases.set_index("case_id")["applicant_hash"]
    assert hashes["P1"] == hashes["P2"] != hashes["P3"]
    assert hashes.str.fullmatch("[0-9a-f]{16}").all()
    kept = pickle.dumps(log)
    for secret in (ID, NAME, PHONE):
        assert secret.encode() not in kept
        assert secret not in str(log.quality.to_json("zh"))
    issue = log.quality.issue("applicants_hashed")
    assert issue is not None
    assert "'证件号码'" in issue.message.en
    assert "联系电话, 申请人姓名" in issue.message.en


def test_hashes_compare_between_files_only_with_a_salt(text_file):
    path = text_file("a.csv", TEXT)

    def hash_with(salt: str | None) -> str:
        return read_event_log(path, salt=salt).cases["applicant_hash"].iloc[0]

    assert hash_with("项目一") == hash_with("项目一") != hash_with("项目二")
    assert hash_with(None) != hash_with(None)


def test_the_user_names_the_applicant(text_file):
    text = TEXT.replace("申请人姓名", "甲方")
    log = read_event_log(text_file("a.csv", text), {"applicant": "甲方"})
    assert log.cases["applicant_hash"].nunique() == 1
    assert NAME.encode() not in pickle.dumps(log)


def test_hashes_of_an_earlier_reading_stay_and_names_among_them_are_hashed(text_file):
    text = f"case,activity,time,applicant_hash\n1,a,2026-03-02,0123456789abcdef\n2,a,2026-03-02,{NAME}\n"
    hashes = read_event_log(text_file("a.csv", text)).cases["applicant_hash"].tolist()
    assert hashes[0] == "0123456789abcdef"
    assert hashes[1] != NAME
    assert len(hashes[1]) == 16


@pytest.mark.parametrize("key", ["申请人姓名", "mobilePhone", "note"])
def test_attributes_of_an_xes_case_with_personal_data_are_left_out(text_file, key):
    xes = (
        f'<log><trace><string key="concept:name" value="1"/><string key="{key}" value="{PHONE}"/>'
        '<event><string key="concept:name" value="a"/>'
        '<date key="time:timestamp" value="2026-03-02T09:00:00"/></event>'
        "</trace></log>"
    )
    log = read_event_log(text_file("a.xes", xes))
    assert PHONE.encode() not in pickle.dumps(log)
