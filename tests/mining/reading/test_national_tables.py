"""The national exchange tables as a folder or a workbook, joined by case."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from mining.errors import LogError
from mining.event_log import CATALOG_COLUMNS, CLOCK_STOP_COLUMNS
from mining.reading import read_event_log

ACCEPT = (
    "row_guid,project_no,task_code,task_name,project_type,applyer_name,applyer_type,"
    "applyer_page_code,apply_date,accept_date,promise_date,org_name,handle_user_name\n"
    """a1,202603020001,T1,企业设立,2,张三丰,1,330102199003070011,20260302T083000,20260302T090000,20260309T170000,市场监管局,E1
a2,202603020002,T1,企业设立,2,李四光,1,330102199003070012,20260302T083000,20260302T093000,20260309T170000,市场监管局,E1
a3,202603020003,T2,户口迁移,1,赵六合,1,330102199003070013,20260302T083000,20260302T100000,,公安局,E3
a4,202603020003,T2,户口迁移,1,赵六合,1,330102199003070013,20260302T083000,20260302T110000,,公安局,E3
"""
)
PROCESS = (
    "row_guid,project_no,event_name,process_name,handle_user_name,handle_explain,"
    "event_start_time,event_end_time\n"
    """p1,202603020001.0,通过,受理,E1,,20260302T090000,20260302T091000
p3,202603020001.0,通过,审查,E2,,20260304T090000,20260304T090000
p2,202603020001.0,退回,审查,E2,缺章,20260303T090000,20260303T100000
p4,202603020009.0,通过,受理,E1,,20260302T090000,20260302T091000
"""
)
RESULT = """row_guid,project_no,result_date,result_type,satisfaction
r1,202603020001,20260305T090000,准予,1
r3,202603020003,20260302T101000,准予,5
r2,202603020002,20260306T101000,不予许可,0
"""
MATERIAL = "project_no,material_name,get_type,get_num\n202603020001,身份证,1,1\n202603020007,身份证,1,1\n"
STOPS = """project_no,special_type,special_name,special_time,end_time,special_reason
202603020001,2,听证,20260303T110000,20260303T160000,当事人申请
202603020001,2,检验,20260303T180000,20260303T160000,
202603020099,2,检验,20260303T180000,20260304T160000,
"""
BASIC = (
    "task_code,task_name,dept_name,anticipate_day,anticipate_type,promise_day,promise_type,"
    "limit_scene_num,project_type\n"
    """T1,企业设立,市场监管局,20,1,5个工作日,1,2,2
T2,户口迁移,公安局,10,自然日,即时,工作日,1,1
"""
)
CATALOG_MATERIAL = "task_code,material_name,source_type,is_need\nT1,身份证,20,1\nT1,章程,10,1\n"
TABLES = {
    "up_pro_accept": ACCEPT,
    "up_pro_process": PROCESS,
    "up_pro_result": RESULT,
    "up_pro_material": MATERIAL,
    "up_pro_special_procedure": STOPS,
    "up_task_general_basic": BASIC,
    "up_task_general_material": CATALOG_MATERIAL,
}
CHINESE = {
    "up_pro_accept": "1.办件受理信息",
    "up_pro_process": "2.办件过程信息",
    "up_pro_result": "3.办件结果信息",
    "up_pro_material": "4.办件材料信息",
    "up_pro_special_procedure": "5.特别程序信息",
    "up_task_general_basic": "6.事项基本信息",
    "up_task_general_material": "7.事项材料信息",
}


def folder_of(path: Path, tables: dict[str, str]) -> Path:
    folder = path / "办件库"
    folder.mkdir()
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def workbook_of(path: Path, tables: dict[str, str]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, text in tables.items():
        page = book.create_sheet(name)
        for line in text.splitlines():
            page.append(line.split(","))
    book.save(path / "办件库.xlsx")
    return path / "办件库.xlsx"


def counted(log) -> dict[str, int]:
    rows: dict[str, int] = {}
    for issue in log.quality.issues:
        rows[issue.code] = rows.get(issue.code, 0) + issue.rows
    return rows


@pytest.fixture
def log(tmp_path):
    return read_event_log(folder_of(tmp_path, TABLES), salt="s")


def test_steps_come_from_the_process_table_in_order(log):
    first = log.events[log.events["case_id"] == "202603020001"]
    assert first["activity"].tolist() == ["受理", "审查", "审查"]
    assert first["result"].tolist() == ["通过", "退回", "通过"]
    assert first["reason"].tolist()[1] == "缺章"
    assert first["file_row"].tolist() == [2, 4, 3]
    assert first["ts_start"].isna().tolist() == [False, False, True]  # the end equals the start: unknown
    assert set(first["dept"]) == {"市场监管局"}
    assert log.name == "办件库"


def test_a_case_without_steps_gets_its_acceptance_and_its_result(log):
    second = log.events[log.events["case_id"] == "202603020002"]
    assert second["activity"].tolist() == ["受理", "办结"]
    assert second["ts_end"].tolist() == [pd.Timestamp("2026-03-02 09:30"), pd.Timestamp("2026-03-06 10:10")]
    assert "ts_start" not in second.columns or second["ts_start"].isna().all()
    issue = log.quality.issue("events_from_cases")
    assert (issue.rows, issue.of_rows) == (2, 3)
    assert issue.examples == ("case 202603020002", "case 202603020003")


def test_cases_hold_what_acceptance_result_and_catalogue_say(log):
    case = log.cases.set_index("case_id").loc["202603020001"]
    assert (case["case_type"], case["applicant_type"], case["item_name"]) == ("承诺件", "自然人", "企业设立")
    assert (case["ts_apply"], case["ts_accept"], case["ts_finish"]) == tuple(
        pd.Timestamp(text) for text in ("2026-03-02 08:30", "2026-03-02 09:00", "2026-03-05 09:00")
    )
    assert case["final_result"] == "通过"
    assert (case["limit_statutory"], case["limit_promised"]) == (20.0, 5.0)
    third = log.cases.set_index("case_id").loc["202603020003"]
    assert third["limit_promised"] == 0.0  # 即时
    assert pd.isna(third["limit_statutory"])  # calendar days


def test_satisfaction_of_the_national_table_has_1_as_the_best_and_0_as_not_rated(log):
    ratings = log.cases.set_index("case_id")["rating_1to5"]
    assert ratings["202603020001"] == 5
    assert ratings["202603020003"] == 1
    assert pd.isna(ratings["202603020002"])
    assert log.quality.issue("rating_polarity_unknown") is None


def test_applicants_are_hashed_by_their_number_and_names_left_out(log):
    hashes = log.cases.set_index("case_id")["applicant_hash"].dropna()
    assert hashes.nunique() == 3
    everything = log.events.to_csv() + log.cases.to_csv() + repr(log.quality)
    assert "张三丰" not in everything
    assert "330102199003070011" not in everything


def test_rows_of_cases_in_no_other_table_are_counted_and_kept_where_useful(log):
    found = counted(log)
    assert found["steps_without_case_row"] == 1
    assert found["materials_without_case"] == 1
    assert found["clock_stops_without_case"] == 1
    assert found["duplicate_cases"] == 1
    assert "202603020009" in set(log.events["case_id"])
    assert len(log.materials) == 1
    # the first of the two acceptances counts
    third = log.cases.set_index("case_id").loc["202603020003"]
    assert third["ts_accept"] == pd.Timestamp("2026-03-02 10:00")


def test_stops_of_the_clock(log):
    assert list(log.clock_stops.columns) == list(CLOCK_STOP_COLUMNS)
    assert log.clock_stops["kind"].tolist() == ["听证", "检验"]
    assert log.clock_stops["reason"].tolist()[0] == "当事人申请"
    assert log.clock_stops["ts_end"].isna().tolist() == [False, True]
    assert counted(log)["stop_ends_before_start"] == 1


def test_catalogue_has_a_row_a_document_with_the_limits_of_its_item(log):
    catalog = log.catalog
    assert list(catalog.columns) == list(CATALOG_COLUMNS)
    first = catalog[catalog["item_code"] == "T1"]
    assert first["material_name"].tolist() == ["身份证", "章程"]
    assert first["source"].tolist() == ["政府部门核发", "申请人提交"]
    assert first["limit_promised"].tolist() == [5.0, 5.0]
    assert first["visits_promised"].tolist() == [2.0, 2.0]
    assert catalog[catalog["item_code"] == "T2"]["material_name"].isna().all()
    assert counted(log)["limit_in_other_units"] == 1


def test_twelve_digits_that_became_floats_still_join(log):
    assert counted(log)["ids_repaired"] == 4
    assert log.quality.issue("events_from_cases").rows == 2


def test_a_workbook_and_chinese_names_give_the_same_log(tmp_path, log):
    chinese = {CHINESE[name]: text for name, text in TABLES.items()}
    for other in (
        read_event_log(workbook_of(tmp_path, TABLES), salt="s"),
        read_event_log(workbook_of(tmp_path, {**chinese, "说明": "本表由系统导出\n版本,2"}), salt="s"),
        read_event_log(
            folder_of(tmp_path / "x", chinese) if (tmp_path / "x").mkdir() is None else "", salt="s"
        ),
    ):
        for table in ("events", "cases", "materials", "clock_stops", "catalog"):
            pd.testing.assert_frame_equal(getattr(other, table), getattr(log, table), obj=table)


def test_headers_tell_the_table_where_names_do_not(tmp_path, log):
    renamed = {f"export_{number}": text for number, text in enumerate(TABLES.values())}
    other = read_event_log(
        folder_of(tmp_path / "y" if not (tmp_path / "y").mkdir() else tmp_path, renamed), salt="s"
    )
    pd.testing.assert_frame_equal(other.events.drop(columns="file_row"), log.events.drop(columns="file_row"))
    assert len(other.clock_stops) == 2
    # without the name of a national table nothing says which end of `satisfaction` is the best
    assert other.quality.issue("rating_polarity_unknown").rows == 2


def test_monthly_exports_of_one_table_are_read_one_below_the_other(tmp_path):
    header, *rows = PROCESS.splitlines()
    months = {
        "up_pro_process_202603": "\n".join([header, *rows[:2]]) + "\n",
        "up_pro_process_202604": "\n".join([header, *rows[2:]]) + "\n",
    }
    log = read_event_log(folder_of(tmp_path, months))
    assert log.n_events == log.quality.rows_read == 4
    assert sorted(log.events["file_row"]) == [2, 3, 5, 6]
    assert "up_pro_process_202604.csv: 4+" in log.quality.issue("tables_joined").message.en


def test_unknown_files_are_named(tmp_path):
    folder = folder_of(tmp_path, {**TABLES, "readme": "a,b\n1,2\n"})
    (folder / "说明.docx").write_bytes(b"x")
    (folder / "old").mkdir()
    issue = read_event_log(folder).quality.issue("tables_not_read")
    assert issue.rows == 3
    for name in ("readme.csv", "说明.docx", "old"):
        assert name in issue.message.zh


def test_a_folder_without_steps_has_only_acceptance_and_result(tmp_path):
    log = read_event_log(folder_of(tmp_path, {"up_pro_accept": ACCEPT, "up_pro_result": RESULT}))
    assert log.activities == ["受理", "办结"]
    assert log.quality.issue("events_from_cases").rows == 3


def test_standard_codes_of_channels_and_of_stops_among_the_steps(tmp_path):
    """GB/T 39046-2020, tables 6 and 7: stops stand among the steps, pending steps have no end."""
    steps = (
        "办件编号,环节名称,环节开始时间,环节结束时间,环节办理状态代码,特别程序种类代码,特别程序开始时间,特别程序结束时间\n"
        "P1,受理,20260302T090000,20260302T091000,2,,,\n"
        "P1,审查,20260303T090000,20260303T090000,1,2,20260303T100000,20260304T100000\n"
    )
    cases = "办件编号,申报来源代码,办件类型代码,服务对象,受理时间\nP1,2,9,2,20260302T090000\n"
    log = read_event_log(folder_of(tmp_path, {"事项办理": steps, "事项受理": cases}))
    case = log.cases.iloc[0]
    assert (case["channel"], case["case_type"], case["applicant_type"]) == ("电脑端", "其他", "企业法人")
    assert log.clock_stops["kind"].tolist() == ["其他特别程序"]
    last = log.events.iloc[-1]
    assert pd.isna(last["ts_end"])
    assert last["ts_start"] == pd.Timestamp("2026-03-03 09:00")
    assert counted(log)["pending_steps"] == 1


def test_other_codes_are_not_taken_for_the_standards(tmp_path):
    accept = "project_no,apply_type,accept_date\nP1,2,20260302T090000\n"
    log = read_event_log(folder_of(tmp_path, {"up_pro_accept": accept}))
    assert log.cases["channel"].tolist() == ["apply_type 2"]
    assert counted(log)["codes_not_decoded"] == 1


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({}, ["no table of steps", "not recognised: -"]),
        ({"up_pro_material": MATERIAL}, ["no table of steps", "up_pro_material.csv (materials)"]),
        ({"notes": "a,b\n1,2\n"}, ["no table of steps", "not recognised: notes.csv"]),
        ({**TABLES, "up_pro_result": "编号,值\n1,2\n"}, ["up_pro_result.csv", "case_id", "办件编号"]),
        (
            {**TABLES, "up_pro_special_procedure": STOPS.splitlines()[0] + "\n"},
            ["special_procedure.csv", "no rows"],
        ),
        (
            {**TABLES, "up_pro_process": "project_no,event_end_time\n1,20260302\n"},
            ["up_pro_process.csv", "step"],
        ),
    ],
)
def test_folders_that_make_no_log(tmp_path, tables, words):
    with pytest.raises(LogError) as caught:
        read_event_log(folder_of(tmp_path, tables))
    for word in words:
        assert word in caught.value.text.en
    assert any("\u4e00" <= character <= "\u9fff" for character in caught.value.text.zh)


def test_a_damaged_table_of_the_folder_is_named(tmp_path):
    folder = folder_of(tmp_path, TABLES)
    (folder / "up_pro_result.csv").unlink()
    (folder / "up_pro_result.xlsx").write_bytes(b"PK\x03\x04 half a workbook")
    with pytest.raises(LogError, match=r"up_pro_result\.xlsx: damaged"):
        read_event_log(folder)


def test_the_mapping_names_the_header_and_its_table(log):
    mapping = log.quality.mapping
    assert mapping["case:ts_accept"] == "accept_date (up_pro_accept.csv)"
    assert mapping["ts_finish"] == "result_date (up_pro_result.csv)"
    assert mapping["activity"] == "process_name"
