"""Every column a diagnostic needs can be exported from somewhere, under a header the reader knows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mining.column_sources import column_sources, full_name, how_to_export, missing_needs
from mining.diagnostics import definitions, explain_missing
from mining.event_log import CASE_COLUMNS, EVENT_COLUMNS, MATERIAL_COLUMNS, MORE_TABLES, EventLog
from mining.reading.aliases import CASE_ALIASES, EVENT_ALIASES
from mining.reading.table_aliases import TABLE_ALIASES

TABLES = {"events": EVENT_COLUMNS, "cases": CASE_COLUMNS, "materials": MATERIAL_COLUMNS, **MORE_TABLES}


@pytest.mark.parametrize("column", column_sources())
def test_every_source_is_a_column_under_a_header_that_is_recognised(column: str) -> None:
    table, _, name = column.partition(".")
    assert name in TABLES[table]
    aliases = {**EVENT_ALIASES, **CASE_ALIASES} if table == "events" else TABLE_ALIASES[table]
    source = column_sources()[column]
    assert set(source.headers) <= set(aliases[name]), source
    assert source.system.zh
    assert source.meaning


def test_every_column_of_a_definition_has_a_source() -> None:
    named = {
        full_name(column)
        for definition in definitions()
        for need in (*definition.needs, *definition.better_with)
        for column in need.split(" or ")
    }
    assert named - set(column_sources()) == set()


def test_needs_one_alternative_meets(hand_log: Callable[..., EventLog]) -> None:
    log = hand_log([("a", "受理", None, "Mon 09:00", {"dept": "市监局", "window": None})])
    needs = ("dept", "place or channel or window", "result or activity", "cases.ts_finish", "ts_end")
    assert missing_needs(log, needs) == (
        "place or channel or window",
        "result or activity",
        "cases.ts_finish",
    )


def test_the_sentence_names_header_column_and_system() -> None:
    text = how_to_export(("ts_ticket", "result or activity", "complaints.ts_open or reviews.ts"))
    assert text.zh == (
        "请导出：叫号系统的“取号时间”（events.ts_ticket）；"
        "部门自建审批系统的“环节结果/办理结果”（events.result）；"
        "12345 热线的“投诉时间”（complaints.ts_open） 或 好差评系统的“评价时间”（reviews.ts）。"
    )
    assert text.en.startswith("Export: time the ticket was taken (取号时间, events.ts_ticket) from the queue")


def test_what_could_not_be_looked_at_says_what_to_export(hand_log: Callable[..., EventLog]) -> None:
    missing = explain_missing(hand_log([("a", "受理", None, "Mon 09:00", {})]))
    assert len(missing) > 10
    for text in missing:
        assert "请导出：" in text.zh, text
        assert "Export: " in text.en, text
    assert any("叫号系统的“取号时间”" in text.zh for text in missing)
