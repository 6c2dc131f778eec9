"""Settings by which two models differ, in sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulation.redesign.difference import difference
from simulation.service_model import ServiceModel, read_service_model, service_model_from, write_service_model

PLAIN: dict[str, Any] = {
    "name": {"zh": "小厅", "en": "Tiny hall"},
    "start_date": "2026-03-02",
    "calendars": {"厅": {"weekly": {"mon": ["09:00-17:00"]}}},
    "pools": [{"name": "机器"}, {"name": "窗口"}, {"name": "科室"}],
    "members": [
        {"name": "一号机", "serves": ["机器"], "calendar": "厅"},
        {"name": "甲", "serves": ["窗口", "科室"], "calendar": "厅"},
    ],
    "steps": [
        {"name": "自助", "place": "kiosk", "pool": "机器"},
        {"name": "受理", "place": "counter", "pool": "窗口"},
        {"name": "会审", "pool": "科室"},
        {"name": "勘验", "clock": "elapsed"},
    ],
    "flow": {
        "sequence": [{"step": "自助"}, {"step": "受理"}, {"parallel": [{"step": "会审"}, {"step": "勘验"}]}]
    },
    "arrivals": [{"name": "到场", "per_day": 10, "calendar": "厅", "half_hour_weights": {"09:00": 1}}],
    "visits": {"calendar": "厅"},
}

CHANGES: list[tuple[str, dict[str, Any], str, str]] = [
    (
        "arrivals/0",
        {"patience": {"minutes": {"kind": "exponential", "mean_minutes": 30}, "comes_back": 0.4}},
        "到场, patience: was none; now leaving after 30 minutes on average, 40% come again.",
        "“到场”的耐心：原为无；现为平均 30 分钟后离开，40% 改日再来。",
    ),
    (
        "arrivals/0",
        {"appointments": {"share": 0.5, "per_slot": 3, "no_show_chance": 0.1}},
        "到场, appointments: was none; now 50% book, 3 each 30 minutes, 10% do not come, priority -1.",
        "“到场”的预约：原为无；现为50% 预约，每 30 分钟 3 人，爽约 10%，优先级 -1。",
    ),
    (
        "arrivals/0",
        {"priority": -1},
        "到场, priority: was 0; now -1.",
        "“到场”的优先级：原为0；现为-1。",
    ),
    (
        "steps/2",
        {"batch": {"size": 5, "weekly": {"tue": ["09:00", "14:30"]}, "together": True}},
        "会审, batch: was none; now 5 at a time, tue 09:00, 14:30, done together.",
        "“会审”的攒批：原为无；现为满 5 件，周二 09:00, 14:30，一并办理。",
    ),
    (
        "steps/0",
        {"stuck": {"chance": 0.2, "then": "受理", "keeps_machine": True}},
        "自助, getting stuck: was none; now 20% get '受理' instead, the machine waits for it.",
        "“自助”的自己办不成：原为无；现为20% 改办“受理”，设备占用至办完。",
    ),
    (
        "steps/3",
        {"stops_clock": True},
        "勘验, stopping the clock of the limits: was no; now yes.",
        "“勘验”的时限停表：原为否；现为是。",
    ),
    ("steps/1", {"priority": 2}, "受理, priority: was 0; now 2.", "“受理”的优先级：原为0；现为2。"),
    (
        "members/0",
        {
            "failure": {
                "runs_for": {"kind": "exponential", "mean_minutes": 3000},
                "repair": {"kind": "constant", "minutes": 45},
                "repaired_by": "窗口",
            }
        },
        "一号机, failure: was none; now every 3000 minutes on average, 45 to repair by '窗口'.",
        "“一号机”的故障：原为无；现为平均运行 3000 分钟、修复 45 分钟（由“窗口”）。",
    ),
    (
        "visits",
        {"walk": {"kind": "constant", "minutes": 3}},
        "Visits, walk between counters: was 0 minutes on average; now 3 minutes on average.",
        "到场的窗口之间步行：原为平均 0 分钟；现为平均 3 分钟。",
    ),
    (
        "flow/sequence/2",
        {"rework": "merged"},
        "Parallel 会审 || 勘验, returns corrected: was each by itself; now in one go, what was returned "
        "is done again.",
        "并联块（会审 ‖ 勘验）的补正：原为各自补正；现为一并补正，只重办被补正的。",
    ),
    (
        "",
        {"limits": {"calendar": "厅", "accepted_by": "受理", "promised_working_days": 5}},
        "The hall, time limits: was none; now 5 promised, from '受理' on.",
        "大厅的时限：原为无；现为承诺 5 个工作日，自“受理”通过起。",
    ),
]


def _changed(path: str, change: dict[str, Any], document: dict[str, Any]) -> ServiceModel:
    """The model of the document with one part of it changed."""

    def at(part: Any, keys: list[str]) -> Any:
        if not keys:
            return {**part, **change}
        if isinstance(part, list):
            return [at(item, keys[1:]) if str(n) == keys[0] else item for n, item in enumerate(part)]
        return {**part, keys[0]: at(part[keys[0]], keys[1:])}

    return service_model_from(at(document, [key for key in path.split("/") if key]))


@pytest.mark.parametrize(("path", "change", "en", "zh"), CHANGES)
def test_a_changed_setting_is_told_before_and_after(path, change, en, zh):
    texts = difference(service_model_from(PLAIN), _changed(path, change, PLAIN))
    assert [text.en for text in texts] == [en]
    assert [text.zh for text in texts] == [zh]


@pytest.mark.parametrize(("path", "change"), [each[:2] for each in CHANGES])
def test_a_changed_setting_survives_its_file(path, change, tmp_path: Path):
    model = _changed(path, change, PLAIN)
    write_service_model(model, tmp_path / "m.yaml")
    assert read_service_model(tmp_path / "m.yaml") == model


def test_what_the_words_leave_out_is_named_by_its_field():
    booked = {"share": 0.5, "per_slot": 3}
    before = _changed("arrivals/0", {"appointments": booked}, PLAIN)
    after = _changed("arrivals/0", {"appointments": {**booked, "grace_minutes": 5}}, PLAIN)
    assert [text.en for text in difference(before, after)] == ["到场, appointments: grace_minutes changed."]


def test_other_settings_are_named_by_their_path():
    after = _changed("arrivals/0", {"per_day": 11}, PLAIN)
    (text,) = difference(service_model_from(PLAIN), after)
    assert text.en == "Other settings that differ: arrivals.到场.per_day."
    after = _changed("visits", {"same_day_continuation": 0.5}, PLAIN)
    (text,) = difference(service_model_from(PLAIN), after)
    assert text.en == "Other settings that differ: visits.same_day_continuation."
    after = _changed("arrivals/0", {"name": "网上"}, PLAIN)
    (text,) = difference(service_model_from(PLAIN), after)
    assert text.en == "Other settings that differ: arrivals."
    after = _changed("steps/3", {"clock": "working", "calendar": "厅"}, PLAIN)
    (text,) = difference(service_model_from(PLAIN), after)
    assert text.en == "Other settings that differ: steps.勘验.calendar, steps.勘验.clock."
