"""A review whose answer comes next did not pass, and what answers it is a second attempt."""

import pandas as pd
import pytest

from sample_logs.plan import SentBack
from sample_logs.planting.decisions import true_objections, write_decisions

RULES = (
    SentBack(step="初审", followed_by="补交"),
    SentBack(step="终审", followed_by="核对审", result="退回"),
)


@pytest.fixture
def written(setting, log_of):
    materials = pd.DataFrame(
        {
            "case_id": ["P-1", "P-1", "P-2"],
            "activity": ["申报", "补交", "申报"],
            "material_name": ["表", "表", "表"],
            "attempt_no": [1, 1, 1],
        }
    )
    log = log_of(
        "P-1 申报 03-02 09:00 09:10 09:20 -",
        "P-1 初审 03-03 - 09:00 12:00 通过",
        "P-1 补交 03-04 09:00 09:10 09:20 -",
        "P-1 终审 03-05 - 09:00 12:00 通过",
        "P-1 核对审 03-06 - 09:00 12:00 通过",
        # nothing follows in its own case: the next row is another case's
        "P-2 初审 03-06 - 09:00 12:00 通过",
        "P-3 补交 03-06 09:00 09:10 09:20 -",
        materials=materials,
    )
    return write_decisions(log, setting(sent_back=RULES, written_as={"补交": "申报", "核对审": "初审"}))


def test_only_the_decision_right_before_the_answer_objects(written):
    log = written
    decided = log.events.dropna(subset="result")
    assert [*zip(decided["case_id"], decided["activity"], decided["result"], strict=True)] == [
        ("P-1", "初审", "补正"),
        ("P-1", "终审", "退回"),
        # the second round has the name of the first
        ("P-1", "初审", "通过"),
        ("P-2", "初审", "通过"),
    ]


def test_an_objection_names_the_documents_of_the_answer_and_issues_nothing(written):
    events = written.events.set_index("file_row")
    assert events.loc[3, "reason"] == "表"
    assert pd.isna(events.loc[5, "reason"])
    assert events.loc[[3, 5], "issues"].isna().all()
    assert (events.loc[[6, 7], "issues"] == "意见书").all()


def test_what_answers_it_is_the_second_attempt(written):
    materials = written.materials
    assert materials["activity"].tolist() == ["申报", "申报", "申报"]
    assert materials["attempt_no"].tolist() == [1, 2, 1]


def test_the_truth_counts_the_decisions_in_the_log(setting, written):
    truth = true_objections(written, setting(sent_back=RULES))
    assert truth == {"初审": {"补正": 1, "decisions": 3}, "终审": {"退回": 1, "decisions": 1}}
