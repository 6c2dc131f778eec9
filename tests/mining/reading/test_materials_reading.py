"""Materials: lists in a column, and a table of their own."""

from __future__ import annotations

import pandas as pd
import pytest

from mining.errors import LogError
from mining.event_log import MATERIAL_COLUMNS
from mining.reading import read_event_log

EVENTS = (
    "办件编号,环节名称,受理部门,开始时间,结束时间,材料清单\n"
    "P1,受理,市监,2026-03-02 09:00,2026-03-02 09:10,身份证；营业执照\n"
    "P1,受理,市监,2026-03-03 09:00,2026-03-03 09:10,身份证\n"
    "P1,核税,税务,2026-03-04 09:00,2026-03-04 09:10,\n"
    'P2,受理,市监,2026-03-02 09:00,2026-03-02 09:10,"身份证、合同，图纸|章程,公章;\n公章"\n'
)
HEADER = "办件编号,环节名称,受理部门,材料名称,材料形式,份数,出具机构,来源渠道,收取时间,提交次数,出具环节\n"


def test_lists_of_every_kind(text_file):
    log = read_event_log(text_file("a.csv", EVENTS))
    assert log.events["materials"].tolist()[:2] == ["身份证;营业执照", "身份证"]
    materials = log.materials
    assert list(materials.columns) == list(MATERIAL_COLUMNS)
    assert {name: str(kind) for name, kind in materials.dtypes.items()} == MATERIAL_COLUMNS
    first = materials[materials["case_id"] == "P1"]
    assert first["material_name"].tolist() == ["身份证", "营业执照", "身份证"]
    assert first["attempt_no"].tolist() == [1, 1, 2]
    assert first["ts_received"].iloc[0] == pd.Timestamp("2026-03-02 09:00")
    assert first["dept"].tolist() == ["市监"] * 3
    assert first["file_row"].tolist() == [2, 2, 3]
    second = materials[materials["case_id"] == "P2"]["material_name"].tolist()
    assert second == ["身份证", "合同", "图纸", "章程", "公章", "公章"]


def test_no_materials_is_an_empty_table(text_file):
    log = read_event_log(text_file("a.csv", "case,activity,time\n1,a,2026-03-02\n"))
    assert log.materials.empty
    assert list(log.materials.columns) == list(MATERIAL_COLUMNS)


def test_a_table_of_materials(text_file):
    table = (
        "P1,核税,税务,营业执照,复印件,2份,市监局,申请人自备,2026-03-04 09:00,1,设立登记\n"
        "P1,受理,市监,身份证,原件,1,公安局,电子证照库,2026-03-02 09:00,1,\n"
        "P1,受理,市监,居住证,原件,1,公安局,部门核验,2026-03-02 09:00,1,\n"
        "P1,受理,市监,承诺书,原件,1,,告知承诺制,2026-03-02 09:00,1,\n"
        "P1,受理,市监,照片,原件,1,,信使,2026-03-02 09:00,1,\n"
        "P1,受理,市监,照片,原件,1,,信使,2026-03-02 09:00,1,\n"
        "P9,受理,市监,身份证,原件,1,,,2026-03-02 09:00,1,\n"
        "P1,受理,市监,,原件,1,,,2026-03-02 09:00,1,\n"
    )
    log = read_event_log(text_file("a.csv", EVENTS), materials=text_file("m.csv", HEADER + table, "gbk"))
    assert log.materials["material_name"].tolist() == ["身份证", "居住证", "承诺书", "照片", "营业执照"]
    assert log.materials["source"].tolist() == ["电子证照", "数据共享", "告知承诺", "信使", "申请人提交"]
    last = log.materials.iloc[-1]
    assert (last["issued_by_step"], last["issuer_dept"], last["copies"], last["dept"], last["file_row"]) == (
        "设立登记",
        "市监局",
        2.0,
        "税务",
        2,
    )
    counted = {issue.code: issue.rows for issue in log.quality.issues}
    assert counted == {"duplicate_material_rows": 1, "materials_without_case": 1, "unknown_sources": 1}
    assert [(row.file, row.file_row) for row in log.quality.rejected] == [("m.csv", 9)]
    assert log.quality.rows_read == log.quality.events_kept == 4


def test_attempts_are_counted_where_the_table_does_not_say(text_file):
    table = "办件编号,环节名称,材料名称,收取时间\n" + "".join(
        f"P1,受理,身份证,2026-03-0{day} 09:00\n" for day in (3, 2, 4)
    )
    log = read_event_log(text_file("a.csv", EVENTS), materials=text_file("m.csv", table))
    assert log.materials["ts_received"].dt.day.tolist() == [2, 3, 4]
    assert log.materials["attempt_no"].tolist() == [1, 2, 3]


def test_equal_rows_without_a_moment_are_two_submissions(text_file):
    table = "办件编号,材料名称\nP1,身份证\nP1,身份证\n"
    assert len(read_event_log(text_file("a.csv", EVENTS), materials=text_file("m.csv", table)).materials) == 2


def test_identifiers_are_repaired_on_both_sides(text_file):
    events = EVENTS.replace("P1", "202603020001").replace("P2", "202603020002")
    table = "办件编号,材料名称\n202603020001.0,身份证\n"
    assert len(read_event_log(text_file("a.csv", events), materials=text_file("m.csv", table)).materials) == 1


def test_own_headers_and_words(text_file):
    columns = {"materials": {"material_name": "Unterlage"}, "values": {"source": {"信使": "申请人提交"}}}
    table = "办件编号,Unterlage,来源渠道\nP1,身份证,信使\n"
    log = read_event_log(text_file("a.csv", EVENTS), columns, materials=text_file("m.csv", table))
    assert log.materials["source"].tolist() == ["申请人提交"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("编号,材料名称\nP1,身份证\n", "m.csv: the materials table has no column case_id"),
        ("办件编号,名目\nP1,身份证\n", "no column material_name"),
        ("办件编号,材料名称\n", "no rows"),
        ("办件编号,材料名称,收取时间\nP1,身份证,2026-03-02T09:00+08:00\n", "--timezone"),
    ],
)
def test_tables_that_cannot_be_used(text_file, text, word):
    with pytest.raises(LogError) as caught:
        read_event_log(text_file("a.csv", EVENTS), materials=text_file("m.csv", text))
    assert word in caught.value.text.en
    assert caught.value.text.zh.startswith("m.csv：")
