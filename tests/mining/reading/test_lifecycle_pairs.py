"""Start and complete rows become one event, first in, first out."""

from __future__ import annotations

from collections import defaultdict, deque

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from mining.reading import read_event_log
from mining.reading.lifecycle import apply_lifecycle
from mining.reading.notes import Notes

HEADER = "case,activity,time,lifecycle,resource,instance_id\n"


def read(text_file, *rows: str):
    fields = [["" if cell == "." else cell for cell in row.split()] for row in rows]
    lines = [f"{c},{a},2026-03-02 {t},{kind},{who},{number}\n" for c, a, t, kind, who, number in fields]
    return read_event_log(text_file("a.csv", HEADER + "".join(lines)))


def intervals(log) -> list[tuple[str, str | None, str | None]]:
    def clock(value):
        return None if pd.isna(value) else value.strftime("%H:%M")

    starts = log.events["ts_start"] if "ts_start" in log.events.columns else [pd.NaT] * log.n_events
    ends = log.events["ts_end"] if "ts_end" in log.events.columns else [pd.NaT] * log.n_events
    return [(a, clock(s), clock(e)) for a, s, e in zip(log.events["activity"], starts, ends, strict=True)]


def test_first_in_first_out(text_file):
    """Two overlapping works on one step: the first start takes the first completion."""
    log = read(
        text_file,
        "1 a 09:00 start . .",
        "1 a 09:05 start . .",
        "1 a 09:20 complete . .",
        "1 a 09:30 complete . .",
    )
    assert intervals(log) == [("a", "09:00", "09:20"), ("a", "09:05", "09:30")]
    issue = log.quality.issue("start_rows_merged")
    assert issue is not None
    assert issue.rows == 2
    assert log.quality.rows_read == log.quality.events_kept + issue.rows


def test_instances_before_officers_before_steps(text_file):
    """Instance 7 ends first though it began last; then 李's work; then what is left."""
    log = read(
        text_file,
        "1 a 09:00 start 张 .",
        "1 a 09:01 start 李 .",
        "1 a 09:02 start 王 7",
        "1 a 09:10 complete 赵 7",
        "1 a 09:11 complete 李 .",
        "1 a 09:12 complete 孙 .",
    )
    assert intervals(log) == [("a", "09:02", "09:10"), ("a", "09:01", "09:11"), ("a", "09:00", "09:12")]


def test_what_has_no_partner(text_file):
    log = read(
        text_file,
        "1 a 09:00 complete . .",
        "1 a 09:10 start . .",
        "2 a 09:00 start . .",
        "2 a 09:05 complete . .",
    )
    assert intervals(log) == [("a", None, "09:00"), ("a", "09:10", None), ("a", "09:00", "09:05")]
    assert log.events["time"].iloc[1] == pd.Timestamp("2026-03-02 09:10")
    for code in ("start_without_complete", "complete_without_start"):
        issue = log.quality.issue(code)
        assert issue is not None
        assert issue.rows == 1


def test_other_transitions_are_set_aside_and_counted(text_file):
    log = read(
        text_file,
        "1 a 08:50 schedule . .",
        "1 a 09:00 start . .",
        "1 a 09:05 suspend . .",
        "1 a 09:20 COMPLETE . .",
    )
    assert intervals(log) == [("a", "09:00", "09:20")]
    issue = log.quality.issue("transitions_set_aside")
    assert issue is not None
    assert (issue.rows, issue.message.en.rpartition(": ")[2]) == (2, "schedule, suspend.")


def test_completions_only(text_file):
    assert intervals(read(text_file, "1 a 09:00 complete . .", "1 b 09:10 complete . .")) == [
        ("a", None, "09:00"),
        ("b", None, "09:10"),
    ]


def test_starts_only(text_file):
    log = read(text_file, "1 a 09:00 start . .", "1 b 09:10 start . .")
    assert intervals(log) == [("a", "09:00", None), ("b", "09:10", None)]


def test_states_of_a_ticket_are_events(text_file):
    log = read(text_file, "1 Accepted 09:00 In_Progress . .", "1 Queued 09:10 Awaiting . .")
    assert intervals(log) == [("Accepted", None, "09:00"), ("Queued", None, "09:10")]


def test_chinese_words(text_file):
    assert intervals(read(text_file, "1 a 09:00 开始 . .", "1 a 09:10 完成 . .")) == [("a", "09:00", "09:10")]


def test_a_column_of_starts_is_not_paired_again(text_file):
    text = "case,activity,start_timestamp,time:timestamp,lifecycle:transition\n"
    text += "1,a,{0} 09:00,{0} 09:10,complete\n"
    log = read_event_log(text_file("a.csv", (text + "1,a,{0} 09:20,{0} 09:20,start\n").format("2026-03-02")))
    assert intervals(log) == [("a", "09:00", "09:10"), ("a", "09:20", None)]


rows = st.lists(
    st.tuples(st.sampled_from("AB"), st.sampled_from("xy"), st.integers(0, 9), st.booleans()),
    min_size=1,
    max_size=25,
)


@given(rows)
def test_pairs_are_those_of_a_queue(drawn):
    """The vectorised pairing equals a queue a step, starts before completions at the same moment."""
    frame = pd.DataFrame(drawn, columns=["case_id", "activity", "minute", "is_end"])
    frame["time"] = (pd.Timestamp("2026-03-02") + pd.to_timedelta(frame["minute"], unit="min")).astype(
        "datetime64[ms]"
    )
    frame["lifecycle"] = frame["is_end"].map({True: "complete", False: "start"}).astype("str")
    frame["file_row"] = range(2, len(frame) + 2)
    frame[["case_id", "activity"]] = frame[["case_id", "activity"]].astype("str")
    result = apply_lifecycle(frame, Notes("a", len(frame)))
    found = sorted(
        (case, step, -1 if pd.isna(s) else s.minute, -1 if pd.isna(e) else e.minute)
        for case, step, s, e in zip(
            result["case_id"], result["activity"], result["ts_start"], result["ts_end"], strict=True
        )
    )
    open_starts, expected = defaultdict(deque), []
    for case, step, minute, is_end in sorted(drawn, key=lambda row: (row[2], row[3])):
        if not is_end:
            open_starts[case, step].append(minute)
        else:
            queue = open_starts[case, step]
            expected.append((case, step, queue.popleft() if queue else -1, minute))
    expected += [(case, step, minute, -1) for (case, step), queue in open_starts.items() for minute in queue]
    assert found == sorted(expected)
