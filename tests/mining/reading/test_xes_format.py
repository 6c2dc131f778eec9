"""XES: events, traces, namespaces, encodings, odd but legal XML."""

from __future__ import annotations

import gzip

import pandas as pd
import pytest

from mining.reading import read_event_log


def attribute(tag: str, key: str, value: str) -> str:
    return f'<{tag} key="{key}" value="{value}"/>'


def event(name: str, time: str, *more: str) -> str:
    inner = attribute("string", "concept:name", name) + attribute("date", "time:timestamp", time)
    return f"<event>{inner}{''.join(more)}</event>"


def trace(case: str | None, *parts: str) -> str:
    name = attribute("string", "concept:name", case) if case is not None else ""
    return f"<trace>{name}{''.join(parts)}</trace>"


def document(*traces: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>', root: str = "<log>") -> str:
    return f"{head}\n{root}{''.join(traces)}</log>"


NINE, TEN = "2026-03-02T09:00:00.000+08:00", "2026-03-02T10:00:00.000+08:00"


def test_events_and_their_cases(text_file):
    path = text_file(
        "a.xes",
        document(
            trace("B", event("受理", NINE, attribute("string", "org:resource", "张"))),
            trace("A", event("受理", TEN), event("核税", NINE, attribute("string", "org:group", "税务"))),
        ),
    )
    log = read_event_log(path)
    assert log.events["case_id"].tolist() == ["A", "A", "B"]
    assert log.events["activity"].tolist() == ["核税", "受理", "受理"]
    assert log.events["file_row"].tolist() == [3, 2, 1]
    assert log.events["officer"].tolist()[2] == "张"
    assert log.events["dept"].tolist()[0] == "税务"
    assert log.events["ts_end"].iloc[0] == pd.Timestamp("2026-03-02 09:00")
    assert "ts_start" not in log.events.columns
    assert (log.zone, log.quality.format, log.quality.rows_read) == ("+08:00", "xes", 3)
    issue = log.quality.issue("unsorted_rows")
    assert issue is not None
    assert issue.rows == 1


def test_attributes_of_the_case_stay_with_the_case(text_file):
    """A department of the trace is not the department of each event; unmapped ones keep their name."""
    path = text_file(
        "a.xes",
        document(
            trace(
                "A",
                attribute("string", "channel", "Desk"),
                attribute("string", "department", "General"),
                attribute("float", "cost", "1.5"),
                event("a", NINE),
            ),
            trace("B", event("a", NINE)),
        ),
    )
    log = read_event_log(path)
    assert log.cases["channel"].tolist()[:1] == ["Desk"]
    assert log.cases["case:department"].isna().tolist() == [False, True]
    assert log.cases["case:cost"].iloc[0] == "1.5"
    assert not {"channel", "dept"} & set(log.events.columns)
    assert log.quality.mapping["case:channel"] == "case:channel"
    assert set(log.quality.unmapped) == {"case:department", "case:cost"}


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<?xml version="1.0" encoding="UTF-8"?>', "utf-8"),
        ("", "utf-8"),
        ('\ufeff<?xml version="1.0" encoding="utf-8" ?>', "utf-8"),
        ('<?xml version="1.0" encoding="UTF-16"?>', "utf-16"),
        ("<?xml version='1.0' encoding='GB2312'?>", "gb18030"),
        ('<?xml version="1.0" encoding="gb18030"?>', "gb18030"),
    ],
)
def test_encodings(text_file, head, encoding):
    log = read_event_log(
        text_file("a.xes", document(trace("办件一", event("受理", NINE)), head=head), encoding)
    )
    assert log.events["activity"].tolist() == ["受理"]
    assert log.quality.encoding == encoding


@pytest.mark.parametrize("root", ['<log xmlns="http://www.xes-standard.org/">', "<log xes.version='1.0'>"])
def test_default_namespace(text_file, root):
    assert read_event_log(text_file("a.xes", document(trace("1", event("a", NINE)), root=root))).n_events == 1


def test_namespace_prefix(text_file):
    text = document(trace("1", event("a", NINE)))
    for tag in ("log", "trace", "event", "string", "date"):
        text = text.replace(f"<{tag}", f"<x:{tag}").replace(f"</{tag}", f"</x:{tag}")
    text = text.replace("<x:log", '<x:log xmlns:x="http://www.xes-standard.org/"')
    assert read_event_log(text_file("a.xes", text)).events["activity"].tolist() == ["a"]


def test_nested_attributes_globals_and_other_order_of_xml_attributes(text_file):
    """Children of attributes are not attributes of the event, defaults in `global` are no values."""
    nested = '<string key="org:resource" value="张"><string key="org:group" value="nested"/></string>'
    turned = '<string value="a&amp;b &#22330;" key="concept:name"></string>'
    turned += '<date id="7" value="{}" key="time:timestamp"/>'
    text = document(
        '<global scope="event"><string key="org:group" value="UNKNOWN"/></global>',
        "<!-- <trace> in a comment -->",
        trace("1", f"<event>{turned.format(NINE)}{nested}<list key='l'><values/></list></event>"),
    )
    log = read_event_log(text_file("a.xes", text))
    assert log.events["activity"].tolist() == ["a&b 场"]
    assert log.events["officer"].tolist() == ["张"]
    assert "dept" not in log.events.columns


def test_an_attribute_given_twice_keeps_the_last(text_file):
    twice = attribute("string", "org:resource", "x") + attribute("string", "org:resource", "y")
    log = read_event_log(text_file("a.xes", document(trace("1", event("a", NINE, twice)))))
    assert log.events["officer"].tolist() == ["y"]


def test_packed_and_plain_are_the_same(tmp_path, text_file):
    text = document(*(trace(str(n), event("a", NINE), event("b", TEN)) for n in range(50)))
    packed = tmp_path / "b.xes.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    plain = read_event_log(text_file("b.xes", text))
    pd.testing.assert_frame_equal(read_event_log(packed).events, plain.events)
    assert read_event_log(packed).name == "b"


def test_traces_without_names_are_numbered_and_noted(text_file):
    log = read_event_log(
        text_file("a.xes", document(trace(None, event("a", NINE)), trace(None, event("a", NINE))))
    )
    assert log.events["case_id"].tolist() == ["1", "2"]
    issue = log.quality.issue("cases_numbered")
    assert issue is not None
    assert issue.rows == 2


def test_one_trace_without_a_name_is_rejected(text_file):
    path = text_file("a.xes", document(trace(None, event("a", NINE)), trace("x", event("b", NINE))))
    log = read_event_log(path)
    assert log.events["case_id"].tolist() == ["x"]
    assert [row.file_row for row in log.quality.rejected] == [1]
    assert "no case id" in log.quality.rejected[0].reason.en


def test_equal_events_are_kept_and_counted(text_file):
    """XES is a record of events, not a join of tables: two equal elements are two events."""
    log = read_event_log(text_file("a.xes", document(trace("1", event("a", NINE), event("a", NINE)))))
    assert log.n_events == 2
    issue = log.quality.issue("equal_rows_kept")
    assert issue is not None
    assert issue.rows == 1


def test_traces_without_events_are_counted(text_file):
    log = read_event_log(text_file("a.xes", document(trace("1", event("a", NINE)), trace("2"))))
    assert log.cases["case_id"].tolist() == ["1"]
    issue = log.quality.issue("cases_without_events")
    assert issue is not None
    assert (issue.rows, issue.of_rows) == (1, 2)


def test_codes_shown_under_their_names(text_file):
    """Two codes share a name, which then carries the code; the code is kept in any case."""
    codes = [("01", "register"), ("02", "send letter"), ("03", "send letter")]
    events = [event(code, NINE, attribute("string", "activityNameEN", name)) for code, name in codes]
    path = text_file("a.xes", document(trace("1", *events)))
    log = read_event_log(path)
    assert log.events["activity"].tolist() == ["register", "send letter (02)", "send letter (03)"]
    assert log.events["activity_code"].tolist() == ["01", "02", "03"]
    assert log.quality.issue("step_labels") is not None
    codes_only = read_event_log(path, {"activity": "concept:name"})
    assert codes_only.events["activity"].tolist() == ["01", "02", "03"]


def test_many_events_are_packed_in_parts(text_file, monkeypatch):
    monkeypatch.setattr("mining.reading.xes._PACK_EVERY", 7)
    cases = [
        trace(f"{n:03d}", attribute("int", "n", str(n)), event(f"a{n}", NINE), event("b", TEN))
        for n in range(60)
    ]
    log = read_event_log(text_file("a.xes", document(*cases)))
    assert log.events["activity"].tolist() == [name for n in range(60) for name in (f"a{n}", "b")]
    assert log.cases["case:n"].tolist() == [str(n) for n in range(60)]
