"""A case cut into items: what belongs to which, when it was applied for, accepted and done."""

import pandas as pd

from sample_logs.plan import Item
from sample_logs.planting.applicants import write_applicants
from sample_logs.planting.items import by_item

ITEMS = {
    "登记": Item(steps=("申报", "初审", "领证"), promised_working_days=5),
    "税务": Item(steps=("补交",)),
}


def cut(setting, log_of):
    plan = setting(items=ITEMS)
    log = log_of(
        "P-1 申报 03-02 09:00 09:10 09:20 -",
        "P-1 初审 03-03 - 09:00 12:00 通过",
        "P-1 领证 03-04 09:00 09:10 09:20 -",
        "P-1 补交 03-05 09:05 09:10 09:20 -",
        "P-2 申报 03-05 09:00 09:10 09:20 -",
        "P-2 初审 03-06 - 09:00 12:00 补正",
        materials=pd.DataFrame(
            {"case_id": ["P-1", "P-1"], "activity": ["申报", "补交"], "material_name": ["表", "表"]}
        ),
        reviews=pd.DataFrame({"case_id": ["P-1"], "rating_1to5": [5.0]}),
        complaints=pd.DataFrame({"case_id": ["P-1"], "dept": ["市监局"]}),
    )
    return by_item(write_applicants(log, plan), plan)


def test_each_item_is_a_case_of_its_own_with_the_applicant_in_common(setting, log_of):
    log = cut(setting, log_of)
    assert log.events["case_id"].tolist() == ["P-1-1", "P-1-1", "P-1-1", "P-1-2", "P-2-1", "P-2-1"]
    cases = log.cases.set_index("case_id")
    assert cases["item_name"].to_dict() == {"P-1-1": "登记", "P-1-2": "税务", "P-2-1": "登记"}
    assert cases.loc["P-1-1", "applicant_hash"] == cases.loc["P-1-2", "applicant_hash"]
    assert cases.loc["P-1-1", "applicant_hash"] != cases.loc["P-2-1", "applicant_hash"]
    assert log.materials["case_id"].tolist() == ["P-1-1", "P-1-2"]
    assert "journey_id" not in log.events.columns
    assert "case_id" not in log.reviews.columns


def test_an_item_is_done_with_its_last_decision_if_that_passed(setting, log_of):
    cases = cut(setting, log_of).cases.set_index("case_id")
    # collecting is not on the clock; nobody decides on the tax item
    assert cases["ts_finish"].dropna().to_dict() == {
        "P-1-1": pd.Timestamp("2026-03-03 12:00"),
        "P-1-2": pd.Timestamp("2026-03-05 09:20"),
    }
    assert cases.loc["P-1-2", "ts_apply"] == pd.Timestamp("2026-03-05 09:05")
    assert cases.loc["P-1-1", "limit_promised"] == 5
    assert pd.isna(cases.loc["P-1-2", "limit_promised"])
