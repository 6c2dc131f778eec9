"""Issuers and shareability: each rule by hand."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from mining.event_log import CATALOG_COLUMNS, EventLog
from mining.sharing import DocumentSharing, find_sharing

ROWS = [
    ("营业执照", "市监局", "税务局", "申请人提交"),
    ("营业执照副本复印件", "市监局", "银行", "申请人提交"),
    ("户口簿", None, "医保局", "数据共享"),
    ("户口簿", None, "人社局", None),
    ("出院小结", "市人民医院", "医保局", "申请人提交"),
    ("参保申请表", None, "医保局", "申请人提交"),
    ("租赁说明", None, "医保局", "申请人提交"),
    ("公章", "公安局", "银行", "申请人提交"),
]


@pytest.fixture
def log() -> EventLog:
    materials = pd.DataFrame(ROWS, columns=["material_name", "issuer_dept", "dept", "source"]).astype("str")
    materials = materials.assign(case_id="a", activity="受理", form="原件")
    events = pd.DataFrame({"case_id": ["a"], "activity": ["受理"], "file_row": [2]})
    events = events.astype({"case_id": "str", "activity": "str"}).assign(time=pd.Timestamp("2026-03-02"))
    return EventLog(events=events, materials=materials)


def by_name(log: EventLog) -> dict[str, DocumentSharing]:
    return {each.document: each for each in find_sharing(log)}


def catalogue(log: EventLog, **row: str) -> EventLog:
    table = pd.DataFrame([row]).astype({name: CATALOG_COLUMNS[name] for name in row})
    return replace(log, catalog=table)


@pytest.mark.parametrize(
    ("document", "shareable", "kind", "reason"),
    [
        ("营业执照", "yes", "government", "issued by 市监局, a public body"),
        ("户口簿", "yes", "unknown", "fetched 1 times in this log"),
        ("出院小结", "no", "other", "issued by 市人民医院, no public body"),
        ("参保申请表", "no", "unknown", "written by the applicant"),
        ("租赁说明", "unknown", "unknown", "the log names no issuer"),
        ("公章", "yes", "government", "an electronic licence exists"),
    ],
)
def test_each_rule(log, document, shareable, kind, reason):
    found = by_name(log)[document]
    assert (found.shareable, found.issuer_kind, found.reason.en) == (shareable, kind, reason)
    assert found.reason.zh


def test_counts_and_spellings(log):
    licence = find_sharing(log)[0]
    assert (licence.document, licence.submissions) == ("户口簿", 2)
    found = by_name(log)["营业执照"]
    assert found.spellings == ("营业执照", "营业执照副本复印件")
    assert found.receivers == {"税务局": 1, "银行": 1}
    assert found.sources == {"申请人提交": 2}
    assert by_name(log)["户口簿"].sources == {"数据共享": 1, "unknown": 1}
    assert found.to_json("en")["reason"] == "issued by 市监局, a public body"


def test_the_catalogue_tells_licences_and_issuers(log):
    told = catalogue(log, material_name="租赁说明（原件）", e_licence="yes")
    assert by_name(told)["租赁说明"].e_licence == "yes"
    assert by_name(told)["租赁说明"].shareable == "yes"
    denied = catalogue(log, material_name="公章", e_licence="no")
    assert (by_name(denied)["公章"].e_licence, by_name(denied)["公章"].shareable) == ("no", "yes")
    issuer = catalogue(log, material_name="租赁说明", issuer_dept="住建局")
    assert by_name(issuer)["租赁说明"].shareable == "yes"


def test_a_log_without_documents_has_none(log):
    assert find_sharing(EventLog(events=log.events)) == ()
