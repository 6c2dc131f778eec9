"""Samples and uploads, harmless names, rejected rows for Excel."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from dashboards.logs import Upload, open_upload
from dashboards.markdown import plain
from dashboards.quality_files import harmless_cell, rejected_rows_csv
from mining.errors import LogError
from mining.quality import RejectedRow
from mining.text import same

CSV = (
    "办件编号,环节名称,结束时间\nA-1,受理,2026-03-02 09:10\n"
    "A-1,审核,2026-03-02 10:00\nA-2,受理,2026-03-03 09:00\n"
)


def test_an_upload_is_read_like_any_log() -> None:
    opened = open_upload(Upload("日志.csv", CSV.encode("gb18030")))
    assert (opened.log.n_cases, opened.log.n_events, opened.origin) == (2, 3, "upload")


def test_the_key_of_an_upload_changes_with_all_that_decides_what_is_read() -> None:
    uploads = [
        Upload("a.csv", b"1"),
        Upload("b.csv", b"1"),
        Upload("a.csv", b"2"),
        Upload("a.csv", b"1", materials_content=b""),
        Upload("a.csv", b"1", columns=b""),
        Upload("a.csv", b"1", timezone="Asia/Shanghai"),
        Upload("a.csv", b"1", day_first=True),
    ]
    assert len({upload.key for upload in uploads}) == len(uploads)
    assert uploads[0].key == Upload("a.csv", b"1").key


def test_a_file_name_cannot_leave_its_folder(tmp_path: Path) -> None:
    opened = open_upload(Upload("../../evil.csv", CSV.encode()))
    assert opened.log.n_events == 3
    with pytest.raises(LogError, match="cannot be used"):
        open_upload(Upload("..", CSV.encode()))


def test_a_file_that_is_no_log_is_an_error_in_both_languages() -> None:
    with pytest.raises(LogError) as caught:
        open_upload(Upload("empty.csv", b""))
    assert "empty.csv" in caught.value.in_language("zh")
    assert "empty.csv" in caught.value.in_language("en")


def test_names_are_shown_as_written() -> None:
    assert plain("![x](http://a/b.png) *b*\n$1$ <i>") == (r"\!\[x\]\(http\://a/b\.png\) \*b\* \$1\$ \<i\>")
    assert plain("设立登记") == "设立登记"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_cells_that_look_like_formulas_are_text(text: str) -> None:
    assert harmless_cell(text) == "'" + text


def test_rejected_rows_open_in_excel() -> None:
    rows = [
        RejectedRow(file="a.csv", file_row=3, reason=same("bad time"), values={"time": "=1+1", "case": "A"}),
        RejectedRow(file="a.csv", file_row=9, reason=same("bad time"), values={"case": "B,\nC"}),
    ]
    content = rejected_rows_csv(rows, "en")
    assert content.startswith(b"\xef\xbb\xbf")
    table = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert table == [
        ["file", "row", "reason", "time", "case"],
        ["a.csv", "3", "bad time", "'=1+1", "A"],
        ["a.csv", "9", "bad time", "", "B,\nC"],
    ]
