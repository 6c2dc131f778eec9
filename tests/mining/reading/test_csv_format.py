"""CSV: encodings, separators, titles above the header, quoted line breaks, rows of the wrong width."""

from __future__ import annotations

import gzip

import pandas as pd
import pytest

from mining.reading import read_event_log

HEADER = "办件编号,环节名称,受理部门,开始时间,结束时间"
ROWS = (
    "P1,受理,市监,2026-03-02 09:05:00,2026-03-02 09:15:00\n"
    "P1,核税,税务,2026-03-02 10:00:00,2026-03-02 10:30:00\n"
)


def at(text: str) -> pd.Timestamp:
    return pd.Timestamp(text)


@pytest.mark.parametrize(
    ("encoding", "reported"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gbk", "gb18030"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
    ],
)
def test_encodings(text_file, encoding, reported):
    log = read_event_log(text_file("a.csv", f"{HEADER}\n{ROWS}", encoding))
    assert log.quality.encoding == reported
    assert log.events["activity"].tolist() == ["受理", "核税"]
    assert log.events["dept"].tolist() == ["市监", "税务"]


def test_a_character_outside_of_gbk(text_file):
    """㐂 (in a name of a street) is in GB18030 only, with four bytes."""
    rows = "".join(f"P{n},受理,市场监督管理局,2026-03-02 09:05:00,2026-03-02 09:15:00\n" for n in range(5))
    log = read_event_log(
        text_file("a.csv", f"{HEADER}\n{rows}P9,㐂路窗口,市监,,2026-03-02 09:15:00\n", "gb18030")
    )
    assert log.events["activity"].iloc[-1] == "㐂路窗口"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators(text_file, separator):
    text = f"{HEADER}\n{ROWS}".replace(",", separator)
    assert read_event_log(text_file("a.csv", text)).events["dept"].tolist() == ["市监", "税务"]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends(text_file, newline):
    assert read_event_log(text_file("a.csv", f"{HEADER}\n{ROWS}".replace("\n", newline))).n_events == 2


def test_packed_csv_and_other_endings(tmp_path):
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(f"{HEADER}\n{ROWS}".encode("gbk")))
    assert read_event_log(packed).n_events == 2
    tabs = tmp_path / "a.tsv"
    tabs.write_text(f"{HEADER}\n{ROWS}".replace(",", "\t"), encoding="utf-8")
    assert read_event_log(tabs).name == "a"


def test_header_under_three_title_rows(text_file):
    titles = "某市政务服务中心办件明细表,,,,\n统计时间：2026年3月,,,,\n制表人：张三,,,单位：件,\n"
    log = read_event_log(text_file("a.csv", f"{titles}{HEADER}\n{ROWS}"))
    assert log.n_events == 2
    assert log.events["file_row"].tolist() == [5, 6]
    issue = log.quality.issue("title_rows_skipped")
    assert issue is not None
    assert issue.rows == 3


def test_titles_of_one_cell(text_file):
    log = read_event_log(text_file("a.csv", f"办件明细\n\n2026年3月\n{HEADER}\n{ROWS}"))
    assert log.events["file_row"].tolist() == [5, 6]


def test_quoted_line_breaks_and_separators(text_file):
    text = (
        '办件编号,环节名称,办理意见,结束时间\nP1,受理,"缺：\n身份证,\n合同",2026-03-02 09:00\n'
        'P2,"核""税""",齐全,2026-03-02 09:30\n'
    )
    log = read_event_log(text_file("a.csv", text))
    assert log.events["reason"].tolist() == ["缺：\n身份证,\n合同", "齐全"]
    assert log.events["activity"].tolist() == ["受理", '核"税"']
    assert log.events["file_row"].tolist() == [2, 3]  # rows as a spreadsheet counts them


def test_rows_of_the_wrong_width_are_rejected_one_by_one(text_file):
    text = f"{HEADER}\n{ROWS}P2,受理,市监\n{ROWS.replace('P1', 'P3')}P4,受理,市监,,2026-03-02 09:15:00,,x\n"
    log = read_event_log(text_file("a.csv", text))
    assert [row.file_row for row in log.quality.rejected] == [4, 7]
    assert "3 cells, the header 5" in log.quality.rejected[0].reason.en
    assert "7 个单元格" in log.quality.rejected[1].reason.zh
    assert log.quality.rows_read == 6
    assert log.quality.events_kept == 4


def test_a_quotation_mark_never_closed_is_said(text_file):
    log = read_event_log(text_file("a.csv", f'{HEADER}\n{ROWS}"P2,受理,市监,,\nP3,受理,市监,,\n'))
    assert "quotation mark is never closed" in log.quality.rejected[0].reason.en


def test_blank_rows_are_skipped_and_keep_the_row_numbers(text_file):
    first, second = ROWS.splitlines()
    log = read_event_log(text_file("a.csv", f"{HEADER}\n{first}\n\n,,,,\n{second}\n"))
    assert log.events["file_row"].tolist() == [2, 5]
    assert log.quality.rows_read == 2
    issue = log.quality.issue("blank_rows_skipped")
    assert issue is not None
    assert issue.rows == 2


def test_repeated_and_blank_headers(text_file):
    text = "办件编号,环节名称,状态,状态,,结束时间\nP1,受理,通过,已归档,x,2026-03-02 09:00\n"
    log = read_event_log(text_file("a.csv", text))
    assert log.quality.mapping["result"] == "状态"
    assert log.quality.unmapped == ("状态 (2)", "(column 5)")


def test_wide_letters_and_units_in_headers(text_file):
    text = "Ｃａｓｅ ＩＤ, Activity ,结束时间（年月日）\nP1,a,2026-03-02 09:00\n"
    assert read_event_log(text_file("a.csv", text)).quality.mapping == {
        "case_id": "Ｃａｓｅ ＩＤ",
        "activity": "Activity",
        "ts_end": "结束时间（年月日）",
    }


def test_text_is_trimmed_and_null_words_are_missing(text_file):
    text = (
        f"{HEADER}\n P1 , 受理　,NULL,2026-03-02 09:05,2026-03-02 09:15\nP2,受理,N/A,None,2026-03-02 09:15\n"
    )
    log = read_event_log(text_file("a.csv", text))
    assert log.events["case_id"].tolist() == ["P1", "P2"]
    assert log.events["activity"].tolist() == ["受理", "受理"]
    assert "dept" not in log.events.columns
    assert log.events["ts_start"].isna().tolist() == [False, True]


def test_the_whole_log_of_a_small_file(text_file):
    log = read_event_log(text_file("三月.csv", f"{HEADER}\n{ROWS}"))
    first = log.events.iloc[0]
    assert (first["ts_start"], first["ts_end"], first["time"]) == (
        at("2026-03-02 09:05"),
        at("2026-03-02 09:15"),
        at("2026-03-02 09:15"),
    )
    assert log.events["ts_end"].dtype == "datetime64[ms]"
    assert (log.name, log.zone, log.n_cases, log.simulated) == ("三月", "local", 1, False)
    assert log.quality.issues == ()
    assert log.quality.source == "三月.csv"
