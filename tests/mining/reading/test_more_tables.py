"""Reviews, complaints, devices, stops and the catalogue given singly, beside a log in one file."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest

from mining.errors import LogError
from mining.event_log import MORE_TABLES
from mining.reading import read_event_log

EVENTS = (
    "办件编号,环节名称,事项编码,开始时间,结束时间\nP1,受理,T1,2026-03-02 09:00,2026-03-02 09:10\n"
    "P2,受理,T2,2026-03-02 09:00,2026-03-02 09:10\n"
)
REVIEWS = (
    "办件编号,满意度代码,评价时间,评价渠道,文字评价,窗口名称\n"
    "P1,5,20260302T100000,二维码,等太久,3号\nP9,1,20260303T100000,电话,,3号\n,,20260303T100000,电话,,3号\n"
)
COMPLAINTS = (
    "投诉编号,办件编号,投诉人手机,被投诉单位,投诉内容,投诉时间,反馈时间,承诺时限\n"
    "C1,P1,13800001111,市监局,推诿,2026-03-02 11:00,2026-03-09 11:00,5个工作日\n"
    "C2,,13800002222,税务局,态度差,2026-03-02 12:00,,即时\n"
)
DEVICES = (
    "设备编号,大厅,时间,设备状态\nK2,市民中心,2026-03-02 09:00,在线\nK1,市民中心,2026-03-02 12:00,故障\n"
    "K1,市民中心,2026-03-02 09:00,正常\nK1,市民中心,2026-03-02 18:00,关机\n"
    "K1,市民中心,2026-03-02 19:00,升级中\n"
)
STOPS = "办件编号,特别程序种类代码,特别程序开始时间,特别程序结束时间\nP1,1,2026-03-03 09:00,\n"
CATALOG = (
    "事项编码,承诺办结时限,办件类型,到办事现场次数,是否电子证照\nT1,5个工作日,2,1次,是\nT2,即时,1,0,否\n"
)
ALL = {
    "reviews": REVIEWS,
    "complaints": COMPLAINTS,
    "devices": DEVICES,
    "clock_stops": STOPS,
    "catalog": CATALOG,
}


@pytest.fixture
def log(text_file):
    tables = {kind: text_file(f"{kind}.csv", text) for kind, text in ALL.items()}
    return read_event_log(text_file("a.csv", EVENTS), tables=tables, salt="s")


def codes(log) -> dict[str, int]:
    return {issue.code: issue.rows for issue in log.quality.issues}


def test_every_table_has_its_columns_and_types(log):
    for kind, columns in MORE_TABLES.items():
        table = getattr(log, kind)
        assert {name: str(dtype) for name, dtype in table.dtypes.items()} == columns, kind
        assert len(table) == {
            "reviews": 2,
            "complaints": 2,
            "devices": 5,
            "clock_stops": 1,
            "catalog": 2,
        }.get(kind, 0)


def test_reviews_count_down_from_the_best_and_keep_cases_that_are_not_in_the_log(log):
    assert log.reviews["rating_1to5"].tolist() == [1.0, 5.0]
    assert log.reviews["text"].tolist()[0] == "等太久"
    assert log.reviews["ts"].tolist()[0] == pd.Timestamp("2026-03-02 10:00")
    assert codes(log)["reviews_without_case"] == 1
    assert [row.file for row in log.quality.rejected] == ["reviews.csv"]


def test_complaints_have_hashes_for_people_and_days_for_limits(log):
    assert log.complaints["limit_promised"].tolist() == [5.0, 0.0]
    assert log.complaints["applicant_hash"].nunique() == 2
    assert log.complaints["ts_close"].isna().tolist() == [False, True]
    assert "13800001111" not in log.complaints.to_csv() + repr(log.quality)


def test_devices_are_in_order_with_their_states(log):
    assert log.devices["device_id"].tolist() == ["K1", "K1", "K1", "K1", "K2"]
    assert log.devices["state"].tolist() == ["up", "down", "off", "升级中", "up"]
    assert codes(log)["unknown_state"] == 1


def test_stops_and_catalogue_are_decoded(log):
    assert log.clock_stops["kind"].tolist() == ["延长审批"]
    assert log.catalog["case_type"].tolist() == ["承诺件", "即办件"]
    assert log.catalog["e_licence"].tolist() == ["yes", "no"]
    assert log.catalog["visits_promised"].tolist() == [1.0, 0.0]
    assert log.cases["limit_promised"].tolist() == [5.0, 0.0]
    assert codes(log)["limit_promised_from_catalog"] == 2


def test_sheets_of_a_workbook(tmp_path, log):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, text in {"办件": EVENTS, **ALL}.items():
        page = book.create_sheet(title)
        page.append(["某市政务服务中心"])
        for line in text.splitlines():
            page.append(line.split(","))
    book.save(tmp_path / "all.xlsx")
    other = read_event_log(tmp_path / "all.xlsx", salt="s")
    assert other.events["file_row"].tolist() == [3, 4]  # one more row above
    for kind in MORE_TABLES:
        pd.testing.assert_frame_equal(
            getattr(other, kind).drop(columns="file_row"), getattr(log, kind).drop(columns="file_row")
        )


def test_own_headers_for_a_table(text_file):
    columns = {
        "reviews": {"rating_1to5": "Sterne", "ts": "Datum"},
        "values": {"rating_1to5": {"1": 1, "5": 5}},
    }
    table = text_file("r.csv", "办件编号,Sterne,Datum\nP1,5,2026-03-02 10:00\n")
    log = read_event_log(text_file("a.csv", EVENTS), columns, tables={"reviews": table})
    assert log.reviews["rating_1to5"].tolist() == [5.0]


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("reviews", "办件编号,评价时间\nP1,20260302T100000\n", ["reviews.csv", "rating_1to5"]),
        ("complaints", "投诉编号,投诉内容\nC1,x\n", ["ts_open", "投诉时间"]),
        ("devices", "设备编号,时间\nK1,2026-03-02\n", ["state"]),
        ("clock_stops", "特别程序开始时间\n2026-03-02\n", ["case_id"]),
        ("catalog", "承诺办结时限\n5\n", ["item_code / item_name"]),
        (
            "reviews",
            "满意度代码,评价时间\n1,2026-03-02T10:00+08:00\n",
            ["+08:00", "without a zone", "--timezone"],
        ),
        ("opinions", "a\n1\n", ["there is no table 'opinions'", "reviews"]),
    ],
)
def test_tables_that_cannot_be_used(text_file, kind, text, words):
    with pytest.raises(LogError) as caught:
        read_event_log(text_file("a.csv", EVENTS), tables={kind: text_file(f"{kind}.csv", text)})
    for word in words:
        assert word in caught.value.text.en
    assert any("\u4e00" <= character <= "\u9fff" for character in caught.value.text.zh)
