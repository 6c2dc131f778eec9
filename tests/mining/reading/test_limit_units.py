"""Limits in working days and in calendar days, as exports write them."""

from __future__ import annotations

import pandas as pd

from mining.reading import read_event_log


def test_the_unit_is_read_from_the_limit_or_from_its_own_column(tmp_path):
    path = tmp_path / "limits.csv"
    path.write_text(
        "办件编号,环节名称,完成时间,法定办结时限,承诺办结时限,承诺办结时限单位\n"
        "a,受理,2026-03-02 09:00,20个自然日,5,工作日\n"
        "b,受理,2026-03-02 09:00,20个工作日,5,日历日\n"
        "c,受理,2026-03-02 09:00,20,5,3\n",
        encoding="utf-8",
    )
    cases = read_event_log(path).cases.set_index("case_id")
    assert cases["limit_statutory"].tolist() == [20, 20, 20]
    assert cases["limit_statutory_unit"].tolist()[:2] == ["calendar_days", "working_days"]
    assert pd.isna(cases.loc["c", "limit_statutory_unit"])
    assert cases["limit_promised_unit"].tolist() == ["working_days", "calendar_days", "3"]
