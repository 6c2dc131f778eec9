"""Plain XES read at full speed: the same table as the parser gives, and nothing unusual slips through."""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.errors import LogError
from mining.reading import ReadLimits, read_event_log, xes, xes_plain
from mining.reading.files import find_source
from mining.reading.limits import DEFAULT_LIMITS
from mining.reading.raw import RawTable

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0">\n<extension name="a" prefix="b"/>\n'
ONE = '<trace><string key="concept:name" value="1"/><event><string key="a" value="b"/></event></trace>'

CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
TEXTS = st.text(CHARACTERS, max_size=12) | st.sampled_from(["", "受理", "a&b", "<x>", "'", "&#x26;", "\x7f"])
KEYS = st.sampled_from(
    ["concept:name", "org:group", "time:timestamp", "k", "环节", "a" * 17, "a" * 16 + "b", "a" * 40]
) | st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=20)
TYPES = st.sampled_from(["string", "date", "int", "float", "boolean", "id"])
GAPS = st.sampled_from(["", "\n", "\n\t\t", "\r\n" + " " * 13, " "])
UNUSUAL = st.sampled_from(
    [
        '<string value="turned" key="round"/>',
        '<string key="a" value="1"><int key="n" value="1"/></string>',
        '<!-- comment --><string key="a" value="1"></string>',
        '<string key="a" value="&unknown;"/>',
        '<string key="a" value="\ufffe"/>',
        '<string key="a" value="\x01"/>',
        '<string key="a" value="a\nb\t"/>',
        "<string key='a' value=\"it's\"/>",
        '<string key="&amp;" value="1"/>',
        '<container key="a" value="1"/>',
        '<string key="a"/>',
        "</event>",
        "<event>",
        "</trace>",
        "text",
    ]
)


@st.composite
def attributes(draw: st.DrawFn) -> str:
    """As programs write it; at times with numbered references, or a space before the end."""
    key, value = draw(KEYS), escape(draw(TEXTS), {'"': "&quot;", ">": "&gt;"})
    if draw(st.booleans()):
        value = value.replace("&lt;", "&#60;").replace("&amp;", "&#x26;")
    return f'<{draw(TYPES)} key="{key}" value="{value}"{draw(st.sampled_from(["/>", " />"]))}'


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, bool]:
    """A document, and whether something unusual was put into it."""
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        parts += ["<trace>", *draw(st.lists(attributes(), max_size=2))]
        for _ in range(draw(st.integers(0, 3))):
            parts += ["<event>", *draw(st.lists(attributes(), max_size=4)), "</event>"]
        parts.append("</trace>")
    unusual = draw(st.booleans())
    if unusual:
        parts.insert(draw(st.integers(0, len(parts))), draw(UNUSUAL))
    return HEAD + draw(GAPS).join([*parts, draw(st.sampled_from(["</log>", "</log>\n"]))]), unusual


def outcome(read) -> object:
    """The tables of a reading as plain values, or that it failed."""
    try:
        raw: RawTable = read()
    except LogError:
        return "error"
    assert raw.traces is not None
    assert raw.trace_of_row is not None
    return (
        raw.table.column_names,
        raw.table.to_pydict(),
        raw.traces.column_names,
        raw.traces.to_pydict(),
        raw.trace_of_row.tolist(),
        raw.file_rows.tolist(),
        raw.encoding,
    )


def assert_same(path: Path) -> bool:
    """Whether the fast way took the file; its result must be that of the parser."""
    source = find_source(path)
    with source.open(DEFAULT_LIMITS) as stream:
        plain = xes_plain.read_plain(stream, lambda head: xes._check_head(head, source.name))
    if plain is not None:
        fast = outcome(lambda: xes._plain_table(plain, source.name))
        assert fast == outcome(lambda: xes._parsed(source, DEFAULT_LIMITS))
    return plain is not None


@given(documents())
def test_the_same_as_the_parser(drawn):
    text, unusual = drawn
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xes"
        path.write_bytes(text.encode("utf-8"))
        assert assert_same(path) or unusual


@pytest.mark.parametrize("block_bytes", [1, 40, 10**6])
def test_plain_logs_take_the_fast_way_whatever_the_blocks(text_file, monkeypatch, block_bytes):
    monkeypatch.setattr(xes_plain, "_BLOCK_BYTES", block_bytes)
    second = ONE.replace('"1"', '"二 &amp; &#20108;"').replace('"b"/>', '"c"/><int key="n" value="2" />')
    assert assert_same(text_file("a.xes", HEAD + ONE + "\n" + second + "<trace></trace>\r\n</log>\n"))


@pytest.mark.shared_data
@pytest.mark.parametrize(
    "name",
    [
        "BPIC13_incidents.xes.gz",
        "BPIC15_1.xes.gz",
        "BPIC2020_DomesticDeclarations.xes.gz",
        "BPIC2020_PermitLog.xes.gz",
        "receipt.xes.gz",
        "running-example.xes",
    ],
)
def test_real_logs_take_the_fast_way(shared_data, name):
    assert assert_same(shared_data / name)


@pytest.mark.parametrize(
    "text",
    [
        HEAD + ONE.replace("<event>", "<!-- <event> --><event>") + "</log>",
        HEAD + ONE.replace('value="b"/>', 'value="b"><int key="n" value="1"/></string>') + "</log>",
        HEAD + ONE.replace('"b"', "'b'") + "</log>",
        HEAD + ONE.replace('"b"', '"&nbsp;"') + "</log>",
        HEAD + ONE.replace('"b"', '"&#0;"') + "</log>",
        HEAD + ONE.replace('"b"', '"\ufffe"') + "</log>",
        HEAD + ONE.replace('"b"', '"a\tb"') + "</log>",
        HEAD + ONE.replace('"b"', '"a>b"') + "</log>",
        HEAD + ONE.replace("<trace>", "<trace>text") + "</log>",
        HEAD + ONE.replace("<trace>", '<trace id="1">', 1) + ONE + "</log>",
        HEAD + ONE.replace("</event>", "</event><![CDATA[<event>]]>") + "</log>",
        HEAD + ONE + "<event></event></log>",
        HEAD + ONE + "</log><?pi?>",
        HEAD + ONE,
        HEAD + "<!--" + ONE + "--></log>",
        HEAD + ONE[: ONE.index("</event>")] + "</trace></event></log>",
        HEAD.replace("UTF-8", "ISO-8859-1") + ONE + "</log>",
        HEAD.replace("<log", "<x:log xmlns:x='y'") + ONE + "</x:log>",
    ],
)
def test_anything_unusual_goes_to_the_parser(text_file, text):
    assert not assert_same(text_file("a.xes", text))


def test_bytes_that_are_no_utf_8_go_to_the_parser(tmp_path):
    for spoilt in (ONE.replace('"b"', '"\udcff"'), ONE.replace('"a"', '"\udcff"')):
        path = tmp_path / "a.xes"
        path.write_bytes((HEAD + spoilt + "</log>").encode("utf-8", "surrogateescape"))
        assert not assert_same(path)
        with pytest.raises(LogError, match="line 4"):
            read_event_log(path)


def test_a_document_type_before_plain_traces_is_refused(text_file):
    bomb = '<!DOCTYPE log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n'
    head = HEAD.replace("<log", bomb + "<log", 1)
    with pytest.raises(LogError, match="DOCTYPE"):
        read_event_log(text_file("a.xes", head + ONE.replace('"b"', '"&b;"') + "</log>"))


def test_packed_logs_stay_within_their_limits_and_must_be_whole(tmp_path):
    text = (HEAD + ONE * 5000 + "</log>").encode()
    path = tmp_path / "a.xes.gz"
    path.write_bytes(gzip.compress(text))
    with pytest.raises(LogError, match="max_bytes"):
        read_event_log(path, limits=ReadLimits(max_bytes=len(text) - 1))
    path.write_bytes(gzip.compress(text)[:-20])
    with pytest.raises(LogError, match="truncated"):
        read_event_log(path)


def test_a_plain_log_is_read_once(text_file, monkeypatch):
    monkeypatch.setattr(xes, "_parsed", lambda *_: pytest.fail("went through the parser"))
    time = '<date key="time:timestamp" value="2026-03-02T09:00:00+08:00"/>'
    event = ONE.replace('key="a"', 'key="concept:name"').replace("<event>", "<event>" + time)
    assert read_event_log(text_file("a.xes", HEAD + event + "</log>")).events["activity"].tolist() == ["b"]
