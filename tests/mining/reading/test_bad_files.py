"""Files that cannot be read: each a sentence naming the file, what was found and what is allowed."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from mining.errors import LogError
from mining.reading import ReadLimits, read_event_log

HEADER = "办件编号,环节名称,结束时间\n"
ROW = "P1,受理,2026-03-02 09:05\n"
XES = (
    '<log><trace><string key="concept:name" value="1"/><event><string key="concept:name" value="a"/>'
    '<date key="time:timestamp" value="2026-03-02T09:05:00+08:00"/></event></trace></log>'
)
BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {x} "{f"&{y};" * 10}">' for x, y in zip("bcdefghij", "abcdefghi", strict=True))
    + ']><log><trace><string key="concept:name" value="&j;"/></trace></log>'
)


def check_refused(path: Path, *words: str, **options: object) -> LogError:
    """The error of reading `path`; it names the file and has `words` in English and a Chinese sentence."""
    with pytest.raises(LogError) as caught:
        read_event_log(path, **options)  # type: ignore[arg-type]
    for word in (path.name, *words):
        assert word in caught.value.text.en
    assert path.name in caught.value.text.zh
    assert any("\u4e00" <= character <= "\u9fff" for character in caught.value.text.zh)
    return caught.value


def test_missing_file(tmp_path):
    check_refused(tmp_path / "none.csv", "no such file")


def test_folder(tmp_path):
    folder = tmp_path / "logs.csv"
    folder.mkdir()
    check_refused(folder, "no table of steps", ".xes.gz")


@pytest.mark.parametrize("name", ["a.csv", "a.xes", "a.xes.gz", "a.xlsx", "a.parquet"])
def test_empty_file(tmp_path, name):
    path = tmp_path / name
    path.touch()
    check_refused(path, "empty")


@pytest.mark.parametrize("text", ["\n\n \n", "\ufeff"])
def test_nothing_but_blank_lines(text_file, text):
    check_refused(text_file("a.csv", text), "nothing in the file")


@pytest.mark.parametrize("name", ["a.doc", "a.xls", "noending", "a.xlsx.gz", "a.zip"])
def test_unknown_ending_lists_the_allowed(text_file, name):
    check_refused(text_file(name, "x"), "unknown kind of file", ".parquet", ".csv.gz")


def test_header_without_rows(text_file):
    check_refused(text_file("a.csv", HEADER), "no rows")


def test_xes_without_events(text_file):
    check_refused(text_file("a.xes", "<log></log>"), "no rows")


def test_no_case_column_lists_headers_found_and_accepted(text_file):
    path = text_file("a.csv", "编码,环节名称,结束时间\n1,受理,2026-03-02\n")
    error = check_refused(path, "编码, 环节名称, 结束时间", "办件编号", "case_id: header")
    assert "文件中的表头：编码, 环节名称, 结束时间" in error.text.zh


def test_no_activity_column(text_file):
    check_refused(text_file("a.csv", "办件编号,谁,结束时间\n1,甲,2026-03-02\n"), "the step", "环节名称")


def test_no_time_column(text_file):
    check_refused(
        text_file("a.csv", "办件编号,环节名称,谁\n1,受理,甲\n"), "a time", "结束时间", "time:timestamp"
    )


def test_no_row_can_be_used(text_file):
    check_refused(
        text_file("a.csv", HEADER + "P1,受理,soon\nP2,受理,later\n"), "none of the 2 rows", "'soon'", "row 2"
    )


def test_truncated_gzip(tmp_path):
    trace = XES.removeprefix("<log>").removesuffix("</log>")
    for name, text in (("a.csv.gz", HEADER + ROW * 5000), ("a.xes.gz", f"<log>{trace * 5000}</log>")):
        path = tmp_path / name
        packed = gzip.compress(text.encode())
        path.write_bytes(packed[: len(packed) // 2])
        check_refused(path, "truncated")


def test_gzip_that_is_none(text_file):
    check_refused(text_file("a.csv.gz", HEADER + ROW), "not gzip")


def test_damaged_gzip(tmp_path):
    packed = bytearray(gzip.compress((HEADER + ROW * 50).encode()))
    packed[-6] ^= 0xFF  # of the checksum
    path = tmp_path / "a.csv.gz"
    path.write_bytes(packed)
    check_refused(path, "damaged")


def test_zip_bomb_stops_at_the_ratio(tmp_path):
    """80 MB of blanks in 80 kB: refused after 64 MiB, whatever the format."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1) as stream:
        stream.write(XES[:5].encode())
        for _ in range(80):
            stream.write(b" " * 1_000_000)
    for name in ("a.xes.gz", "a.csv.gz"):
        path = tmp_path / name
        path.write_bytes(packed.getvalue())
        check_refused(path, "zip bomb", "the limit is 200")


def test_size_limit_is_a_parameter_and_named(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress((HEADER + ROW * 5000).encode()))
    check_refused(path, "limit is 1,000 B", "max_bytes", limits=ReadLimits(max_bytes=1000))
    assert read_event_log(path, {"keep_duplicates": True}).n_events == 5000


@pytest.mark.parametrize("xml", [BILLION_LAUGHS, '<!DOCTYPE log SYSTEM "file:///etc/passwd"><log/>'])
def test_entities_are_refused_before_they_expand(text_file, xml):
    check_refused(text_file("a.xes", xml), "DOCTYPE")


def test_external_entity_in_utf16(text_file):
    check_refused(
        text_file("a.xes", BILLION_LAUGHS.replace('"1.0"', '"1.0" encoding="UTF-16"'), "utf-16"), "DOCTYPE"
    )


@pytest.mark.parametrize(
    ("xml", "line"),
    [("<log>\n<trace>\n</log>", "line 3"), (XES[:-6], "line 1"), ("<log>\n&nothing;</log>", "line 2")],
)
def test_broken_xml_names_the_line(text_file, xml, line):
    check_refused(text_file("a.xes", xml), line, "broken XML")


def test_xml_that_is_no_log(text_file):
    check_refused(text_file("a.xes", "<html><body/></html>"), "<html>", "<log>")


def test_xes_with_undeclared_bytes(text_file):
    check_refused(text_file("a.xes", XES.replace('"a"', '"受理"'), "gbk"), "broken XML")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"\x00\x01\x02\xff" * 100, "not a text file"),
        (b"PK\x03\x04 this is a workbook", ".xlsx"),
        (b"\xd0\xcf\x11\xe0 old excel", ".xlsx"),
        (b"PAR1 parquet", ".parquet"),
    ],
)
def test_binary_named_csv(tmp_path, content, word):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    check_refused(path, word)


def test_undecodable_text(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"case,activity,time\n1,Pr\xfcfung \xe4\xf6,2026-03-02\n")  # Latin-1
    check_refused(path, "encoding is not known", "GB18030")
    path.write_bytes(b"\xef\xbb\xbfcase,activity,time\n1,\xff\xfe,2026-03-02\n")
    check_refused(path, "encoding is not known")


@pytest.mark.parametrize("content", [b"not a workbook", b"PK\x03\x04 half a workbook"])
def test_damaged_workbook(tmp_path, content):
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    check_refused(path, "damaged")


def test_workbook_without_its_parts(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    check_refused(path, "damaged")


def _workbook(path: Path) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["办件编号", "环节名称", "结束时间"])
    book.active.append(["P1", "受理", "2026-03-02 09:05"])
    book.save(path)
    return path.read_bytes()


def test_workbook_zip_bomb(tmp_path):
    path = tmp_path / "a.xlsx"
    _workbook(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/blank.bin", b"\0" * 80_000_000)
    check_refused(path, "zip bomb")


def test_workbook_entity_bomb(tmp_path):
    path = tmp_path / "a.xlsx"
    _workbook(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/extra.xml", BILLION_LAUGHS)
    check_refused(path, "entities")


def test_empty_workbook(tmp_path):
    path = tmp_path / "a.xlsx"
    openpyxl.Workbook().save(path)
    check_refused(path, "nothing in the workbook")


def test_damaged_parquet(tmp_path):
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1 and nothing more")
    check_refused(path, "damaged")
