"""Small logs written by hand, and the real logs where they are at hand."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd
import pytest

from mining.event_log import (
    CASE_COLUMNS,
    EVENT_COLUMNS,
    MATERIAL_COLUMNS,
    MORE_TABLES,
    EventLog,
    empty_table,
    sort_events,
)
from mining.findings import Finding

MONDAY = pd.Timestamp("2026-03-02")
LogMaker = Callable[..., EventLog]


def _table(rows: Iterable[dict[str, object]], columns: dict[str, str]) -> pd.DataFrame:
    table = pd.DataFrame(list(rows))
    table["file_row"] = range(2, len(table) + 2)
    return table.astype({name: dtype for name, dtype in columns.items() if name in table.columns})


def moment(text: str) -> pd.Timestamp:
    """'2 09:30' is the third day at 9:30; days count from Monday 2026-03-02 as day 0. Dates are dates."""
    if "-" in text:
        return pd.Timestamp(text)
    day, clock = text.split()
    return MONDAY + pd.Timedelta(days=int(day)) + pd.Timedelta(clock + ":00")


def make_log(
    events: Iterable[dict[str, object]],
    materials: Iterable[dict[str, object]] | None = None,
    cases: Iterable[dict[str, object]] | None = None,
    name: str = "hand-made",
    **more: Iterable[dict[str, object]],
) -> EventLog:
    """An `EventLog` of rows; `more` are rows of `MORE_TABLES`. Times may be written as for `moment`."""
    rows = []
    for event in events:
        (row,) = _with_moments([event])
        row["time"] = row.get("ts_end", row.get("ts_start"))
        rows.append(row)
    papers = _with_moments(materials or ())
    return EventLog(
        events=sort_events(_table(rows, EVENT_COLUMNS)),
        materials=_table(papers, MATERIAL_COLUMNS) if papers else empty_table(MATERIAL_COLUMNS),
        cases=_table(_with_moments(cases), CASE_COLUMNS) if cases else empty_table(CASE_COLUMNS, ["case_id"]),
        name=name,
        **{table: _table(_with_moments(given), MORE_TABLES[table]) for table, given in more.items()},
    )


SHORT = {"start": "ts_start", "end": "ts_end"}


def _with_moments(rows: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    """The rows with their times as such, `start` and `end` under their full names."""
    named = ({SHORT.get(name, name): value for name, value in row.items()} for row in rows)
    return [
        {
            name: moment(value) if name.startswith("ts") and isinstance(value, str) else value
            for name, value in row.items()
        }
        for row in named
    ]


@pytest.fixture(scope="session")
def check_words() -> Callable[[Finding], None]:
    """Asserts that every key a finding carries has words in both languages, at any depth of its evidence
    whose keys are not names of the log, and that its text is complete."""

    def check(finding: Finding) -> None:
        from dashboards.words import words

        parts = (finding.where, finding.evidence, *(each.parameters for each in finding.proposes))
        keys = {key.removesuffix("_low").removesuffix("_high") for part in parts for key in part}
        if finding.effect is not None:
            keys.add(finding.effect.name)
        for language in ("zh", "en"):
            w = words(language)
            assert [key for key in sorted(keys) if not w.has(f"evidence_{key}")] == []
            assert [p.lever for p in finding.proposes if not w.has(f"lever_{p.lever}")] == []
            assert finding.title.in_language(language)

    return check


@pytest.fixture(scope="session")
def log_of() -> LogMaker:
    """`make_log`, for tests (test files cannot import each other)."""
    return make_log


@pytest.fixture(scope="session")
def real_log() -> Callable[[str], EventLog]:
    """Reads a real log of the shared data by its file name; skips where it is not at hand."""
    folder = Path(os.environ.get("ONEWINDOW_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))

    def read(file_name: str) -> EventLog:
        from mining.reading import read_event_log

        path = folder / file_name
        if not path.exists():
            pytest.skip(f"the real log {file_name} is not at hand (ONEWINDOW_SHARED_DATA says where)")
        return read_event_log(path)

    return read
