"""Synthetic logs for `benchmarks/mining.py`: the same bytes for the same seed, at any size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv

from mining.event_log import MORE_TABLES, TIME_DTYPE, EventLog, sort_events

STEPS = {
    "申请受理": 18,
    "材料审查": 18,
    "现场勘验": 6,
    "部门审批": 14,
    "税务登记": 9,
    "公章刻制": 8,
    "银行开户": 7,
    "社保登记": 6,
    "补正告知": 5,
    "领取执照": 5,
    "归档": 3,
    "电话回访": 1,
}  # with their frequency in percent
DEPTS = ["市场监管局", "税务局", "公安局", "人社局", "住建局"]
ITEMS = ["企业开办", "变更登记", "注销登记", "食品经营许可"]
CHANNELS = ["窗口", "网上", "自助"]
RESULTS = ["通过", "补正", "退回"]
USUAL = {
    "case": "case:concept:name",
    "step": "concept:name",
    "end": "time:timestamp",
    "officer": "org:resource",
}
HALL = {
    "case": "办件编号",
    "item": "事项名称",
    "step": "环节名称",
    "dept": "受理部门",
    "officer": "办理人",
    "channel": "办理形式",
    "start": "开始时间",
    "end": "结束时间",
    "result": "环节结果",
}
CHUNK_EVENTS = 1_000_000
DAYS = 300  # cases begin over so many days


def usual_columns(events: pa.Table) -> pa.Table:
    """Case, step, one time, resource: what every tool reads, under the names of XES."""
    return events.select(list(USUAL)).rename_columns(list(USUAL.values()))


def hall_columns(events: pa.Table) -> pa.Table:
    """Nine columns as a service hall exports them, starts and ends among them."""
    return events.select(list(HALL)).rename_columns(list(HALL.values()))


def draw_events(n_events: int, seed: int) -> Iterator[pa.Table]:
    """Events in the order of their ends, at most a million at a time, cases never split between two parts."""
    for part, done in enumerate(range(0, n_events, CHUNK_EVENTS)):
        yield _chunk(min(CHUNK_EVENTS, n_events - done), part, np.random.default_rng([seed, part]))


def _chunk(n: int, part: int, draw: np.random.Generator) -> pa.Table:
    lengths = draw.integers(3, 12, n // 3 + 1)
    case = np.repeat(np.arange(lengths.size), lengths)[:n]
    n_cases = int(case[-1]) + 1
    first = np.flatnonzero(np.diff(case, prepend=-1))
    wait_s = draw.exponential(9_000, n).astype("int64")
    work_s = 30 + draw.exponential(900, n).astype("int64")
    passed = np.cumsum(wait_s + work_s)
    end_s = passed - np.repeat(passed[first] - wait_s[first], np.diff(np.append(first, n)))
    end_s += (draw.integers(0, DAYS * 86_400, n_cases) + 1_735_689_600)[case]
    step = draw.choice(len(STEPS), n, p=np.array(list(STEPS.values())) / 100)
    step[first] = 0
    order = np.argsort(end_s, kind="stable")

    def words(codes: np.ndarray, names: list[str]) -> pa.DictionaryArray:
        return pa.DictionaryArray.from_arrays(pa.array(codes[order].astype("int32")), pa.array(names))

    ids = [f"{part:02d}{number:08d}" for number in range(n_cases)]
    return pa.table(
        {
            "case": words(case, [f"SL2025{number}" for number in ids]),
            "item": words(case % len(ITEMS), ITEMS),
            "step": words(step, list(STEPS)),
            "dept": words(step % len(DEPTS), DEPTS),
            "officer": words(draw.integers(0, 60, n), [f"窗口{number:02d}号" for number in range(60)]),
            "channel": words(draw.choice(3, n_cases, p=[0.6, 0.3, 0.1])[case], CHANNELS),
            "start": pa.array((end_s - work_s)[order]).cast(pa.timestamp("s")),
            "end": pa.array(end_s[order]).cast(pa.timestamp("s")),
            "result": words(draw.choice(3, n, p=[0.9, 0.07, 0.03]), RESULTS),
        }
    )


def write_csv(path: Path, parts: Iterator[pa.Table]) -> None:
    """A CSV in UTF-8 with one header."""
    with path.open("wb") as file:
        for number, part in enumerate(parts):
            text = part.cast(pa.schema([(f.name, _plain(f.type)) for f in part.schema]))
            header = ",".join(text.column_names) + "\n"
            file.write(b"" if number else header.encode("utf-8"))
            options = arrow_csv.WriteOptions(include_header=False, quoting_style="none")
            arrow_csv.write_csv(text, file, options)


def _plain(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_dictionary(kind) else kind


def write_xes(path: Path, parts: Iterator[pa.Table]) -> None:
    """The usual columns as XES, four attributes an event, laid out as pm4py lays it out."""
    events = pa.concat_tables(parts, promote_options="none").unify_dictionaries()
    frame = events.to_pandas().sort_values(["case", "end"], kind="stable")
    cases, steps, officers = (frame[name].astype(str).tolist() for name in ("case", "step", "officer"))
    times = np.datetime_as_string(frame["end"].to_numpy().astype("datetime64[ms]")).tolist()
    with path.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="utf-8"?>\n<log xes.version="1849-2016">\n')
        before = None
        for case, step, officer, time in zip(cases, steps, officers, times, strict=True):
            if case != before:
                file.write("\t</trace>\n" if before else "")
                file.write(f'\t<trace>\n\t\t<string key="concept:name" value={quoteattr(case)}/>\n')
                before = case
            file.write(
                f'\t\t<event>\n\t\t\t<string key="concept:name" value={quoteattr(step)}/>\n'
                f'\t\t\t<date key="time:timestamp" value="{time}+08:00"/>\n'
                f'\t\t\t<string key="org:resource" value={quoteattr(officer)}/>\n'
                '\t\t\t<string key="lifecycle:transition" value="complete"/>\n\t\t</event>\n'
            )
        file.write("\t</trace>\n</log>\n")


def enlarged(log: EventLog, n_events: int) -> EventLog:
    """The log again and again, each time with other cases and later, until it has `n_events` events.

    For measuring what grows with a log and needs all of its tables.
    """
    weeks = int((log.events["time"].max() - log.events["time"].min()) / pd.Timedelta(weeks=1)) + 1
    copies = range(-(-n_events // log.n_events))
    tables = {}
    for name in ("events", "cases", "materials", *MORE_TABLES):
        table = getattr(log, name)
        grown = [_again(table, copy, pd.Timedelta(weeks=weeks * copy)) for copy in copies]
        tables[name] = table if name == "catalog" else pd.concat(grown, ignore_index=True)
    tables["events"] = sort_events(tables["events"].assign(file_row=np.arange(len(tables["events"])) + 2))
    return replace(log, name="enlarged", **tables)


_NUMBERS = ("case_id", "journey_id", "ticket_no", "visit_id", "applicant_hash", "complaint_id")


def _again(table: pd.DataFrame, copy: int, later: pd.Timedelta) -> pd.DataFrame:
    changed = {name: f"{copy}-" + table[name] for name in _NUMBERS if name in table.columns}
    times = table.select_dtypes("datetime")
    return table.assign(**changed, **{name: (times[name] + later).astype(TIME_DTYPE) for name in times})
